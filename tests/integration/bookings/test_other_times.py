"""Beginning early, and another time that the operator wants."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings.models import Allocation, BookingState, Resource
from marketplace.bookings.services import early, ending, judging, moving, use
from marketplace.bookings.services.judging import Proposal
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from tests.factories.bookings import NOON, WEDNESDAY
from tests.jobs import topics

HOUR = timedelta(hours=1)


def span_of(session, booking):
    row = session.scalars(
        select(Allocation).where(Allocation.booking_id == booking.id, Allocation.active)
    ).one()
    session.refresh(row)
    return row.during.lower.astimezone(UTC), row.during.upper.astimezone(UTC)


class TestBeginningEarly:
    def agree(self, session, actor, booking, early_from):
        return early.agree(
            session, actor=actor, booking_id=booking.id, early_from=early_from, now=NOON
        )

    def start(self, session, staff, booking, now):
        return use.start_use(session, actor=staff, booking_id=booking.id, now=now)

    def test_is_refused_until_shortly_before(self, session, staff, booked):
        booking = booked()
        with pytest.raises(RuleBroken):
            self.start(session, staff, booking, booking.starts_at - timedelta(minutes=31))
        session.refresh(booking)
        assert (booking.state, booking.started_at) == (BookingState.CONFIRMED, None)
        now = booking.starts_at - timedelta(minutes=30)
        assert self.start(session, staff, booking, now).started_at == now

    def test_takes_the_time_before_once_the_user_agrees(self, session, actor, staff, booked):
        booking = booked()
        at = booking.starts_at - HOUR
        self.agree(session, actor, booking, at)
        assert "booking.early" in topics(session)
        self.start(session, staff, booking, at)
        assert booking.state is BookingState.IN_SERVICE
        assert span_of(session, booking) == (at, booking.ends_at)

    def test_not_while_somebody_has_the_time_before(self, session, actor, staff, booked):
        booking = booked()
        at = booking.starts_at - HOUR
        booked(WEDNESDAY, key="before")
        with pytest.raises(RuleBroken, match="Somebody else"):
            self.agree(session, actor, booking, at)
        booking.early_from = at
        session.flush()
        with pytest.raises(RuleBroken, match="Somebody else"):
            self.start(session, staff, booking, at)

    @pytest.mark.parametrize("hours", [0, -1, 25])
    def test_lies_within_the_day_before(self, session, actor, booked, hours):
        booking = booked()
        with pytest.raises(RuleBroken) as broken:
            self.agree(session, actor, booking, booking.starts_at - hours * HOUR)
        assert broken.value.field == "early_from"

    def test_can_be_taken_back(self, session, actor, staff, booked):
        booking = booked()
        at = booking.starts_at - HOUR
        self.agree(session, actor, booking, at)
        self.agree(session, actor, booking, None)
        with pytest.raises(RuleBroken):
            self.start(session, staff, booking, at)

    def test_is_the_users_word(self, session, make, staff, booked):
        booking = booked()
        for actor, error in ((staff, Denied), (make.actor(make.booker()), NotFound)):
            with pytest.raises(error):
                self.agree(session, actor, booking, booking.starts_at - HOUR)

    def test_needs_a_confirmed_booking(self, session, make, actor, user, organization, slot):
        state = BookingState.AWAITING_PAYMENT
        waiting = make.booking(slot, user, organization_id=organization.id, state=state)
        with pytest.raises(StepNotAllowed):
            self.agree(session, actor, waiting, waiting.starts_at - HOUR)

    def test_of_a_slot_takes_the_lane_once(self, session, make, resource, operator):
        slot = make.slot(resource, capacity=2)
        first, second = (
            make.booking(slot, early_from=WEDNESDAY - 2 * HOUR),
            make.booking(slot, early_from=WEDNESDAY - 2 * HOUR),
        )
        self.start(session, operator, first, WEDNESDAY - 2 * HOUR)
        assert span_of(session, first) == (WEDNESDAY - 2 * HOUR, WEDNESDAY)
        self.start(session, operator, second, WEDNESDAY - HOUR)
        assert second.state is BookingState.IN_SERVICE

    def test_is_forgotten_when_the_booking_moves(self, session, actor, booked):
        booking = booked()
        self.agree(session, actor, booking, booking.starts_at - HOUR)
        ending.move(
            session,
            actor=actor,
            booking_id=booking.id,
            slot_id=None,
            starts_at=booking.starts_at + 2 * HOUR,
            ends_at=booking.ends_at + 2 * HOUR,
            now=NOON,
        )
        assert booking.early_from is None


class TestTheOperatorsOtherTime:
    def offer(self, session, staff, booking, hours=3):
        starts_at = booking.starts_at + hours * HOUR
        proposal = Proposal(starts_at=starts_at, ends_at=starts_at + 2 * HOUR, note="上午停气检修")
        return moving.offer(
            session, actor=staff, booking_id=booking.id, proposal=proposal, now=NOON
        )

    def test_moves_the_booking_when_the_user_takes_it(self, session, actor, staff, booked):
        booking = booked()
        before = booking.starts_at
        self.offer(session, staff, booking)
        assert (booking.state, booking.starts_at) == (BookingState.CONFIRMED, before)
        moving.accept(session, actor=actor, booking_id=booking.id, now=NOON)
        assert booking.starts_at == before + 3 * HOUR
        assert span_of(session, booking)[0] == before + 3 * HOUR
        assert booking.proposed_starts_at is None
        assert {"booking.proposed", "booking.moved"} <= set(topics(session))

    def test_changes_nothing_when_it_does_not(self, session, actor, staff, booked):
        booking = booked()
        before = booking.starts_at
        self.offer(session, staff, booking)
        moving.decline(session, actor=actor, booking_id=booking.id, now=NOON)
        assert (booking.starts_at, booking.proposed_starts_at) == (before, None)
        with pytest.raises(NotFound):
            moving.decline(session, actor=actor, booking_id=booking.id, now=NOON)
        with pytest.raises(RuleBroken, match="No other time"):
            moving.accept(session, actor=actor, booking_id=booking.id, now=NOON)

    def test_keeps_the_old_time_when_the_new_one_is_gone(self, session, actor, staff, booked):
        booking = booked()
        before = booking.starts_at
        self.offer(session, staff, booking)
        booked(before + 3 * HOUR, key="other")
        with pytest.raises(RuleBroken):
            moving.accept(session, actor=actor, booking_id=booking.id, now=NOON)
        session.refresh(booking)
        assert booking.starts_at == before

    def test_is_the_operators_to_propose_and_the_users_to_take(self, session, actor, staff, booked):
        booking = booked()
        with pytest.raises(Denied):
            self.offer(session, actor, booking)
        self.offer(session, staff, booking)
        with pytest.raises(Denied):
            moving.accept(session, actor=staff, booking_id=booking.id, now=NOON)
        with pytest.raises(Denied):
            moving.decline(session, actor=staff, booking_id=booking.id, now=NOON)

    def test_is_not_for_a_use_that_has_begun(self, session, staff, booked):
        booking = booked()
        with pytest.raises(StepNotAllowed):
            moving.offer(
                session,
                actor=staff,
                booking_id=booking.id,
                proposal=Proposal(),
                now=booking.starts_at,
            )

    def test_of_a_request_still_goes_through_approval(self, session, make, operator, slot):
        request = make.booking(slot, state=BookingState.PENDING_APPROVAL)
        other = make.slot(
            session.get_one(Resource, slot.resource_id),
            lane=1,
            starts_at=WEDNESDAY + 24 * HOUR,
        )
        judging.propose(
            session,
            actor=operator,
            booking_id=request.id,
            proposal=Proposal(slot_id=other.id),
            now=NOON,
        )
        assert request.proposed_slot_id == other.id
