"""The operator decides; another time is proposed and taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState, Slot
from marketplace.bookings.queries.bookings import rivals_of
from marketplace.bookings.rules import SlotTaken, TimeRanOut
from marketplace.bookings.services import judging, waiting
from marketplace.bookings.services.holding import Wish
from marketplace.bookings.services.judging import Proposal
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.payments import queries as payments
from marketplace.payments.models import PaymentState, Purpose
from tests.factories.bookings import NOON, WEDNESDAY
from tests.jobs import topics


class TestApprove:
    def test_asks_for_payment(self, session, slot, send, operator):
        booking = send(slot)
        judging.approve(session, actor=operator, booking_id=booking.id, now=NOON)
        payment = payments.current(session, Purpose.BOOKING, booking.id)
        assert booking.state is BookingState.AWAITING_PAYMENT
        assert (payment.amount_minor, payment.state) == (100_000, PaymentState.CREATED)
        assert payment.expires_at == NOON + timedelta(minutes=35)
        assert "booking.approved" in topics(session)

    def test_of_a_free_one_confirms_it(self, session, make, send):
        resource = make.resource(price_minor=None)
        booking = send(make.slot(resource), expected_minor=0)
        judging.approve(session, actor=make.operator_of(resource), booking_id=booking.id, now=NOON)
        assert booking.state is BookingState.CONFIRMED

    def test_is_not_for_the_user(self, session, slot, send, actor):
        booking = send(slot)
        with pytest.raises(Denied):
            judging.approve(session, actor=actor, booking_id=booking.id, now=NOON)

    def test_is_not_found_by_another_operator(self, session, make, slot, send):
        booking = send(slot)
        other = make.operator_of(make.resource())
        with pytest.raises(NotFound):
            judging.approve(session, actor=other, booking_id=booking.id, now=NOON)

    def test_is_too_late_after_the_clock(self, session, slot, send, operator):
        booking = send(slot)
        late = NOON + timedelta(hours=48)
        with pytest.raises(TimeRanOut):
            judging.approve(session, actor=operator, booking_id=booking.id, now=late)

    def test_happens_once(self, session, slot, send, operator):
        booking = send(slot)
        judging.approve(session, actor=operator, booking_id=booking.id, now=NOON)
        with pytest.raises(StepNotAllowed):
            judging.approve(session, actor=operator, booking_id=booking.id, now=NOON)


class TestReject:
    def test_gives_the_place_back_with_a_reason(self, session, slot, send, operator):
        booking = send(slot)
        judging.reject(session, actor=operator, booking_id=booking.id, reason="检修", now=NOON)
        session.refresh(slot)
        assert (booking.state, booking.end_reason, slot.taken) == (
            BookingState.REJECTED,
            "检修",
            0,
        )

    @pytest.mark.parametrize("reason", ["", "长" * 1001])
    def test_needs_a_reason(self, session, slot, send, operator, reason):
        booking = send(slot)
        with pytest.raises(RuleBroken) as broken:
            judging.reject(session, actor=operator, booking_id=booking.id, reason=reason, now=NOON)
        assert broken.value.field == "reason"


class TestPropose:
    @pytest.fixture
    def other(self, make, resource):
        return make.slot(resource, starts_at=WEDNESDAY + timedelta(days=1))

    @pytest.fixture
    def booking(self, session, slot, send, operator, other):
        booking = send(slot)
        return judging.propose(
            session,
            actor=operator,
            booking_id=booking.id,
            proposal=Proposal(slot_id=other.id, note="设备校准"),
            now=NOON,
        )

    def test_keeps_the_own_time_until_the_answer(self, session, booking, slot, other):
        assert booking.state is BookingState.PENDING_APPROVAL
        assert booking.proposed_starts_at == other.starts_at
        assert (session.get_one(Slot, slot.id).taken, other.taken) == (1, 0)

    def test_taken_moves_and_approves(self, session, actor, booking, slot, other):
        judging.accept_proposal(session, actor=actor, booking_id=booking.id, now=NOON)
        session.refresh(slot)
        session.refresh(other)
        assert (booking.state, booking.slot_id) == (BookingState.AWAITING_PAYMENT, other.id)
        assert (slot.taken, other.taken) == (0, 1)
        assert booking.proposed_starts_at is None

    def test_gone_meanwhile_keeps_the_own_time(self, session, make, actor, booking, slot, other):
        make.booking(other)
        with pytest.raises(SlotTaken):
            judging.accept_proposal(session, actor=actor, booking_id=booking.id, now=NOON)
        session.refresh(booking)
        session.refresh(slot)
        assert (booking.state, booking.slot_id, slot.taken) == (
            BookingState.PENDING_APPROVAL,
            slot.id,
            1,
        )

    def test_declined_stays_a_request(self, session, actor, booking):
        judging.decline_proposal(session, actor=actor, booking_id=booking.id, now=NOON)
        assert booking.state is BookingState.PENDING_APPROVAL
        assert booking.proposed_slot_id is None

    def test_is_not_answered_by_the_operator(self, session, operator, booking):
        with pytest.raises(Denied):
            judging.accept_proposal(session, actor=operator, booking_id=booking.id, now=NOON)

    @pytest.mark.parametrize("hours", [2, 4])
    def test_has_the_same_length(self, session, make, resource, slot, send, operator, hours):
        booking = send(slot)
        other = make.slot(resource, starts_at=WEDNESDAY + timedelta(days=2), hours=hours)
        with pytest.raises(RuleBroken, match="same length"):
            judging.propose(
                session,
                actor=operator,
                booking_id=booking.id,
                proposal=Proposal(slot_id=other.id),
                now=NOON,
            )

    def test_without_a_slot_is_refused(self, session, slot, send, operator):
        booking = send(slot)
        with pytest.raises(RuleBroken, match="slots"):
            judging.propose(
                session, actor=operator, booking_id=booking.id, proposal=Proposal(), now=NOON
            )

    def test_nothing_proposed_is_nothing_to_take(self, session, actor, slot, send):
        booking = send(slot)
        with pytest.raises(RuleBroken, match="proposed"):
            judging.accept_proposal(session, actor=actor, booking_id=booking.id, now=NOON)
        with pytest.raises(NotFound):
            judging.decline_proposal(session, actor=actor, booking_id=booking.id, now=NOON)


class TestRivals:
    def test_are_requests_and_the_wait_list(self, session, make, send):
        slot = make.slot(capacity=2)
        booking = send(slot)
        other = make.booking(slot, state=BookingState.PENDING_APPROVAL)
        rival = make.organization()
        session.refresh(slot)
        entry = waiting.join(
            session,
            actor=make.actor(make.booker(rival)),
            wish=Wish(resource_id=slot.resource_id, organization_id=rival.id, slot_id=slot.id),
            now=NOON,
        )
        assert [one.id for one in rivals_of(session, booking, now=NOON)] == [other.id, entry.id]
