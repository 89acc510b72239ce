"""Bookings a second: the service, the same transaction in bare SQL, and the service unlocked."""

from __future__ import annotations

import secrets
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from unittest.mock import patch
from uuid import uuid4

from psycopg_pool import ConnectionPool
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.bench.booking_records import fresh_slot
from marketplace.bookings import rules
from marketplace.bookings.models import Booking, Slot
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import capacity as taking
from marketplace.bookings.services import holding
from marketplace.bookings.services.holding import Wish, hold
from marketplace.core.actor import Actor, MemberRole
from marketplace.web.embedded import libpq_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Engine

    from marketplace.bench.booking_records import Browser, World

THREADS = 8
_LOOK_S = 0.02

_BARE = (
    "SET LOCAL lock_timeout = 3000",
    """SELECT r.*, f.status, f.hours, o.status FROM resource r JOIN facility f
       ON f.id = r.facility_id JOIN organization o ON o.id = f.organization_id
       WHERE r.id = %(resource)s""",
    "SELECT * FROM slot WHERE id = %(slot)s FOR UPDATE",
    "SELECT id FROM booking WHERE person_id = %(person)s AND idempotency_key = %(key)s",
    """UPDATE slot SET taken = taken + 1, version = version + 1
       WHERE id = %(slot)s AND closed_at IS NULL AND taken + 1 <= capacity""",
    """INSERT INTO booking (id, version, resource_id, provider_id, organization_id, person_id,
       starts_at, ends_at, idempotency_key, request_digest, slot_id, state, deadline_at, places,
       purpose, answers, project_account, rate, voucher_number, price_minor, deposit_minor,
       price_detail, free_cancel_hours, late_fee_percent, fee_minor, submit_digest, end_reason,
       proposal_note, is_demo)
       VALUES (%(id)s, 1, %(resource)s, %(provider)s, %(organization)s, %(person)s, %(starts)s,
       %(ends)s, %(key)s, '', %(slot)s, 'held', %(deadline)s, 1, '', '[]', '', 'standard', '', 0,
       0, '{}', 0, 0, 0, '', '', '', false)""",
    """INSERT INTO booking_event (booking_id, at, event, state, actor_id, note)
       VALUES (%(id)s, %(deadline)s, 'hold', 'held', %(person)s, '')""",
)


def actor_of(browser: Browser) -> Actor:
    """Give the booker as rules see one."""
    return Actor(
        user_id=browser.user_id,
        memberships={browser.organization_id: frozenset({MemberRole.EDITOR})},
        verified=frozenset({browser.organization_id}),
    )


def _many_slots(engine: Engine, world: World, count: int, first: int) -> list[UUID]:
    """Add slots of ten places for so many bookings."""
    return [
        fresh_slot(engine, world.resource_id, capacity=10, number=first + number)
        for number in range(-(-count // 10))
    ]


def _timed(work: Callable[[int], None], count: int) -> tuple[float, float]:
    """Run numbered pieces of work in threads; give pieces a second and their p95 in ms."""

    def one(number: int) -> float:
        begun = time.perf_counter()
        work(number)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        times = list(pool.map(one, range(count)))
    spent = time.perf_counter() - begun
    return count / spent, statistics.quantiles(times, n=20)[-1] * 1000


def service_rate(engine: Engine, world: World, *, count: int) -> tuple[float, float]:
    """Hold places through the service, each in a transaction of its own."""
    slots = _many_slots(engine, world, count, 100_000)
    now = datetime.now(UTC)

    def work(number: int) -> None:
        browser = world.bookers[number % len(world.bookers)]
        wish = Wish(
            resource_id=world.resource_id,
            organization_id=browser.organization_id,
            slot_id=slots[number % len(slots)],
        )
        with Session(engine) as session, session.begin():
            hold(session, actor=actor_of(browser), wish=wish, key=secrets.token_hex(16), now=now)

    with patch.object(rules, "require_window", lambda *_a, **_k: None):
        return _timed(work, count)


def bare_rate(engine: Engine, world: World, *, count: int) -> tuple[float, float]:
    """Run the same statements with the driver alone, over as many connections as threads."""
    slots = _many_slots(engine, world, count, 200_000)
    address = libpq_address(engine.url.render_as_string(hide_password=False))
    now = datetime.now(UTC)

    def work(number: int) -> None:
        browser = world.bookers[number % len(world.bookers)]
        values: dict[str, Any] = {
            "id": uuid4(),
            "resource": world.resource_id,
            "provider": world.provider_id,
            "organization": browser.organization_id,
            "person": browser.user_id,
            "slot": slots[number % len(slots)],
            "key": secrets.token_hex(16),
            "starts": now,
            "ends": now + timedelta(hours=1),
            "deadline": now + timedelta(minutes=15),
        }
        with pool.connection() as connection, connection.cursor() as cursor:
            for statement in _BARE:
                cursor.execute(statement, values if "%(" in statement else None)

    with ConnectionPool(address, min_size=THREADS, max_size=THREADS) as pool:
        pool.wait()
        return _timed(work, count)


def control(engine: Engine, world: World, *, capacity: int, bookers: int) -> bool:
    """Book with the lock and the counter taken out; say whether too many got a place.

    If this did not oversell, the other rounds would prove nothing.
    """
    slot_id = fresh_slot(
        engine, world.resource_id, capacity=capacity, number=300_000 + secrets.randbelow(90_000)
    )
    barrier = threading.Barrier(bookers)
    now = datetime.now(UTC)

    def unlocked(session: Session, _resource: object, slot_ids: Any = ()) -> dict[UUID, Slot]:  # noqa: ANN401 — as the original
        return {one: session.get_one(Slot, one) for one in slot_ids}

    def looked(session: Session, one: UUID, places: int) -> bool:
        count = session.scalar(select(func.count()).where(Booking.slot_id == one)) or 0
        threading.Event().wait(_LOOK_S)
        return count + places <= capacity

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
        patch.object(holding, "lock_for", unlocked),
        patch.object(taking, "take_places", looked),
        patch.object(rules, "require_window", lambda *_a, **_k: None),
        ThreadPoolExecutor(bookers) as pool,
    ):
        list(pool.map(work, world.bookers[:bookers]))
    with engine.connect() as connection:
        count = connection.execute(
            text("SELECT count(*) FROM booking WHERE slot_id = :id"), {"id": slot_id}
        ).scalar_one()
    return bool(count > capacity)
