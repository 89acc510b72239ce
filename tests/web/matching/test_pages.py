from __future__ import annotations

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.listings.models import ListingStatus
from marketplace.matching.models import MisfitReason, Side
from marketplace.matching.wiring import desk_panel, listing_panel, need_panel, platform_panel
from marketplace.needs.models import Confidentiality, NeedStatus
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db
from tests.clients import parsed, words
from tests.web.matching.conftest import make_pair


def switch_off(session, person):
    person.personal_matching = False
    session.flush()


class TestForNeed:
    def test_shows_owners_listings_with_reasons_in_percent(self, client, pair):
        client.sign_in(pair.buyer)
        response = client.get(f"/en/needs/{pair.need.id}/matches")
        shown = words(response)
        assert pair.listing.title in shown
        assert (
            "Shared terms 75% 75% Both texts speak of: 激光焊接 aluminium alloy = 铝合金" in shown
        )
        assert "Budget 25% 25% The price lies within the budget: CN¥300K" in shown
        assert "Speaks against it: TRL 7 is asked for, it has reached TRL 6." in shown
        assert "83 of 100 points" in shown
        bars = parsed(response).findall(".//meter")
        assert [bar.get("value") for bar in bars] == ["75", "25"]

    def test_speaks_chinese(self, client, pair):
        client.sign_in(pair.buyer)
        shown = words(client.get(f"/needs/{pair.need.id}/matches"))
        assert "双方文本都提到：" in shown
        assert "价格在预算之内：" in shown

    def test_is_not_found_by_others(self, client, make, pair):
        for person in (pair.seller, make.member()):
            client.sign_in(person)
            assert client.get(f"/needs/{pair.need.id}/matches").status_code == 404

    def test_is_open_to_administrators(self, client, make, pair):
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        assert pair.listing.title in words(client.get(f"/needs/{pair.need.id}/matches"))

    def test_shows_nothing_once_it_is_switched_off(self, client, session, pair):
        switch_off(session, pair.buyer)
        client.sign_in(pair.buyer)
        shown = words(client.get(f"/en/needs/{pair.need.id}/matches"))
        assert "Personal matching is off." in shown
        assert pair.listing.title not in shown

    def test_shows_stored_matches_while_search_is_silent(self, client, parts, pair):
        parts.search.down = True
        client.sign_in(pair.buyer)
        shown = words(client.get(f"/en/needs/{pair.need.id}/matches"))
        assert "Search is not available at the moment." in shown
        assert pair.listing.title in shown

    def test_keeps_what_was_set_aside_apart(self, client, make, pair):
        make.match_word(pair.match, pair.buyer, fits=False, reason=MisfitReason.PLACE)
        client.sign_in(pair.buyer)
        assert pair.listing.title not in words(client.get(f"/needs/{pair.need.id}/matches"))
        shown = words(client.get(f"/en/needs/{pair.need.id}/matches?show=aside"))
        assert pair.listing.title in shown
        assert "You said: it does not fit." in shown

    def test_turns_pages(self, client, make, pair):
        for number in range(20):
            make.match(pair.need, score=0.1 + number / 100)
        client.sign_in(pair.buyer)
        address = f"/en/needs/{pair.need.id}/matches"
        assert len(parsed(client.get(address)).findall(".//article")) == 20
        assert len(parsed(client.get(address + "?page=2")).findall(".//article")) == 1


class TestForListing:
    def test_hides_a_masked_company(self, client, make):
        pair = make_pair(make, need={"confidentiality": Confidentiality.ON_CONSENT})
        client.sign_in(pair.seller)
        response = client.get(f"/en/listings/{pair.listing.id}/matches")
        assert pair.need.title in words(response)
        assert "Company name hidden" in words(response)
        text = response.get_data(as_text=True)
        assert pair.company.name not in text
        assert pair.company.name_en not in text

    def test_names_the_company_after_consent(self, client, make):
        pair = make_pair(make, need={"confidentiality": Confidentiality.ON_CONSENT})
        make.consent(pair.need, pair.university)
        client.sign_in(pair.seller)
        shown = words(client.get(f"/listings/{pair.listing.id}/matches"))
        assert pair.company.name in shown

    def test_is_not_found_by_the_needs_owner(self, client, pair):
        client.sign_in(pair.buyer)
        assert client.get(f"/listings/{pair.listing.id}/matches").status_code == 404

    def test_forgets_needs_that_were_closed(self, client, session, pair):
        pair.need.status, pair.need.closed_at = NeedStatus.MET, pair.need.published_at
        session.flush()
        client.sign_in(pair.seller)
        shown = words(client.get(f"/en/listings/{pair.listing.id}/matches"))
        assert "No matches yet" in shown


class TestIndex:
    def test_sends_a_visitor_to_sign_in(self, client):
        assert client.get("/matches/").status_code == 302

    def test_shows_both_sides_of_a_persons_organizations(self, client, make, pair):
        make.membership(pair.buyer, pair.university)
        client.sign_in(pair.buyer)
        shown = words(client.get("/en/matches/"))
        assert "For our needs (1)" in shown
        assert "For our results (1)" in shown
        assert f"for your need “{pair.need.title}”" in shown
        shown = words(client.get("/en/matches/?side=listing"))
        assert f"for your result “{pair.listing.title}”" in shown

    def test_starts_with_the_side_that_has_something(self, client, pair):
        client.sign_in(pair.seller)
        assert pair.need.title in words(client.get("/matches/"))

    def test_tells_who_belongs_to_no_organization_what_to_do(self, client, make):
        client.sign_in(make.user())
        assert "You do not belong to an organization yet" in words(client.get("/en/matches/"))

    def test_shows_nothing_once_it_is_switched_off(self, client, session, pair):
        switch_off(session, pair.buyer)
        client.sign_in(pair.buyer)
        assert pair.listing.title not in words(client.get("/matches/"))


class TestExplained:
    @pytest.mark.parametrize(
        ("address", "text"),
        [("/help/matching", "第十六条"), ("/en/help/matching", "articles 16 and 17")],
    )
    def test_is_open_to_everybody(self, client, address, text):
        assert text in words(client.get(address))


class TestPanels:
    @pytest.fixture
    def shown(self, app, client, monkeypatch):
        """Render a panel inside a request of the person, as a page would."""

        def render(person, panel, thing):
            if person is not None:
                client.sign_in(person)
            found = []
            identity = thing and (type(thing), thing.id)

            @public
            def look():
                own = identity and db.session.get_one(*identity)
                found.append(panel(own, current_actor()))
                return ""

            monkeypatch.setitem(app.view_functions, "home.index", look)
            client.get("/en/")
            return found[0]

        return render

    def test_shows_the_needs_owner_the_best(self, shown, make, pair):
        for number in range(4):
            make.match(pair.need, score=0.1 + number / 100)
        text = shown(pair.buyer, need_panel, pair.need)
        assert pair.listing.title in text
        assert text.count("<article") == 3
        assert "All 5 with details" in text
        assert f"/en/needs/{pair.need.id}/matches" in text

    def test_shows_the_listings_owner_the_needs(self, shown, pair):
        assert pair.need.title in shown(pair.seller, listing_panel, pair.listing)

    def test_shows_strangers_and_visitors_nothing(self, shown, make, pair):
        assert shown(None, need_panel, pair.need) is None
        assert shown(pair.seller, need_panel, pair.need) is None
        assert shown(make.member(), listing_panel, pair.listing) is None

    def test_shows_nothing_before_publication(self, shown, make):
        organization = make.organization()
        listing = make.listing(organization, status=ListingStatus.DRAFT)
        assert shown(make.member(organization), listing_panel, listing) is None

    def test_a_need_that_has_ended_looks_for_nothing(self, pair, shown):
        pair.need.status = NeedStatus.WITHDRAWN
        assert shown(pair.buyer, need_panel, pair.need) is None

    def test_offers_the_switch_to_whoever_switched_off(self, shown, session, pair):
        switch_off(session, pair.buyer)
        text = shown(pair.buyer, need_panel, pair.need)
        assert "Switch on" in text
        assert pair.listing.title not in text

    def test_says_that_search_is_silent_and_shows_what_is_stored(self, shown, parts, pair):
        parts.search.down = True
        text = shown(pair.buyer, need_panel, pair.need)
        assert "Search is not available" in text
        assert pair.listing.title in text

    def test_leads_administrators_to_the_figures(self, shown, make):
        administrator = make.platform_user(PlatformRole.ADMINISTRATOR)
        assert "/en/platform/matching/" in shown(administrator, platform_panel, None)
        assert shown(make.platform_user(PlatformRole.REVIEWER), platform_panel, None) is None

    def test_counts_news_on_the_desk(self, shown, session, make):
        pair = make_pair(make, match={"made_at": now()})
        assert "1 for our needs" in shown(pair.buyer, desk_panel, None)
        assert "1 for our results" in shown(pair.seller, desk_panel, None)
        assert shown(make.user(), desk_panel, None) is None
        pair.match.seen_at = now()
        session.flush()
        assert shown(pair.buyer, desk_panel, None) is None
        switch_off(session, pair.seller)
        assert shown(pair.seller, desk_panel, None) is None


def test_sides_are_what_documents_are_called():
    assert {side.value for side in Side} == {"need", "listing"}
