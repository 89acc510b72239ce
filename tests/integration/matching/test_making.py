from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select

from marketplace.listings.models import ListingStatus
from marketplace.matching.models import Match, MatchRequest, MatchState, Side, Stage
from marketplace.matching.rules import BATCH, MANY
from marketplace.matching.services import making
from marketplace.matching.services.making import Found
from marketplace.needs.models import NeedStatus
from tests.conftest import NOON
from tests.jobs import waiting

LATER = NOON + timedelta(days=1)


def found(record, score=0.7, **values):
    values.setdefault("ranks", {"words": 1})
    values.setdefault("reasons", [{"kind": "terms", "share": 1.0}])
    return Found(id=record.id, score=score, **values)


@pytest.fixture
def need(make):
    return make.need()


@pytest.fixture
def listing(make):
    return make.listing(status=ListingStatus.PUBLISHED)


@pytest.fixture
def weights(make):
    return make.match_weights()


def keep_need(session, need, *counterparts, weights, now=NOON):
    return making.keep(session, Side.NEED, need.id, counterparts, weights=weights, now=now)


def keep_listing(session, listing, *counterparts, weights, now=NOON):
    return making.keep(session, Side.LISTING, listing.id, counterparts, weights=weights, now=now)


class TestRequest:
    def test_waits_once_however_often_it_is_asked(self, session, need):
        making.request(session, Side.NEED, [need.id, need.id], now=NOON)
        making.request(session, Side.NEED, [need.id], now=NOON)
        assert {name for name, _ in waiting(session)} == {"hearer:matching.work_off"}
        assert making.is_waiting(session, Side.NEED, need.id)
        assert not making.is_waiting(session, Side.LISTING, need.id)
        assert making.take_requests(session) == [(Side.NEED, need.id)]
        assert not making.is_waiting(session, Side.NEED, need.id)

    def test_of_nothing_queues_nothing(self, session):
        making.request(session, Side.NEED, [], now=NOON)
        assert waiting(session) == []


class TestTakeRequests:
    def test_takes_each_record_once_the_oldest_first(self, session, need, listing):
        making.request(session, Side.NEED, [need.id], now=NOON)
        making.request(session, Side.LISTING, [listing.id], now=NOON)
        assert making.take_requests(session) == [
            (Side.NEED, need.id),
            (Side.LISTING, listing.id),
        ]
        assert making.take_requests(session) == []
        assert not making.are_waiting(session)

    def test_takes_a_batch_at_a_time(self, session, make):
        needs = [uuid4() for _ in range(BATCH + 3)]
        making.request(session, Side.NEED, needs, now=NOON)
        assert len(making.take_requests(session)) == BATCH
        assert making.are_waiting(session)

    def test_matches_the_few_needs_instead_of_very_many_listings(self, session, need):
        making.request(session, Side.LISTING, [uuid4() for _ in range(MANY + 1)], now=NOON)
        assert making.take_requests(session) == [(Side.NEED, need.id)]
        assert not making.are_waiting(session)

    def test_drops_very_many_listings_when_nothing_is_needed(self, session):
        making.request(session, Side.LISTING, [uuid4() for _ in range(MANY + 1)], now=NOON)
        assert making.take_requests(session) == []
        assert session.scalar(select(func.count()).select_from(MatchRequest)) == 0

    def test_leaves_everything_to_the_job_that_takes_already(self, app, session, need):
        making.request(session, Side.NEED, [need.id], now=NOON)
        other = create_engine(app.config["SQLALCHEMY_ENGINES"]["default"]["url"])
        with other.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(making._TAKING)))
            assert making.take_requests(session) == []
        other.dispose()
        assert making.take_requests(session) == [(Side.NEED, need.id)]


class TestKeep:
    def test_makes_matches_under_the_weights(self, session, need, listing, weights):
        (match,) = keep_need(session, need, found(listing, 0.8), weights=weights)
        assert (match.need_id, match.listing_id) == (need.id, listing.id)
        assert (match.score, match.weights_id, match.made_at) == (0.8, weights.id, NOON)
        assert match.state is MatchState.CURRENT
        assert match.reasons == [{"kind": "terms", "share": 1.0}]

    def test_keeps_one_match_of_a_pair_found_from_both_sides(self, session, need, listing, weights):
        (first,) = keep_need(session, need, found(listing), weights=weights)
        (second,) = keep_listing(session, listing, found(need, 0.9), weights=weights, now=LATER)
        assert first.id == second.id
        assert (second.for_need, second.for_listing) == (True, True)
        assert (second.score, second.made_at) == (0.9, NOON)

    def test_is_gone_only_when_no_side_finds_it(self, session, need, listing, weights):
        (match,) = keep_need(session, need, found(listing), weights=weights)
        keep_listing(session, listing, found(need), weights=weights)
        keep_need(session, need, weights=weights)
        assert match.state is MatchState.CURRENT
        keep_listing(session, listing, weights=weights)
        assert match.state is MatchState.GONE

    def test_that_is_found_again_is_the_same(self, session, need, listing, weights):
        (match,) = keep_need(session, need, found(listing), weights=weights)
        keep_need(session, need, weights=weights)
        (again,) = keep_need(session, need, found(listing), weights=weights, now=LATER)
        assert (again.id, again.state, again.made_at) == (match.id, MatchState.CURRENT, NOON)

    def test_is_made_anew_under_other_weights(self, session, make, need, listing, weights):
        (old,) = keep_need(session, need, found(listing), weights=weights)
        second = make.match_weights(number=2)
        (new,) = keep_need(session, need, found(listing, 0.5), weights=second, now=LATER)
        assert old.id != new.id
        assert (old.state, old.weights_id) == (MatchState.SUPERSEDED, weights.id)
        assert (new.weights_id, new.made_at) == (second.id, LATER)

    def test_made_anew_is_still_found_from_the_other_side(
        self, session, make, need, listing, weights
    ):
        keep_listing(session, listing, found(need), weights=weights)
        second = make.match_weights(number=2)
        (new,) = keep_need(session, need, found(listing), weights=second)
        assert (new.for_need, new.for_listing) == (True, True)

    @pytest.mark.parametrize("column", ["contacted_at", "invited_at"])
    def test_keeps_its_version_once_somebody_acted_on_it(
        self, session, make, need, listing, column
    ):
        weights = make.match_weights()
        (old,) = keep_need(session, need, found(listing, 0.8), weights=weights)
        old.seen_at = NOON
        setattr(old, column, NOON)
        second = make.match_weights(number=2)
        (kept,) = keep_need(session, need, found(listing, 0.1), weights=second)
        assert (kept.id, kept.weights_id, kept.score) == (old.id, weights.id, 0.8)

    def test_keeps_its_version_once_it_was_judged(self, session, make, need, listing, weights):
        (old,) = keep_need(session, need, found(listing), weights=weights)
        old.judged = True
        (kept,) = keep_need(session, need, found(listing), weights=make.match_weights(number=2))
        assert (kept.id, kept.weights_id) == (old.id, weights.id)


class TestDrop:
    def test_ends_all_of_a_records_matches(self, session, make, need, listing, weights):
        other = make.listing(status=ListingStatus.PUBLISHED)
        keep_need(session, need, found(listing), found(other), weights=weights)
        making.drop(session, Side.LISTING, listing.id)
        states = dict(session.execute(select(Match.listing_id, Match.state)).all())
        assert states == {listing.id: MatchState.GONE, other.id: MatchState.CURRENT}
        making.drop(session, Side.NEED, need.id)
        assert set(session.scalars(select(Match.state))) == {MatchState.GONE}


class TestShownIds:
    def test_names_open_needs_and_published_listings(self, session, make, need, listing):
        make.need(status=NeedStatus.MET)
        make.listing()
        assert making.shown_ids(session, Side.NEED) == [need.id]
        assert making.shown_ids(session, Side.LISTING) == [listing.id]


class TestReach:
    def test_passes_every_stage_before_and_keeps_first_moments(self, make):
        match = make.match(seen_at=NOON)
        match.reach(Stage.ANSWERED, at=LATER)
        assert (match.seen_at, match.contacted_at, match.answered_at) == (NOON, LATER, LATER)
        assert match.met_at is None
