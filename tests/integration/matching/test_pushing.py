from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.listings.models import ListingStatus
from marketplace.matching.models import MatchMute
from marketplace.matching.rules import PUSHED
from marketplace.matching.services.pushing import push
from marketplace.needs.models import NeedStatus
from marketplace.notifications.models import Notice
from tests.conftest import NOON


@pytest.fixture
def pair(make):
    company, university = make.organization(), make.organization()
    buyer, seller = make.member(company), make.member(university)
    need = make.need(company)
    listing = make.listing(university, status=ListingStatus.PUBLISHED)
    return make.match(need, listing), buyer, seller, company, university


def told(session):
    return set(session.execute(select(Notice.person_id, Notice.topic)).all())


class TestPush:
    def test_tells_both_sides_once(self, session, make, pair):
        match, buyer, seller, *_ = pair
        weights = make.match_weights()
        assert push(session, [match], weights=weights, now=NOON) == 2
        assert told(session) == {(buyer.id, "match.for_need"), (seller.id, "match.for_listing")}
        assert push(session, [match], weights=weights, now=NOON) == 0

    def test_leads_to_the_records_matches(self, session, make, pair):
        match = pair[0]
        push(session, [match], weights=make.match_weights(), now=NOON)
        assert set(session.scalars(select(Notice.link))) == {
            f"/needs/{match.need_id}/matches",
            f"/listings/{match.listing_id}/matches",
        }

    def test_stays_silent_below_the_threshold(self, session, make):
        match = make.match(score=0.59)
        assert push(session, [match], weights=make.match_weights(), now=NOON) == 0

    def test_tells_once_whoever_stands_on_both_sides(self, session, make, pair):
        match, buyer, *_, university = pair
        make.membership(buyer, university)
        push(session, [match], weights=make.match_weights(), now=NOON)
        mine = [row for row in told(session) if row[0] == buyer.id]
        assert len(mine) == 1

    def test_leaves_in_peace_who_switched_it_off(self, session, make, pair):
        match, buyer, seller, *_ = pair
        buyer.personal_matching = False
        session.flush()
        push(session, [match], weights=make.match_weights(), now=NOON)
        assert told(session) == {(seller.id, "match.for_listing")}

    @pytest.mark.parametrize("whole", [False, True])
    def test_leaves_in_peace_who_muted_it(self, session, make, pair, whole):
        match, buyer, seller, company, university = pair
        mute = MatchMute(organization_id=company.id, muted_by=buyer.id, muted_at=NOON)
        if whole:
            mute.muted_organization_id = university.id
        else:
            mute.need_id, mute.listing_id = match.need_id, match.listing_id
        make.add(mute)
        push(session, [match], weights=make.match_weights(), now=NOON)
        assert told(session) == {(seller.id, "match.for_listing")}

    @pytest.mark.parametrize(
        "state", [{"need": NeedStatus.MET}, {"listing": ListingStatus.EXPIRED}]
    )
    def test_says_nothing_of_what_readers_see_no_more(self, session, make, state):
        organization = make.organization()
        make.member(organization)
        need = make.need(organization, status=state.get("need", NeedStatus.OPEN))
        listing = make.listing(status=state.get("listing", ListingStatus.PUBLISHED))
        match = make.match(need, listing)
        assert push(session, [match], weights=make.match_weights(), now=NOON) == 0

    def test_tells_of_the_best_few_at_a_time(self, session, make):
        organization = make.organization()
        make.member(organization)
        need = make.need(organization)
        matches = [make.match(need, score=0.7 + number / 100) for number in range(PUSHED + 2)]
        assert push(session, matches, weights=make.match_weights(), now=NOON) == PUSHED
