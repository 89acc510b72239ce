"""Bookings a second: the service, the same transaction in bare SQL, and the service unlocked.

All three ways write the same rows: the slot's count and version, a booking, the first line of its
history. A hold has no audit entry and tells no fact, so the bare ways write none either. All give
the same guarantees: the slot is locked first, a conditional update takes the place, a lock is
waited for 3 s at most, the form's key is looked up and unique, constraints stand behind.

- ``service``: ``holding.hold`` with a session of its own, over a pool like the application's. It
  also judges permissions, windows and states, and gives back a booking of the session.
- ``plain``: one statement after the other, as one would write it by hand in seven steps.
- ``merged``: the service's own few statements, sent by the driver with values prepared before.

Rounds of the three take turns, so that a loaded machine slows all of them alike. The ratio that
counts is that to the faster of the two bare ways.
"""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import uuid4

from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from marketplace.bench.booking_records import fresh_slot, fresh_slots
from marketplace.bookings.models import Booking
from marketplace.bookings.queries import offers
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import keeping
from marketplace.bookings.services.holding import Wish, hold
from marketplace.core.actor import Actor, MemberRole
from marketplace.web.embedded import libpq_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Engine

    from marketplace.bench.booking_records import Browser, World

THREADS = 8
_LOOK_S = 0.02

_PLAIN = (
    """SELECT r.*, f.status, f.hours, o.status FROM resource r JOIN facility f
       ON f.id = r.facility_id JOIN organization o ON o.id = f.organization_id
       WHERE r.id = %(resource_id)s""",
    "SELECT * FROM slot WHERE id = %(slot_id)s FOR UPDATE",
    "SELECT id FROM booking WHERE person_id = %(person_id)s AND idempotency_key = %(key)s",
    """UPDATE slot SET taken = taken + 1, version = version + 1, updated_at = now()
       WHERE id = %(slot_id)s AND closed_at IS NULL AND taken + 1 <= capacity""",
    """INSERT INTO booking (id, version, resource_id, provider_id, organization_id, person_id,
       starts_at, ends_at, idempotency_key, request_digest, slot_id, state, deadline_at, places,
       purpose, answers, project_account, rate, voucher_number, price_minor, deposit_minor,
       price_detail, free_cancel_hours, late_fee_percent, fee_minor, submit_digest, end_reason,
       proposal_note, is_demo)
       SELECT %(id)s, 1, %(resource_id)s, %(provider_id)s, %(organization_id)s, %(person_id)s,
       starts_at, ends_at, %(key)s, %(digest)s, id, 'held', %(deadline)s, 1, '', '[]', '',
       'standard', '', 0, 0, '{}', 0, 0, 0, '', '', '', false
       FROM slot WHERE id = %(slot_id)s""",
    """INSERT INTO booking_event (booking_id, at, event, state, actor_id, note)
       VALUES (%(id)s, %(now)s, 'hold', 'held', %(person_id)s, '')""",
)
#: What a new booking says of nothing yet.
_REST: dict[str, Any] = {
    "state": "held",
    "places": 1,
    "samples": None,
    "purpose": "",
    "answers": Jsonb([]),
    "project_account": "",
    "listing_id": None,
    "rate": "standard",
    "voucher_number": "",
    "price_minor": 0,
    "deposit_minor": 0,
    "price_detail": Jsonb({}),
    "free_cancel_hours": 0,
    "late_fee_percent": 0,
    "fee_minor": 0,
    "submit_digest": "",
    "end_reason": "",
    "proposal_note": "",
    "is_demo": False,
    "version": 1,
}


def actor_of(browser: Browser) -> Actor:
    """Give the booker as rules see one."""
    return Actor(
        user_id=browser.user_id,
        memberships={browser.organization_id: frozenset({MemberRole.EDITOR})},
        verified=frozenset({browser.organization_id}),
    )


@dataclass
class Rate:
    """Pieces of work a second, and how long one takes."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)

    @property
    def a_second(self) -> float:
        """How many were done a second."""
        return len(self.times) / self.seconds

    @property
    def p95_ms(self) -> float:
        """The 95th percentile in milliseconds."""
        return statistics.quantiles(self.times, n=20)[-1] * 1000


Way = Callable[[int, "UUID"], None]


def rates(engine: Engine, world: World, *, count: int, turns: int = 8) -> dict[str, Rate]:
    """Hold so many places on each way, in turns; every hold is a transaction of its own."""
    now = datetime.now(UTC)
    found = {name: Rate() for name in ("service", "plain", "merged")}
    each = max(THREADS, count // turns)
    address = engine.url.render_as_string(hide_password=False)
    slots = fresh_slots(
        engine, world.resource_id, capacity=10, count=(-(-each // 10)) * 3 * (turns + 1)
    )
    own = create_engine(engine.url, pool_size=THREADS, max_overflow=0)
    with (
        ConnectionPool(libpq_address(address), min_size=THREADS, max_size=THREADS) as pool,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        pool.wait()
        ways: dict[str, Way] = {
            "service": lambda number, slot: _service(own, world, number, slot, now),
            "plain": lambda number, slot: _plain(pool, world, number, slot, now),
            "merged": lambda number, slot: _merged(pool, world, number, slot, now),
        }
        for turn in range(turns + 1):
            for name, way in ways.items():
                # The first turn opens connections and prepares statements.
                _take_turn(found[name] if turn else Rate(), way, threads, slots, each)
    own.dispose()
    return found


def _take_turn(
    rate: Rate, way: Way, threads: ThreadPoolExecutor, slots: Iterator[UUID], count: int
) -> None:
    places = [next(slots) for _ in range(-(-count // 10))]

    def one(number: int) -> float:
        begun = time.perf_counter()
        way(number, places[number % len(places)])
        return time.perf_counter() - begun

    begun = time.perf_counter()
    rate.times += threads.map(one, range(count))
    rate.seconds += time.perf_counter() - begun


def _service(engine: Engine, world: World, number: int, slot_id: UUID, now: datetime) -> None:
    browser = world.bookers[number % len(world.bookers)]
    wish = Wish(
        resource_id=world.resource_id, organization_id=browser.organization_id, slot_id=slot_id
    )
    with Session(engine) as session, session.begin():
        hold(session, actor=actor_of(browser), wish=wish, key=secrets.token_hex(16), now=now)


def _values(world: World, number: int, slot_id: UUID, now: datetime) -> dict[str, Any]:
    browser = world.bookers[number % len(world.bookers)]
    return {
        "id": uuid4(),
        "resource_id": world.resource_id,
        "provider_id": world.provider_id,
        "organization_id": browser.organization_id,
        "person_id": browser.user_id,
        "slot_id": slot_id,
        "key": secrets.token_hex(16),
        "digest": "0" * 64,
        "now": now,
        "deadline": now + timedelta(minutes=15),
    }


def _plain(pool: ConnectionPool, world: World, number: int, slot_id: UUID, now: datetime) -> None:
    values = _values(world, number, slot_id, now)
    with pool.connection() as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 3000")
        for statement in _PLAIN:
            cursor.execute(statement, values)


def _merged(pool: ConnectionPool, world: World, number: int, slot_id: UUID, now: datetime) -> None:
    values = _values(world, number, slot_id, now)
    with pool.connection() as connection, connection.cursor() as cursor:
        row = cursor.execute(
            offers.OFFER.text, offers.OFFER.fixed | values | {"places": 1}
        ).fetchone()
        starts_at, ends_at = (row or ())[13:15]
        booking = {
            "starts_at": starts_at,
            "ends_at": ends_at,
            "idempotency_key": values["key"],
            "request_digest": values["digest"],
            "deadline_at": values["deadline"],
            "at": now,
        }
        cursor.execute("SAVEPOINT keep; SET LOCAL lock_timeout = 3000")
        cursor.execute(keeping.KEEP.text, keeping.KEEP.fixed | _REST | values | booking)
        cursor.execute("RELEASE SAVEPOINT keep")


def control(engine: Engine, world: World, *, capacity: int, bookers: int) -> bool:
    """Book with the lock and the counter taken out; say whether too many got a place.

    If this did not oversell, the other rounds would prove nothing.
    """
    slot_id = fresh_slot(
        engine, world.resource_id, capacity=capacity, number=10_000 + secrets.randbelow(5_000)
    )
    barrier = threading.Barrier(bookers)
    now = datetime.now(UTC)

    def careless(session: Session, booking: Booking, *, now: datetime) -> bool:  # noqa: ARG001 — as the original
        count = session.scalar(select(func.count()).where(Booking.slot_id == booking.slot_id)) or 0
        threading.Event().wait(_LOOK_S)
        if count + booking.places > capacity:
            raise SlotTaken
        session.add(booking)
        session.flush()
        return True

    def work(browser: Browser) -> None:
        wish = Wish(
            resource_id=world.resource_id,
            organization_id=browser.organization_id,
            slot_id=slot_id,
        )
        barrier.wait()
        with Session(engine) as session, session.begin():
            try:
                hold(session, actor=actor_of(browser), wish=wish, key=secrets.token_hex(8), now=now)
            except SlotTaken:
                return

    with (
        patch.object(keeping, "keep", careless),
        ThreadPoolExecutor(bookers) as pool,
    ):
        list(pool.map(work, world.bookers[:bookers]))
    with engine.connect() as connection:
        count = connection.execute(
            text("SELECT count(*) FROM booking WHERE slot_id = :id"), {"id": slot_id}
        ).scalar_one()
    return bool(count > capacity)
