from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.listings.models import ListingStatus
from marketplace.matching.models import Match, MatchState, MisfitReason, Side, Stage
from marketplace.matching.queries import figures
from marketplace.matching.services import outcomes
from tests.conftest import NOON


@pytest.fixture
def match(session, make):
    make.match()
    return figures.list_records(session, figures.Slice(), page=1).items[0]


class TestEnquired:
    def test_moves_the_enquirers_matches_of_the_listing(self, session, make, match):
        other = make.match(listing=match.listing)
        superseded = make.match(match.need, match.listing, state=MatchState.SUPERSEDED)
        moved = outcomes.enquired(
            session,
            listing_id=match.listing_id,
            organization_id=match.need.organization_id,
            stage=Stage.CONTACTED,
            now=NOON,
        )
        assert [one.id for one in moved] == [match.id]
        assert (match.seen_at, match.contacted_at) == (NOON, NOON)
        assert session.get_one(Match, other.id).contacted_at is None
        assert session.get_one(Match, superseded.id).contacted_at is None


def answer(session, match, listing_id, stage=Stage.ANSWERED):
    return outcomes.answered(
        session,
        need_id=match.need_id,
        organization_id=match.listing.organization_id,
        listing_id=listing_id,
        stage=stage,
        now=NOON,
    )


class TestAnswered:
    def test_with_a_listing_moves_its_match(self, session, make, match):
        sibling = make.listing(match.listing.organization, status=ListingStatus.PUBLISHED)
        other = make.match(match.need, sibling)
        answer(session, match, match.listing_id)
        assert match.answered_at == NOON
        assert session.get_one(Match, other.id).answered_at is None

    def test_with_free_text_moves_all_of_the_organization(self, session, make, match):
        sibling = make.listing(match.listing.organization, status=ListingStatus.PUBLISHED)
        make.match(match.need, sibling)
        make.match(match.need)
        assert len(answer(session, match, None, Stage.MET)) == 2
        assert match.met_at == NOON


def see(session, actor, *matches, now=NOON):
    return outcomes.seen(session, actor=actor, match_ids=[match.id for match in matches], now=now)


class TestSeen:
    def test_counts_for_the_two_sides_alone(self, session, make, match):
        stranger = make.member_of(make.organization())
        assert see(session, stranger, match) == []
        assert see(session, make.administrator(), match) == []
        assert see(session, make.actor(), match) == []
        assert match.seen_at is None
        assert len(see(session, make.member_of(match.listing.organization), match)) == 1
        assert match.seen_at == NOON

    def test_keeps_the_first_moment(self, session, make, match):
        actor = make.member_of(match.need.organization)
        see(session, actor, match)
        see(session, actor, match, now=NOON + timedelta(days=1))
        assert match.seen_at == NOON


class TestFigures:
    def test_count_by_month_in_beijing_and_version(self, session, make):
        second = make.match_weights(number=2)
        # 23:00 of 31 October in UTC is 1 November in Beijing.
        make.match(made_at=datetime(2026, 10, 31, 23, tzinfo=UTC), seen_at=NOON)
        make.match(seen_at=NOON, contacted_at=NOON)
        make.match(weights=second)
        lines = figures.list_figures(session)
        assert [(line.month, line.version) for line in lines] == [("2026-11", 2), ("2026-11", 1)]
        assert lines[1].stages == {
            Stage.MADE: 2,
            Stage.SEEN: 2,
            Stage.CONTACTED: 1,
            Stage.ANSWERED: 0,
            Stage.MET: 0,
        }
        assert lines[1].rate(Stage.CONTACTED) == 0.5
        assert figures.summed(lines).stages[Stage.MADE] == 3

    def test_give_precision_by_what_most_people_said(self, session, make):
        good, bad = make.match(), make.match()
        make.match()
        make.match_word(good, make.user(), fits=True)
        make.match_word(bad, make.user(), fits=True)
        make.match_word(bad, make.user(), Side.LISTING, fits=False, reason=MisfitReason.PLACE)
        (line,) = figures.list_figures(session)
        assert (line.fitting, line.judged, line.precision) == (1, 2, 0.5)

    def test_of_nothing_have_no_rates(self):
        empty = figures.summed([])
        assert (empty.precision, empty.rate(Stage.SEEN)) == (None, None)

    @pytest.mark.parametrize(
        ("chosen", "count"),
        [
            (figures.Slice(), 3),
            (figures.Slice(month="2026-11"), 2),
            (figures.Slice(version=2), 1),
            (figures.Slice(stage=Stage.SEEN), 1),
            (figures.Slice(word="judged"), 2),
            (figures.Slice(word="fits"), 1),
            (figures.Slice(word="misfits"), 1),
        ],
    )
    def test_open_to_their_records(self, session, make, chosen, count):
        first = make.match(seen_at=NOON)
        second = make.match(weights=make.match_weights(number=2))
        make.match(made_at=NOON - timedelta(days=60))
        make.match_word(first, make.user(), fits=True)
        make.match_word(second, make.user(), fits=False, reason=MisfitReason.KNOWN)
        page = figures.list_records(session, chosen, page=1)
        assert page.total == len(page.items) == count

    def test_records_come_with_all_words(self, session, make, match):
        make.match_word(match, make.user(), fits=True)
        make.match_word(match, make.user(), fits=True)
        assert len(figures.words_on(session, [match])[match.id]) == 2
