from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.actor import PlatformRole
from marketplace.matching import preview
from marketplace.matching.cards import Reader
from marketplace.matching.finding import first_weights
from marketplace.matching.forms.weights import LABELS, read
from marketplace.matching.models import MatchWeights, MisfitReason, Side
from marketplace.matching.reasons import Wording
from marketplace.matching.services.making import Found
from marketplace.organizations.models import OrganizationStatus
from marketplace.progress.models import LongJob
from search.embedding import EmbeddingUnavailable
from search.engine import SearchUnavailable
from tests.clients import parsed, words
from tests.conftest import NOON


@pytest.fixture
def administrator(make):
    return make.platform_user(PlatformRole.ADMINISTRATOR)


def sent(**changes):
    values = {"_".join(("weight", *place)): str(read(first_weights(), place)) for place in LABELS}
    return values | {"push_from": "70", "note": "Meaning counts more"} | changes


class TestIndex:
    @pytest.mark.parametrize("role", [PlatformRole.REVIEWER, PlatformRole.CITY_OFFICER])
    def test_does_not_exist_for_others(self, client, make, role):
        client.sign_in(make.platform_user(role))
        assert client.get("/platform/matching/").status_code == 404

    def test_says_what_to_do_without_any_match(self, client, administrator):
        client.sign_in(administrator)
        assert "No matches yet" in words(client.get("/en/platform/matching/"))

    def test_opens_every_number_to_its_records(self, client, administrator, make, pair):
        make.match(seen_at=NOON, contacted_at=NOON)
        make.match_word(pair.match, pair.buyer, fits=True)
        make.match_word(
            pair.match, pair.seller, Side.LISTING, fits=False, reason=MisfitReason.PLACE
        )
        client.sign_in(administrator)
        page = parsed(client.get("/en/platform/matching/"))
        numbers = [(link.text, link.get("href")) for link in page.findall(".//table//td//a[@href]")]
        assert len(numbers) == 8  # made, seen, contacted, judged – of the month and of all
        for text, address in numbers:
            found = parsed(client.get(address))
            assert len(found.findall(".//tbody/tr")) == int(text)


class TestRecords:
    def test_show_pairs_stages_and_words(self, client, administrator, make, pair):
        make.match_word(
            pair.match,
            pair.seller,
            Side.LISTING,
            fits=False,
            reason=MisfitReason.OTHER,
            note="旧了",
        )
        client.sign_in(administrator)
        shown = words(client.get("/en/platform/matching/records?word=misfits"))
        assert pair.need.title in shown
        assert pair.university.name in shown
        assert "Listing: Another reason – 旧了" in shown

    @pytest.mark.parametrize(
        "query", ["?stage=nonsense", "?month=2020-01", "?word=x", "?version=x", "?page=x"]
    )
    def test_bear_odd_addresses(self, client, administrator, query):
        client.sign_in(administrator)
        shown = words(client.get("/en/platform/matching/records" + query))
        assert "No match fits this choice." in shown


class TestWeights:
    def test_start_from_the_ones_in_use(self, client, administrator, make):
        make.match_weights(weights=first_weights(), push_from=0.42)
        client.sign_in(administrator)
        page = parsed(client.get("/en/platform/matching/weights"))
        assert page.find(".//input[@id='push_from']").get("value") == "42"
        middle = read(first_weights(), ("middle",))
        assert float(page.find(".//input[@id='weight_middle']").get("value")) == middle

    def test_are_added_and_then_used(self, client, session, administrator):
        client.sign_in(administrator)
        data = sent(weight_facts_place="0.9")
        assert client.post("/platform/matching/weights", data=data).status_code == 303
        version = session.scalars(select(MatchWeights)).one()
        assert (version.push_from, version.is_active) == (0.7, False)
        assert version.weights["facts"]["place"] == 0.9
        assert version.weights["signals"] == first_weights()["signals"]
        client.post("/platform/matching/weights/1/activate")
        assert session.scalars(select(MatchWeights.is_active)).all() == [True]
        assert "in use" in words(client.get("/en/platform/matching/weights"))

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"push_from": "101"}, "Give a score between 0 and 100."),
            ({"weight_slope": "-1"}, "Give a number between 0 and 100."),
            ({"weight_slope": "viel"}, "viel"),
            ({"note": ""}, "Say in a few words what this version tries."),
        ],
    )
    def test_that_are_wrong_are_refused_with_what_was_typed(
        self, client, session, administrator, changes, text
    ):
        client.sign_in(administrator)
        response = client.post("/en/platform/matching/weights", data=sent(**changes))
        assert response.status_code == 422
        assert text in response.get_data(as_text=True)
        assert session.scalars(select(MatchWeights)).all() == []

    def test_that_are_there_already_are_refused(self, client, administrator, make):
        make.match_weights(weights=first_weights(), push_from=0.7)
        client.sign_in(administrator)
        response = client.post("/en/platform/matching/weights", data=sent())
        assert response.status_code == 422
        assert "Version 1 has exactly these weights." in words(response)

    def test_are_tried_before_they_are_added(
        self, client, session, administrator, pair, make, monkeypatch
    ):
        other = make.listing(pair.university, status=pair.listing.status, title="另一项成果")
        old, new = (pair.listing.id, other.id), (other.id,)

        def matcher_of(_parts):
            def matcher(_document, weights):
                ids = new if weights["facts"]["place"] == 9.0 else old
                return [Found(id=one, score=0.5, ranks={}, reasons=[]) for one in ids]

            return matcher

        monkeypatch.setattr(preview, "matcher_of", matcher_of)
        client.sign_in(administrator)
        data = sent(weight_facts_place="9", preview="1")
        response = client.post("/en/platform/matching/weights", data=data)
        assert response.status_code == 200
        shown = words(response)
        assert "How recent needs would be answered" in shown
        assert "另一项成果 50 place 2 before" in shown
        assert f"Leaves the first places: {pair.listing.title}" in shown
        assert session.scalars(select(MatchWeights).where(MatchWeights.number > 1)).all() == []

    @pytest.mark.parametrize("fault", [SearchUnavailable, EmbeddingUnavailable])
    def test_can_not_be_tried_while_search_is_silent(
        self, client, administrator, pair, monkeypatch, fault
    ):
        def matcher_of(_parts):
            def matcher(_document, _weights):
                raise fault("switched off by the test")

            return matcher

        monkeypatch.setattr(preview, "matcher_of", matcher_of)
        client.sign_in(administrator)
        response = client.post("/en/platform/matching/weights", data=sent(preview="1"))
        assert "nothing can be tried" in words(response)

    def test_of_an_unknown_version_are_not_found(self, client, administrator):
        client.sign_in(administrator)
        assert client.post("/platform/matching/weights/9/activate").status_code == 404


class TestRematch:
    def test_leads_to_the_jobs_page(self, client, session, administrator):
        client.sign_in(administrator)
        response = client.post("/platform/matching/rematch")
        job = session.scalars(select(LongJob)).one()
        assert response.location == f"/jobs/{job.id}"


class TestCompare:
    def test_leaves_out_a_need_that_nobody_may_find_any_more(self, session, make, monkeypatch):
        organization = make.organization(status=OrganizationStatus.SUSPENDED)
        make.need(organization)
        monkeypatch.setattr(preview, "matcher_of", lambda _parts: None)
        wording = Wording(language="en", translate=str, money=str)
        found = preview.compare(
            session,
            None,
            present={},
            tried={},
            reader=Reader(actor=make.administrator(), wording=wording),
        )
        assert found == []
