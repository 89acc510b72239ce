"""The city's board through the client."""

from __future__ import annotations

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.deals.models import DealStage
from tests.clients import words


@pytest.fixture
def officer(client, make):
    return client.sign_in(make.platform_user(PlatformRole.CITY_OFFICER))


class TestIndex:
    def test_is_for_everybody(self, client):
        told = words(client.get("/en/city/"))
        for text in ("City-level proof-of-concept centres", "5,000", "Expected by now"):
            assert text in told
        assert "Deals by stage" not in told

    def test_opens_as_a_file(self, client):
        lines = client.get("/en/city/targets.csv").get_data().decode("utf-8-sig").splitlines()
        assert lines[0] == "Target,Reached,Target value,Expected by now"
        assert len(lines) == 4


class TestDeals:
    @pytest.mark.parametrize(
        "path", ["/city/deals", "/city/deals.csv?by=stage", "/city/deals/records"]
    )
    def test_exists_for_officers_and_administrators_alone(self, client, make, path):
        client.sign_in(make.member())
        assert client.get(path).status_code == 404
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert client.get(path).status_code == 200

    def test_counts_open_to_records(self, officer, make):
        deal = make.deal(DealStage.TERMS)
        page = officer.get("/en/city/deals")
        assert "Negotiating terms" in words(page)
        assert "/en/city/deals/records?by=stage&amp;value=terms" in page.get_data(as_text=True)
        told = words(officer.get("/en/city/deals/records?by=stage&value=terms"))
        assert f"{deal.number}" in told
        assert "named once registered" in told
        assert deal.title not in told

    def test_says_when_there_is_nothing(self, officer):
        assert "No deal yet" in words(officer.get("/en/city/deals"))
        told = words(officer.get("/en/city/deals/records?by=stage&value=nonsense"))
        assert "No deal stands behind this figure" in told

    def test_unknown_dimensions_do_not_exist(self, officer):
        assert officer.get("/city/deals.csv?by=moon").status_code == 404

    def test_gives_each_table_as_a_file(self, officer, make):
        make.deal()
        text = officer.get("/en/city/deals.csv?by=district").get_data().decode("utf-8-sig")
        assert text.startswith("District of the taker,Deals,Signed contracts (CNY)")


class TestDesk:
    def test_shows_officers_deals_and_targets(self, officer, make):
        make.deal(DealStage.TERMS)
        shown = words(officer.get("/en/desk"))
        for text in ("Deals of the city", "registered this year: 0", "The city's targets for 2027"):
            assert text in shown
        assert "by=stage&value=terms" in officer.get("/en/desk").get_data(as_text=True).replace(
            "&amp;", "&"
        )

    def test_shows_others_nothing_of_it(self, client, make):
        client.sign_in(make.member())
        assert "Deals of the city" not in words(client.get("/en/desk"))
