"""Administrators see every figure with its source, and change it with a reason."""

from __future__ import annotations

import pytest

from marketplace.codes import rules
from marketplace.core.actor import PlatformRole
from marketplace.deals.settings import SILENT_DAYS
from tests.clients import words

PAGE = f"/en/platform/rules/{SILENT_DAYS}"
CHANGE = {"value": "200", "source": "Decision 3", "reason": "Longer talks", "seen": "180"}


@pytest.fixture
def admin(client, make):
    return client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))


class TestRules:
    def test_lists_figures_and_marks_what_is_not_confirmed(self, admin):
        page = words(admin.get("/en/platform/rules"))
        assert "Days of silence before signing" in page
        assert "Not confirmed" in page
        assert admin.get("/platform/rules").status_code == 200

    def test_changes_a_figure_and_keeps_what_it_was(self, admin, session):
        assert "Nobody has changed this figure" in words(admin.get(PAGE))
        assert admin.post(PAGE, data=CHANGE | {"confirmed": "y"}).status_code == 303
        assert rules.number(session, SILENT_DAYS) == 200
        page = words(admin.get(PAGE))
        assert "Longer talks" in page
        assert "Decision 3" in page

    @pytest.mark.parametrize(
        "wrong", [{"value": "many"}, {"value": ""}, {"source": ""}, {"reason": ""}, {"seen": "9"}]
    )
    def test_refuses_and_keeps_what_was_typed(self, admin, session, wrong):
        answer = admin.post(PAGE, data=CHANGE | wrong)
        assert answer.status_code == 422
        assert "Longer talks" in answer.text or "reason" in wrong
        assert rules.number(session, SILENT_DAYS) == 180

    def test_knows_declared_figures_only(self, admin):
        assert admin.get("/platform/rules/nobody.knows").status_code == 404

    def test_is_for_administrators(self, client, make):
        client.sign_in(make.member())
        assert client.get("/platform/rules").status_code == 404
