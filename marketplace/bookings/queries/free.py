"""Free times: the nearest ones to a wish, and the next one of each facility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, extract, func, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.types import Uuid

from marketplace.bookings import lanes, pricing
from marketplace.bookings.models import RateKind, Resource, ResourceMode, ResourceStatus, Slot
from marketplace.bookings.queries.resources import loose_places, opening, taken_spans
from marketplace.bookings.rules import Alternative
from marketplace.bookings.times import DAY, Opening, day_of
from marketplace.core.swift import Swift

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.queries.offers import Offer

#: Alternatives that a person is shown, and days around the wish in which they are looked for.
SHOWN, AROUND = 3, 7


@dataclass(frozen=True)
class NextFree:
    """The next free time of a facility, and the lowest price of its resources in fen."""

    resource_id: UUID
    starts_at: datetime
    price_minor: int


def open_slots(
    session: Session,
    resource: Resource,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
    places: int = 1,
) -> list[Slot]:
    """Give the slots with so many free places that can be booked now, earliest first."""
    first = max(since, now + timedelta(hours=resource.minimum_notice_hours))
    last = min(until, now + timedelta(days=resource.horizon_days))
    rows = session.scalars(
        select(Slot)
        .where(
            Slot.resource_id == resource.id,
            Slot.closed_at.is_(None),
            Slot.starts_at >= first,
            Slot.starts_at > now,
            Slot.starts_at <= last,
            Slot.starts_at < until,
        )
        .order_by(Slot.starts_at, Slot.id)
    ).all()
    back = loose_places(session, [row.id for row in rows if row.free < places], now=now)
    return [row for row in rows if row.free + back.get(row.id, 0) >= places]


def _nearest() -> Swift:
    moment = TIMESTAMP(timezone=True)
    table: Any = Slot.__table__
    slot, to = table.c, bindparam("to", type_=moment)
    return Swift(
        select(slot.id, slot.starts_at, slot.ends_at)
        .where(
            slot.resource_id == bindparam("resource_id", type_=Uuid()),
            slot.closed_at.is_(None),
            slot.starts_at >= bindparam("first", type_=moment),
            slot.starts_at > bindparam("now", type_=moment),
            slot.starts_at <= bindparam("last", type_=moment),
            slot.taken + bindparam("places") <= slot.capacity,
        )
        .order_by(func.abs(extract("epoch", slot.starts_at - to)), slot.starts_at, slot.id)
        .limit(bindparam("count", type_=Integer()))
    )


_NEAREST = _nearest()


def nearest_slots(
    session: Session,
    resource: Resource | Offer,
    *,
    to: datetime,
    now: datetime,
    since: datetime,
    until: datetime,
    places: int = 1,
    limit: int = SHOWN,
) -> list[Alternative]:
    """Give the bookable slots with room that begin nearest to a moment, the nearest first.

    The database picks them: whoever lost a race comes with a crowd of others. Places of holds that
    ran out a moment ago are not counted; the sweep gives them back within the minute.
    """
    values = {
        "resource_id": resource.id,
        "to": to,
        "now": now,
        "first": max(since, now + timedelta(hours=resource.minimum_notice_hours)),
        "last": min(until, now + timedelta(days=resource.horizon_days)),
        "places": places,
        "count": limit,
    }
    return [
        Alternative(resource.id, starts_at, ends_at, slot_id)
        for slot_id, starts_at, ends_at in _NEAREST(session, values)
    ]


def free_times(
    session: Session,
    resource: Resource,
    hours: Opening,
    *,
    first: date,
    last: date,
    length_minutes: int,
    now: datetime,
) -> Iterator[tuple[datetime, datetime, int]]:
    """Give each bookable time of a length between two days with the number of free lanes."""
    days = [first + offset * DAY for offset in range((last - first).days + 1)]
    spans = [span for day in days for span in hours.spans_on(day)]
    if not spans:
        return
    margin = timedelta(minutes=resource.buffer_before_minutes + resource.buffer_after_minutes)
    taken = taken_spans(
        session, resource.id, since=spans[0][0] - margin, until=spans[-1][1] + margin, now=now
    )
    soonest = now + timedelta(hours=resource.minimum_notice_hours)
    latest = now + timedelta(days=resource.horizon_days)
    for starts_at, ends_at in lanes.steps(
        spans, step_minutes=resource.step_minutes, length_minutes=length_minutes
    ):
        if starts_at < soonest or starts_at <= now or starts_at > latest:
            continue
        low, high = lanes.buffered(
            starts_at,
            ends_at,
            before_minutes=resource.buffer_before_minutes,
            after_minutes=resource.buffer_after_minutes,
        )
        free = lanes.free_lanes(taken, units=resource.units, starts_at=low, ends_at=high)
        yield starts_at, ends_at, len(free)


def near_slots(
    session: Session, resource: Resource | Offer, *, to: datetime, now: datetime, places: int
) -> list[Alternative]:
    """Give the slots nearest to one that was lost, within a week of it, nearest first."""
    around = AROUND * DAY
    return nearest_slots(
        session, resource, to=to, now=now, since=to - around, until=to + around, places=places
    )


def near_times(
    session: Session,
    resource: Resource,
    hours: Opening,
    *,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> list[Alternative]:
    """Give the free times nearest to one that was lost, within a week of it, nearest first."""
    found = [
        Alternative(resource.id, low, high)
        for low, high, free in free_times(
            session,
            resource,
            hours,
            first=max(day_of(now), day_of(starts_at) - AROUND * DAY),
            last=day_of(starts_at) + AROUND * DAY,
            length_minutes=int((ends_at - starts_at).total_seconds() // 60),
            now=now,
        )
        if free
    ]
    found.sort(key=lambda one: (abs(one.starts_at - starts_at), one.starts_at))
    return found[:SHOWN]


def first_free(
    session: Session, resource: Resource, *, now: datetime, days: int = 30
) -> datetime | None:
    """Give the start of a resource's next free time within some days."""
    if resource.mode is ResourceMode.SLOTS:
        slots = nearest_slots(
            session, resource, to=now, now=now, since=now, until=now + days * DAY, limit=1
        )
        return slots[0].starts_at if slots else None
    hours = opening(session, resource.facility)
    times = free_times(
        session,
        resource,
        hours,
        first=day_of(now),
        last=day_of(now + min(days, resource.horizon_days) * DAY),
        length_minutes=resource.minimum_minutes,
        now=now,
    )
    return next((starts_at for starts_at, _ends_at, free in times if free), None)


def price_from(resource: Resource) -> int:
    """Give the lowest standard price of one unit in fen."""
    return pricing.unit_price(resource.prices, RateKind.STANDARD, minutes_or_count=1)[1]


def next_free(
    session: Session, facility_ids: Collection[UUID], now: datetime
) -> dict[UUID, NextFree]:
    """Give for each facility its next free time within 30 days and its lowest price in fen.

    Facilities without bookable resources, or with nothing free, are left out.
    """
    found: dict[UUID, NextFree] = {}
    for facility_id, resources in _open_resources(session, facility_ids).items():
        first = _first(session, resources, now)
        if first is not None:
            lowest = min(price_from(resource) for resource in resources)
            found[facility_id] = NextFree(first[1], first[0], lowest)
    return found


def _open_resources(session: Session, facility_ids: Collection[UUID]) -> dict[UUID, list[Resource]]:
    rows = session.scalars(
        select(Resource)
        .where(Resource.facility_id.in_(facility_ids), Resource.status == ResourceStatus.OPEN)
        .options(selectinload(Resource.prices), joinedload(Resource.facility))
        .order_by(Resource.id)
    )
    found: dict[UUID, list[Resource]] = {}
    for row in rows:
        found.setdefault(row.facility_id, []).append(row)
    return found


def _first(
    session: Session, resources: Sequence[Resource], now: datetime
) -> tuple[datetime, UUID] | None:
    """Give the earliest free start among resources, and whose it is."""
    starts = ((first_free(session, one, now=now), one.id) for one in resources)
    return min(((start, one) for start, one in starts if start is not None), default=None)
