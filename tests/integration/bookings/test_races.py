"""Many at once, on a database of their own: nothing is booked twice, nobody is stuck."""

from __future__ import annotations

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from marketplace.bench.booking_rates import actor_of, control, rates
from marketplace.bench.booking_records import fresh_slot, make_world
from marketplace.bench.importing import scratch_database
from marketplace.bookings.lanes import Span, most_at_once
from marketplace.bookings.models import (
    Allocation,
    AllocationKind,
    Booking,
    BookingEvent,
    BookingState,
    Resource,
    ResourceMode,
    Slot,
)
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import ending
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.times import DAY
from marketplace.payments import queries as payments
from marketplace.payments.models import Method, PaymentState, Purpose
from marketplace.payments.services.receiving import expire as expire_payment
from marketplace.payments.services.receiving import receive
from marketplace.payments.services.requests import request
from tests.figures import LONG, SHARD, note

BOOKERS = 16
#: Units and seed of each case; a shard of the soak has 250 of its own.
LANES = (
    [(1 + seed % 5, seed) for seed in range(250 * SHARD, 250 * SHARD + 250)]
    if LONG
    else [(1, 1), (2, 2), (3, 3), (5, 4)]
)


@pytest.fixture(scope="module")
def engine(database_url):
    with scratch_database(database_url) as found:
        yield found


@pytest.fixture(scope="module")
def world(application, engine):
    return make_world(application, engine, bookers=BOOKERS, facilities=1, bookings=0)


def at_once(work, things):
    """Let one thread for each thing begin at the same moment; give what each gave."""
    barrier = threading.Barrier(len(things))

    def one(thing):
        barrier.wait(timeout=20)
        return work(thing)

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(one, things))


def holder(engine, world, *, slot_id=None, resource_id=None, now=None, **wish):
    """Give a function that books for a booker; it says whether the booker got a place."""

    def book(booker, key=None):
        with Session(engine) as session, session.begin():
            try:
                booking = hold(
                    session,
                    actor=actor_of(booker),
                    wish=Wish(
                        resource_id=resource_id or world.resource_id,
                        organization_id=booker.organization_id,
                        slot_id=slot_id,
                        **wish,
                    ),
                    key=key or f"{random.getrandbits(80):x}",
                    now=now or datetime.now(UTC),
                )
            except SlotTaken:
                return None
            return booking.id

    return book


def counts(engine, slot_id):
    with Session(engine) as session:
        slot = session.get_one(Slot, slot_id)
        booked = session.scalar(select(func.count()).where(Booking.slot_id == slot_id))
        return slot.taken, booked


class TestOneSlot:
    @pytest.mark.parametrize("capacity", [1, 5])
    def test_gives_exactly_its_places(self, engine, world, capacity):
        for number in range(3):
            slot_id = fresh_slot(
                engine, world.resource_id, capacity=capacity, number=capacity * 10 + number
            )
            won = at_once(holder(engine, world, slot_id=slot_id), world.bookers)
            assert sum(one is not None for one in won) == capacity
            assert counts(engine, slot_id) == (capacity, capacity)

    def test_oversells_without_the_lock(self, engine, world):
        """If this did not fail to hold, the test above would prove nothing."""
        assert control(engine, world, capacity=1, bookers=BOOKERS)

    def test_one_form_sent_often_is_one_booking(self, engine, world):
        slot_id = fresh_slot(engine, world.resource_id, capacity=1, number=100)
        book = holder(engine, world, slot_id=slot_id)
        booker = world.bookers[0]
        won = at_once(lambda _number: book(booker, key="one form"), range(12))
        assert len(set(won)) == 1
        assert won[0] is not None
        assert counts(engine, slot_id) == (1, 1)


class TestMoves:
    def test_crosswise_neither_deadlock_nor_lose_places(self, engine, world):
        first = fresh_slot(engine, world.resource_id, capacity=6, number=200)
        second = fresh_slot(engine, world.resource_id, capacity=6, number=201)
        placed = []
        for number, booker in enumerate(world.bookers[:8]):
            slot_id = (first, second)[number % 2]
            booking_id = holder(engine, world, slot_id=slot_id)(booker)
            placed.append((booker, booking_id, (second, first)[number % 2]))
        with Session(engine) as session, session.begin():
            for _booker, booking_id, _to in placed:
                booking = session.get_one(Booking, booking_id)
                booking.state = BookingState.PENDING_APPROVAL
                booking.submitted_at = datetime.now(UTC)

        def move(one):
            booker, booking_id, to = one
            with Session(engine) as session, session.begin():
                try:
                    ending.move(
                        session,
                        actor=actor_of(booker),
                        booking_id=booking_id,
                        slot_id=to,
                        starts_at=None,
                        ends_at=None,
                        now=datetime.now(UTC),
                    )
                except SlotTaken:
                    return False
                return True

        at_once(move, placed)
        (taken_first, booked_first), (taken_second, booked_second) = (
            counts(engine, first),
            counts(engine, second),
        )
        assert (taken_first, taken_second) == (booked_first, booked_second)
        assert taken_first + taken_second == 8


class TestLanes:
    @pytest.mark.parametrize(("units", "seed"), LANES)
    def test_never_carry_more_than_their_number(self, engine, world, units, seed):
        generator = random.Random(seed)  # noqa: S311 — the same wishes in every run
        now = datetime.now(UTC)
        start = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=5)
        with Session(engine) as session, session.begin():
            model = session.get_one(Resource, world.resource_id)
            resource = Resource(
                facility_id=model.facility_id,
                organization_id=model.organization_id,
                name=f"lanes {seed}",
                mode=ResourceMode.FREE,
                units=units,
                minimum_notice_hours=0,
                buffer_before_minutes=generator.choice([0, 15]),
                buffer_after_minutes=generator.choice([0, 30, 45]),
            )
            session.add(resource)
            session.flush()
            session.add(
                Allocation(
                    resource_id=resource.id,
                    lane=1,
                    during=Range(
                        start + timedelta(hours=4), start + timedelta(hours=6), bounds="[)"
                    ),
                    kind=AllocationKind.MAINTENANCE,
                )
            )
            resource_id = resource.id
        wishes = [
            (booker, start + timedelta(minutes=30 * generator.randrange(24)), length)
            for booker in world.bookers
            for length in (timedelta(hours=generator.choice([1, 2, 3])),)
            for _ in range(3)
        ]
        parts = [wishes[number::8] for number in range(8)]

        def book(part):
            return [
                holder(
                    engine,
                    world,
                    resource_id=resource_id,
                    starts_at=starts_at,
                    ends_at=starts_at + length,
                    now=now,
                )(booker)
                for booker, starts_at, length in part
            ]

        won = [one for part in at_once(book, parts) for one in part if one is not None]
        with Session(engine) as session:
            rows = session.execute(
                select(
                    Allocation.lane, func.lower(Allocation.during), func.upper(Allocation.during)
                ).where(Allocation.resource_id == resource_id, Allocation.active)
            ).all()
        spans = [Span(*row) for row in rows]
        assert len(spans) == len(won) + 1
        assert most_at_once(spans) <= units
        for lane in range(1, units + 1):
            assert most_at_once([span for span in spans if span.lane == lane]) <= 1


class TestPaymentAtTheEdge:
    def test_is_confirmed_with_a_place_or_given_back(self, engine, world):
        """Money and the end of the time come together; a rival takes what becomes free."""
        times = 1000 if LONG else 6
        ended = Counter()
        for number in range(times):
            slot_id = fresh_slot(engine, world.resource_id, capacity=1, number=400 + number)
            payer, rival = world.bookers[0], world.bookers[1]
            booking_id = holder(engine, world, slot_id=slot_id)(payer)
            payment_id = self.ask(engine, booking_id)

            def settle(payment_id=payment_id):
                with Session(engine) as session, session.begin():
                    payment = payments.lock_payment(session, payment_id)
                    receive(
                        session,
                        payment,
                        method=Method.CARD,
                        amount_minor=payment.amount_minor,
                        now=datetime.now(UTC),
                    )

            def run_out(payment_id=payment_id):
                with Session(engine) as session, session.begin():
                    payment = payments.lock_payment(session, payment_id)
                    if payment.is_open:
                        expire_payment(session, payment, datetime.now(UTC))

            def compete(slot_id=slot_id, rival=rival):
                holder(engine, world, slot_id=slot_id)(rival)

            at_once(lambda deed: deed(), [settle, run_out, compete])
            with Session(engine) as session:
                booking = session.get_one(Booking, booking_id)
                payment = payments.current(session, Purpose.BOOKING, booking_id)
                slot = session.get_one(Slot, slot_id)
                counting = session.scalars(select(Booking).where(Booking.slot_id == slot_id)).all()
                if booking.state is BookingState.CONFIRMED:
                    assert payment.refunded_minor == 0
                else:
                    assert booking.state is BookingState.EXPIRED
                    assert payment.refunded_minor == payment.captured_minor == 100_000
                assert payment.state is PaymentState.CAPTURED
                assert slot.taken == sum(one.counts for one in counting) <= 1
                ended[booking.state.value] += 1
        assert ended.total() == times
        note(confirmed=ended["confirmed"], expired_and_refunded=ended["expired"])

    def ask(self, engine, booking_id):
        now = datetime.now(UTC)
        with Session(engine) as session, session.begin():
            booking = session.get_one(Booking, booking_id)
            booking.state = BookingState.AWAITING_PAYMENT
            booking.submitted_at, booking.price_minor = now, 100_000
            session.flush()
            payment = request(
                session,
                actor=None,
                purpose=Purpose.BOOKING,
                purpose_id=booking_id,
                payer_id=booking.organization_id,
                payee_id=booking.provider_id,
                amount_minor=100_000,
                title="edge",
                now=now,
            )
            return payment.id


class TestRates:
    def test_are_measured_on_all_ways(self, engine, world):
        found = rates(engine, world, count=60, turns=2)
        assert set(found) == {"service", "plain", "merged"}
        assert all(len(rate.times) == 60 for rate in found.values())
        since = datetime.now(UTC) + 59 * DAY
        ahead = Slot.starts_at.between(since, since + 30 * DAY)
        with Session(engine) as session:
            taken = session.scalar(select(func.sum(Slot.taken)).where(ahead))
            booked, lines = session.execute(
                select(func.count(Booking.id.distinct()), func.count(BookingEvent.number))
                .join(Slot, Slot.id == Booking.slot_id)
                .outerjoin(BookingEvent, BookingEvent.booking_id == Booking.id)
                .where(ahead)
            ).one()
        # Three ways, two turns and one to warm up, thirty in each.
        assert (booked, taken, lines) == (270, 270, 270)
