"""Cancelling, calling off, moving, handing over, expiring, and the money behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState, Slot, WaitState
from marketplace.bookings.rules import SlotTaken, TimeRanOut
from marketplace.bookings.services import ending, judging, suspending, use, waiting
from marketplace.bookings.services.holding import Wish
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.organizations.models import Organization, OrganizationStatus
from marketplace.payments import queries as payments
from marketplace.payments.models import Method, PaymentState, Purpose
from marketplace.payments.services.receiving import expire as expire_payment
from marketplace.payments.services.receiving import receive
from tests.factories.bookings import NOON, WEDNESDAY
from tests.jobs import topics


@pytest.fixture
def approved(session, send, operator):
    """A booking that waits for payment."""

    def make_it(slot, **values):
        booking = send(slot, **values)
        return judging.approve(session, actor=operator, booking_id=booking.id, now=NOON)

    return make_it


@pytest.fixture
def pay(session):
    """Let the money of a booking's payment come."""

    def paid(booking, *, now=NOON):
        current = payments.current(session, Purpose.BOOKING, booking.id)
        payment = payments.lock_payment(session, current.id)
        receive(session, payment, method=Method.CARD, amount_minor=payment.amount_minor, now=now)
        session.refresh(booking)
        return payment

    return paid


class TestSettled:
    def test_confirms(self, session, slot, approved, pay):
        booking = approved(slot)
        pay(booking)
        assert (booking.state, booking.confirmed_at) == (BookingState.CONFIRMED, NOON)
        assert "booking.confirmed" in topics(session)

    def late(self, session, booking, now):
        payment = payments.lock_payment(
            session, payments.current(session, Purpose.BOOKING, booking.id).id
        )
        expire_payment(session, payment, now)
        session.refresh(booking)

    def test_late_books_again_while_there_is_room(self, session, slot, approved, pay):
        booking = approved(slot)
        late = NOON + timedelta(minutes=36)
        self.late(session, booking, late)
        session.refresh(slot)
        assert (booking.state, slot.taken) == (BookingState.EXPIRED, 0)
        pay(booking, now=late)
        session.refresh(slot)
        assert (booking.state, slot.taken, booking.ended_at) == (BookingState.CONFIRMED, 1, None)
        assert "booking.revived" in topics(session)

    def test_late_goes_back_when_the_place_is_gone(self, session, make, slot, approved, pay):
        booking = approved(slot)
        late = NOON + timedelta(minutes=36)
        self.late(session, booking, late)
        make.booking(slot)
        payment = pay(booking, now=late)
        session.refresh(slot)
        assert (booking.state, slot.taken) == (BookingState.EXPIRED, 1)
        assert payment.refunded_minor == 100_000
        assert "payment.not_honored" in topics(session)

    def test_of_a_cancelled_booking_goes_back(self, session, slot, actor, approved, pay):
        booking = approved(slot)
        ending.cancel(session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=NOON)
        payment = payments.current(session, Purpose.BOOKING, booking.id)
        assert payment.state is PaymentState.CANCELLED
        assert pay(booking).refunded_minor == 100_000


class TestCancel:
    def test_early_costs_nothing_and_gives_all_back(self, session, slot, actor, approved, pay):
        booking = approved(slot)
        payment = pay(booking)
        ending.cancel(session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=NOON)
        session.refresh(slot)
        assert (booking.state, booking.fee_minor, slot.taken) == (
            BookingState.CANCELLED_BY_BUYER,
            0,
            0,
        )
        assert (payment.refunded_minor, payment.released_minor) == (100_000, 0)

    def test_late_keeps_the_share_for_the_operator(self, session, slot, actor, approved, pay):
        booking = approved(slot)
        payment = pay(booking)
        late = WEDNESDAY - timedelta(hours=47)
        ending.cancel(
            session, actor=actor, booking_id=booking.id, expected_fee_minor=50_000, now=late
        )
        assert (payment.refunded_minor, payment.released_minor) == (50_000, 50_000)

    def test_says_a_changed_fee_first(self, session, slot, actor, approved, pay):
        booking = approved(slot)
        pay(booking)
        late = WEDNESDAY - timedelta(hours=47)
        with pytest.raises(ending.FeeChanged) as changed:
            ending.cancel(
                session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=late
            )
        session.refresh(booking)
        assert (changed.value.fee_minor, booking.state) == (50_000, BookingState.CONFIRMED)

    def test_is_for_the_users_side(self, session, slot, operator, approved):
        booking = approved(slot)
        with pytest.raises(Denied):
            ending.cancel(
                session, actor=operator, booking_id=booking.id, expected_fee_minor=0, now=NOON
            )

    def test_of_another_tenant_is_not_found(self, session, make, slot, approved):
        booking = approved(slot)
        with pytest.raises(NotFound):
            ending.cancel(
                session,
                actor=make.actor(make.booker()),
                booking_id=booking.id,
                expected_fee_minor=0,
                now=NOON,
            )

    def test_of_a_finished_one_is_refused(self, session, make, slot, actor, user, organization):
        booking = make.booking(
            slot, user, state=BookingState.COMPLETED, organization_id=organization.id
        )
        with pytest.raises(StepNotAllowed):
            ending.cancel(
                session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=NOON
            )


class TestCallOff:
    def test_gives_everything_back(self, session, slot, operator, approved, pay):
        booking = approved(slot)
        payment = pay(booking)
        late = WEDNESDAY - timedelta(hours=1)
        ending.call_off(session, actor=operator, booking_id=booking.id, reason="停电", now=late)
        assert booking.state is BookingState.CANCELLED_BY_PROVIDER
        assert payment.refunded_minor == 100_000

    def test_is_not_for_the_user(self, session, slot, actor, approved):
        booking = approved(slot)
        with pytest.raises(Denied):
            ending.call_off(session, actor=actor, booking_id=booking.id, reason="x", now=NOON)


class TestSuspendedOperator:
    def test_loses_nothing_of_the_users(self, session, make, resource, actor, approved, pay):
        paid = approved(make.slot(resource, lane=1))
        payment = pay(paid)
        resource.units = 2
        waiting_one = approved(make.slot(resource, lane=2), key="l")
        owner = session.get_one(Organization, resource.organization_id)
        owner.status, owner.suspended_reason = OrganizationStatus.SUSPENDED, "x"
        session.flush()
        found = suspending.follow(session, organization_id=owner.id, now=NOON)
        assert {one.id for one in found} == {paid.id, waiting_one.id}
        assert paid.state is BookingState.CONFIRMED
        assert waiting_one.state is BookingState.CANCELLED_BY_PROVIDER
        late = WEDNESDAY - timedelta(hours=1)
        assert ending.fee_of(session, paid, late) == 0
        ending.cancel(session, actor=actor, booking_id=paid.id, expected_fee_minor=0, now=late)
        assert payment.refunded_minor == 100_000

    def test_of_a_verified_one_nothing_happens(self, session, slot, send):
        booking = send(slot)
        assert suspending.follow(session, organization_id=booking.provider_id, now=NOON) == []


class TestSweep:
    def test_ends_holds_requests_and_unpaid(self, session, make):
        slot = make.slot(capacity=3)
        rows = [
            make.booking(slot, state=state, deadline_at=NOON - timedelta(minutes=6))
            for state in (
                BookingState.HELD,
                BookingState.PENDING_APPROVAL,
                BookingState.AWAITING_PAYMENT,
            )
        ]
        assert ending.sweep(session, now=NOON) == 3
        session.refresh(slot)
        assert {row.state for row in rows} == {BookingState.EXPIRED}
        assert slot.taken == 0

    def test_waits_for_the_grace_of_a_payment(self, session, make):
        booking = make.booking(
            state=BookingState.AWAITING_PAYMENT, deadline_at=NOON - timedelta(minutes=4)
        )
        assert ending.sweep(session, now=NOON) == 0
        assert booking.state is BookingState.AWAITING_PAYMENT

    def test_leaves_an_open_payment_to_payments(self, session, slot, approved):
        booking = approved(slot)
        late = NOON + timedelta(hours=1)
        assert ending.sweep(session, now=late) == 0
        assert booking.state is BookingState.AWAITING_PAYMENT


class TestMove:
    @pytest.fixture
    def other(self, make, resource):
        return make.slot(resource, starts_at=WEDNESDAY + timedelta(days=1))

    def move(self, session, actor, booking, slot_id, now=NOON):
        return ending.move(
            session,
            actor=actor,
            booking_id=booking.id,
            slot_id=slot_id,
            starts_at=None,
            ends_at=None,
            now=now,
        )

    def test_takes_the_new_place_and_gives_the_old_back(self, session, slot, other, actor, send):
        booking = send(slot)
        self.move(session, actor, booking, other.id)
        session.refresh(slot)
        session.refresh(other)
        assert (slot.taken, other.taken, booking.starts_at) == (0, 1, other.starts_at)

    def test_to_a_full_slot_keeps_the_old_place(self, session, make, slot, other, actor, send):
        booking = send(slot)
        make.booking(other)
        with pytest.raises(SlotTaken):
            self.move(session, actor, booking, other.id)
        session.refresh(slot)
        session.refresh(booking)
        assert (slot.taken, booking.slot_id) == (1, slot.id)

    def test_is_too_late_when_leaving_costs(self, session, slot, other, actor, approved, pay):
        booking = approved(slot)
        pay(booking)
        with pytest.raises(RuleBroken, match="too late"):
            self.move(session, actor, booking, other.id, now=WEDNESDAY - timedelta(hours=47))

    def test_to_a_foreign_slot_is_not_found(self, session, make, slot, actor, send):
        booking = send(slot)
        with pytest.raises(NotFound):
            self.move(session, actor, booking, make.slot().id)

    def test_of_another_length_is_refused(self, session, make, resource, slot, actor, send):
        booking = send(slot)
        short = make.slot(resource, starts_at=WEDNESDAY + timedelta(days=2), hours=1)
        with pytest.raises(RuleBroken, match="same length"):
            self.move(session, actor, booking, short.id)

    def test_of_an_unpaid_one_is_refused(self, session, slot, other, actor, approved):
        booking = approved(slot)
        with pytest.raises(StepNotAllowed):
            self.move(session, actor, booking, other.id)


class TestHandOver:
    def test_lets_a_colleague_come(self, session, make, slot, actor, organization, send):
        booking = send(slot)
        colleague = make.booker(organization)
        ending.hand_over(
            session, actor=actor, booking_id=booking.id, person_id=colleague.id, now=NOON
        )
        assert booking.person_id == colleague.id

    def test_not_a_stranger(self, session, make, slot, actor, send):
        booking = send(slot)
        with pytest.raises(RuleBroken, match="colleague"):
            ending.hand_over(
                session, actor=actor, booking_id=booking.id, person_id=make.booker().id, now=NOON
            )

    def test_not_after_the_end(self, session, make, slot, actor, user, organization):
        booking = make.booking(
            slot, user, state=BookingState.EXPIRED, organization_id=organization.id
        )
        with pytest.raises(StepNotAllowed):
            ending.hand_over(
                session, actor=actor, booking_id=booking.id, person_id=user.id, now=NOON
            )


class TestUse:
    def test_ends_with_the_price_for_the_operator(
        self, session, make, resource, operator, approved, pay
    ):
        resource.deposit_minor = 20_000
        slot = make.slot(resource)
        booking = approved(slot, expected_minor=120_000)
        payment = pay(booking)
        use.start_use(session, actor=operator, booking_id=booking.id, now=WEDNESDAY)
        use.complete(
            session, actor=operator, booking_id=booking.id, now=WEDNESDAY + timedelta(hours=3)
        )
        session.refresh(slot)
        assert (booking.state, slot.taken) == (BookingState.COMPLETED, 0)
        assert (payment.refunded_minor, payment.released_minor) == (20_000, 100_000)

    def test_no_show_keeps_the_late_share(self, session, slot, operator, approved, pay):
        booking = approved(slot)
        payment = pay(booking)
        with pytest.raises(RuleBroken, match="not come yet"):
            use.mark_no_show(session, actor=operator, booking_id=booking.id, now=NOON)
        use.mark_no_show(
            session, actor=operator, booking_id=booking.id, now=WEDNESDAY + timedelta(hours=1)
        )
        assert (booking.state, booking.fee_minor) == (BookingState.NO_SHOW, 50_000)
        assert (payment.refunded_minor, payment.released_minor) == (50_000, 50_000)


class TestWaitList:
    def waiter(self, session, make, slot, *, places=1, after=0):
        organization = make.organization()
        return waiting.join(
            session,
            actor=make.actor(make.booker(organization)),
            wish=Wish(
                resource_id=slot.resource_id,
                organization_id=organization.id,
                slot_id=slot.id,
                places=places,
            ),
            now=NOON + timedelta(minutes=after),
        )

    def test_serves_the_first_who_fits(self, session, make, slot, actor, send):
        booking = send(slot)
        slow = self.waiter(session, make, slot, places=2)
        first = self.waiter(session, make, slot, after=1)
        second = self.waiter(session, make, slot, after=2)
        ending.cancel(session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=NOON)
        assert [one.state for one in (slow, first, second)] == [
            WaitState.WAITING,
            WaitState.OFFERED,
            WaitState.WAITING,
        ]
        assert session.get_one(Slot, slot.id).taken == 1
        assert "booking.offered" in topics(session)

    def test_goes_on_to_the_next_when_the_offer_lapses(self, session, make, slot, actor, send):
        booking = send(slot)
        first = self.waiter(session, make, slot)
        second = self.waiter(session, make, slot, after=1)
        ending.cancel(session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=NOON)
        ending.sweep(session, now=NOON + timedelta(hours=4))
        session.refresh(first)
        assert (first.state, second.state) == (WaitState.LAPSED, WaitState.OFFERED)

    def test_is_not_joined_while_there_is_room(self, session, make):
        with pytest.raises(RuleBroken, match="free"):
            self.waiter(session, make, make.slot())

    def test_is_joined_once(self, session, make, slot, actor, send):
        send(slot)
        entry = self.waiter(session, make, slot)
        wish = Wish(
            resource_id=slot.resource_id,
            organization_id=entry.organization_id,
            slot_id=slot.id,
        )
        person = make.booker(session.get_one(Organization, entry.organization_id))
        with pytest.raises(RuleBroken, match="already"):
            waiting.join(session, actor=make.actor(person), wish=wish, now=NOON)

    def test_is_left_by_the_one_who_waits(self, session, make, slot, actor, send):
        send(slot)
        entry = self.waiter(session, make, slot)
        with pytest.raises(NotFound):
            waiting.leave(session, actor=actor, entry_id=entry.id, now=NOON)


class TestTimeRanOut:
    def test_stops_every_step_of_the_users(self, session, slot, actor, send):
        booking = send(slot)
        late = NOON + timedelta(hours=49)
        with pytest.raises(TimeRanOut):
            ending.cancel(
                session, actor=actor, booking_id=booking.id, expected_fee_minor=0, now=late
            )
