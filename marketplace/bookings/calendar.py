"""A resource's days as readers see them: what is free, full, closed or too soon."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.bookings import pricing
from marketplace.bookings.models import RateKind, ResourceMode
from marketplace.bookings.queries.free import free_times
from marketplace.bookings.queries.resources import loose_places, slots_between
from marketplace.bookings.times import DAY, at, clock, day_of, monday_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource, Slot
    from marketplace.bookings.times import Opening

VIEWS = ("day", "week", "month")
_WEEKS_SHOWN = 6


class CellState(StrEnum):
    """Whether a time can be booked, and why not."""

    FREE = "free"
    FULL = "full"
    SOON = "soon"
    LATER = "later"
    PAST = "past"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One time of a calendar."""

    starts_at: datetime
    ends_at: datetime
    state: CellState
    free: int
    capacity: int
    slot_id: UUID | None = None
    price_minor: int | None = None

    @property
    def time(self) -> str:
        """The start on Beijing's clock."""
        return clock(self.starts_at)


@dataclass(frozen=True, kw_only=True)
class Day:
    """One day of a calendar; ``closed`` is a message id, or the operator's own words."""

    on: date
    closed: str | None
    cells: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def free(self) -> int:
        """How many times of the day can be booked."""
        return sum(cell.state is CellState.FREE for row in self.cells.values() for cell in row)

    @property
    def count(self) -> int:
        """How many times the day has."""
        return sum(len(row) for row in self.cells.values())


def span_of(view: str, on: date) -> tuple[date, date]:
    """Give the first and last day that a view of a day shows; a month shows whole weeks."""
    if view == "day":
        return on, on
    if view == "month":
        first = monday_of(on.replace(day=1))
        return first, first + (_WEEKS_SHOWN * 7 - 1) * DAY
    first = monday_of(on)
    return first, first + 6 * DAY


def beside(view: str, on: date) -> tuple[date, date]:
    """Give the days to which “earlier” and “later” lead."""
    if view == "month":
        first = on.replace(day=1)
        return (first - DAY).replace(day=1), (first + 32 * DAY).replace(day=1)
    step = timedelta(days=1 if view == "day" else 7)
    return on - step, on + step


def days(
    session: Session,
    resource: Resource,
    hours: Opening,
    *,
    first: date,
    last: date,
    now: datetime,
) -> list[Day]:
    """Build the days of a resource's calendar."""
    cells = (
        _slot_cells(session, resource, first=first, last=last, now=now)
        if resource.mode is ResourceMode.SLOTS
        else _time_cells(session, resource, hours, first=first, last=last, now=now)
    )
    found = {
        day: Day(on=day, closed=hours.closed_because(day))
        for day in (first + offset * DAY for offset in range((last - first).days + 1))
    }
    for cell in cells:
        day = found.get(day_of(cell.starts_at))
        if day is not None:
            day.cells.setdefault(cell.time, []).append(cell)
    return list(found.values())


def times(shown: Iterable[Day]) -> list[str]:
    """Give the starts that some day has, in order: the rows of the table."""
    return sorted({time for day in shown for time in day.cells})


def _state(resource: Resource, *, starts_at: datetime, free: int, now: datetime) -> CellState:
    if starts_at <= now:
        return CellState.PAST
    if starts_at < now + timedelta(hours=resource.minimum_notice_hours):
        return CellState.SOON
    if starts_at > now + timedelta(days=resource.horizon_days):
        return CellState.LATER
    return CellState.FREE if free > 0 else CellState.FULL


def _slot_cells(
    session: Session, resource: Resource, *, first: date, last: date, now: datetime
) -> list[Cell]:
    slots = slots_between(session, (resource.id,), since=at(first, 0), until=at(last + DAY, 0))
    back = loose_places(session, [slot.id for slot in slots], now=now)
    return [
        Cell(
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            state=_state(resource, starts_at=slot.starts_at, free=left, now=now),
            free=left,
            capacity=slot.capacity,
            slot_id=slot.id,
            price_minor=price_of(resource, slot),
        )
        for slot in slots
        if slot.closed_at is None
        for left in (slot.free + back.get(slot.id, 0),)
    ]


def price_of(resource: Resource, slot: Slot) -> int:
    """Give what one place of a slot costs at the standard rate, in fen."""
    if slot.price_minor is not None:
        return slot.price_minor
    return pricing.unit_price(resource.prices, RateKind.STANDARD, minutes_or_count=1)[1]


def _time_cells(
    session: Session,
    resource: Resource,
    hours: Opening,
    *,
    first: date,
    last: date,
    now: datetime,
) -> list[Cell]:
    return [
        Cell(
            starts_at=starts_at,
            ends_at=ends_at,
            state=_state(resource, starts_at=starts_at, free=free, now=now),
            free=free,
            capacity=resource.units,
        )
        for starts_at, ends_at, free in free_times(
            session,
            resource,
            hours,
            first=first,
            last=last,
            length_minutes=resource.minimum_minutes,
            now=now,
        )
    ]
