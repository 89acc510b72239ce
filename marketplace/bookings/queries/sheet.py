"""The operator's sheet: every resource of a facility over some days, with a few statements."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.bookings.models import (
    COUNTING,
    Allocation,
    Booking,
    BookingState,
    Resource,
    Slot,
)
from marketplace.bookings.queries.bookings import SHOWN
from marketplace.bookings.queries.resources import blocks_of, slots_between
from marketplace.bookings.times import DAY, at, day_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

#: What stands on the sheet: bookings that count, and those that were used or missed.
ON_SHEET = (*COUNTING, BookingState.COMPLETED, BookingState.NO_SHOW)


@dataclass
class Square:
    """One resource on one day."""

    slots: list[Slot] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    blocks: list[Allocation] = field(default_factory=list)

    def of_slot(self, slot_id: UUID) -> list[Booking]:
        """Give the bookings of one slot."""
        return [booking for booking in self.bookings if booking.slot_id == slot_id]

    @property
    def loose(self) -> list[Booking]:
        """Bookings of free times."""
        return [booking for booking in self.bookings if booking.slot_id is None]


@dataclass(frozen=True)
class Sheet:
    """Days by resources."""

    days: list[date]
    rows: list[tuple[Resource, list[Square]]]


def sheet(session: Session, resources: Sequence[Resource], *, first: date, last: date) -> Sheet:
    """Build the sheet of a facility's resources; a booking stands on every day that it touches."""
    days = [first + offset * DAY for offset in range((last - first).days + 1)]
    since, until = at(first, 0), at(last + DAY, 0)
    ids = [resource.id for resource in resources]
    squares: dict[tuple[UUID, date], Square] = defaultdict(Square)
    for slot in slots_between(session, ids, since=since, until=until):
        if slot.closed_at is None:
            squares[slot.resource_id, day_of(slot.starts_at)].slots.append(slot)
    for booking in bookings_between(session, ids, since=since, until=until):
        for day in _touched(booking.starts_at, booking.ends_at, first, last):
            squares[booking.resource_id, day].bookings.append(booking)
    for block in blocks_of(session, ids, since=since):
        low, high = block.during.lower, block.during.upper
        if low is None or high is None or low >= until:
            continue
        for day in _touched(low, high, first, last):
            squares[block.resource_id, day].blocks.append(block)
    rows = [(one, [squares[one.id, day] for day in days]) for one in resources]
    return Sheet(days, rows)


def bookings_between(
    session: Session, resource_ids: Sequence[UUID], *, since: datetime, until: datetime
) -> Sequence[Booking]:
    """Give the bookings of some resources that overlap a time, earliest first."""
    # A booking lasts 31 days at most, so the index on the start finds every one that overlaps.
    return session.scalars(
        select(Booking)
        .where(
            Booking.resource_id.in_(resource_ids),
            Booking.starts_at >= since - 31 * DAY,
            Booking.starts_at < until,
            Booking.ends_at > since,
            Booking.state.in_(ON_SHEET),
        )
        .options(*SHOWN)
        .order_by(Booking.starts_at, Booking.id)
    ).all()


def _touched(low: datetime, high: datetime, first: date, last: date) -> list[date]:
    begin, end = max(day_of(low), first), min(day_of(high), last)
    days = [begin + offset * DAY for offset in range((end - begin).days + 1)]
    if days and days[-1] == day_of(high) and high == at(days[-1], 0):
        days.pop()
    return days


def feed_bookings(
    session: Session,
    *,
    person_id: UUID | None,
    facility_id: UUID | None,
    since: datetime,
) -> Sequence[Booking]:
    """Give what a calendar address shows: of a person, or of all resources of a facility."""
    statement = (
        select(Booking)
        .where(
            Booking.ends_at > since,
            or_(Booking.state.in_(ON_SHEET), Booking.ended_at > since),
            Booking.state != BookingState.HELD,
        )
        .options(*SHOWN)
        .order_by(Booking.starts_at, Booking.id)
        .limit(2000)
    )
    if facility_id is not None:
        statement = statement.join(Resource, Resource.id == Booking.resource_id).where(
            Resource.facility_id == facility_id
        )
    else:
        statement = statement.where(Booking.person_id == person_id)
    return session.scalars(statement).all()
