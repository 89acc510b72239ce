"""The pages on which facilities and managers are searched."""

from __future__ import annotations

import pytest

from marketplace.facilities.models import FacilityStatus
from marketplace.managers.models import ManagerStatus
from tests.clients import words
from tests.engines import copy


@pytest.fixture
def facility(session, make, engine):
    made = make.facility(
        name="湿法中试线",
        name_en="",
        status=FacilityStatus.PUBLISHED,
        trl_from=4,
        trl_to=6,
        price_minor=200_000,
    )
    copy(session, engine, made)
    return made


class TestFacilities:
    def test_shows_what_a_user_chooses_by(self, client, facility):
        page = client.get("/en/facilities?q=湿法")
        told = words(page)
        assert page.status_code == 200
        for text in ("Centres and platforms", "Pilot platform", "TRL 5–6", "Price from"):
            assert text in told
        assert f"/en/facilities/{facility.id}" in page.get_data(as_text=True)

    def test_offers_no_tools_of_records(self, client, facility):
        told = words(client.get("/en/facilities"))
        for text in ("Save and get alerts", "Compare ticked", "Collect"):
            assert text not in told

    def test_says_when_nothing_is_found(self, client, facility):
        told = words(client.get("/en/facilities?q=zzqqxx"))
        assert "Nothing was found for “zzqqxx”" in told
        assert "Tell me when there is something" not in told

    def test_drops_values_that_no_facility_has(self, client, facility):
        assert client.get("/facilities?level=galaxy&steps=12").status_code == 200


class TestManagers:
    def test_shows_grade_and_languages(self, client, session, make, engine):
        manager = make.manager(name="王敏", status=ManagerStatus.LICENSED, languages=["zh", "en"])
        copy(session, engine, manager)
        page = client.get("/en/managers")
        told = words(page)
        assert "Technology managers" in told
        assert "Chinese, English" in told
        assert f"/en/managers/{manager.id}" in page.get_data(as_text=True)

    def test_come_from_the_tables_while_the_engine_is_away(self, client, make, gone):
        manager = make.manager(status=ManagerStatus.LICENSED)
        told = words(client.get("/en/managers"))
        assert manager.name_en in told
        assert "The search engine does not answer" in told

    def test_scopes_keep_the_words(self, client, engine):
        page = client.get("/managers?q=激光").get_data(as_text=True)
        assert "/facilities?q=%E6%BF%80%E5%85%89" in page or "/facilities?q=激光" in page
