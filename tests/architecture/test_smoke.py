from __future__ import annotations

from sqlalchemy import text


class TestApplication:
    def test_answers_an_unknown_address_with_its_page(self, client):
        response = client.get("/no-such-page")
        assert response.status_code == 404

    def test_database_is_migrated(self, session):
        assert session.scalar(text("SELECT count(*) FROM listing")) == 0
