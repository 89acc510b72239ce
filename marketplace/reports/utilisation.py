"""How much of what a facility offers is used: hours, income and who comes, by month."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from marketplace.bookings.models import Booking, BookingState, Resource, ResourceMode, Slot
from marketplace.bookings.times import BEIJING
from marketplace.codes.holidays import load_table
from marketplace.facilities.opening import plan_of
from marketplace.organizations.models import Organization
from marketplace.reports.models import UseRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.facilities.models import Facility

#: Months shown at once.
MONTHS = 12
#: States whose time was used, or kept for somebody who did not come.
_USED = (BookingState.COMPLETED, BookingState.IN_SERVICE)
_SECONDS = 3600.0


@dataclass(frozen=True, kw_only=True)
class Month:
    """One month: hours times places offered and used, and what the uses brought (fen)."""

    first: date
    offered: float
    used: float
    uses: int
    missed: int
    income_minor: int

    @property
    def idle(self) -> float:
        """Hours that nobody used; never below nothing, for places may be added by hand."""
        return max(0.0, self.offered - self.used)

    @property
    def percent(self) -> int | None:
        """The used share in whole percent; None when nothing was offered."""
        return round(self.used * 100 / self.offered) if self.offered else None


@dataclass(frozen=True)
class Share:
    """How many hours one group of users took."""

    key: str
    hours: float
    uses: int


@dataclass(frozen=True)
class Board:
    """Everything the page of one facility shows."""

    months: Sequence[Month]
    districts: Sequence[Share]
    resources: Sequence[Share]


def month_before(first: date) -> date:
    """Give the first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def month_after(first: date) -> date:
    """Give the first day of the month after."""
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def months_until(today: date, count: int = MONTHS) -> list[date]:
    """Give the first days of the last months, this one included, the earliest first."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append(month_before(found[-1]))
    return found[::-1]


def board(session: Session, facility: Facility, *, today: date) -> Board:
    """Count the last twelve months of a facility, up to now within the present one."""
    firsts = months_until(today)
    since, until = _midnight(firsts[0]), _midnight(month_after(firsts[-1]))
    resources = session.scalars(
        select(Resource).where(Resource.facility_id == facility.id).order_by(Resource.name)
    ).all()
    names = {resource.id: resource.name for resource in resources}
    rows = session.execute(
        select(
            Booking.resource_id,
            Booking.starts_at,
            Booking.ends_at,
            Booking.places,
            Booking.state,
            Booking.price_minor,
            Booking.fee_minor,
            UseRecord.started_at,
            UseRecord.ended_at,
            UseRecord.charge_minor,
            Organization.district_code,
        )
        .join(Organization, Organization.id == Booking.organization_id)
        .outerjoin(UseRecord, UseRecord.booking_id == Booking.id)
        .where(
            Booking.resource_id.in_(names),
            Booking.starts_at >= since,
            Booking.starts_at < until,
            Booking.state.in_((*_USED, BookingState.NO_SHOW)),
        )
    ).all()
    offered = _offered(session, facility, resources, firsts, today)
    used: Counter[date] = Counter()
    uses: Counter[date] = Counter()
    missed: Counter[date] = Counter()
    income: Counter[date] = Counter()
    districts: Counter[str] = Counter()
    district_uses: Counter[str] = Counter()
    by_resource: Counter[str] = Counter()
    resource_uses: Counter[str] = Counter()
    for row in rows:
        first = row.starts_at.astimezone(BEIJING).date().replace(day=1)
        if row.state is BookingState.NO_SHOW:
            missed[first] += 1
            income[first] += row.fee_minor
            continue
        begins, ends = row[7] or row.starts_at, row[8] or row.ends_at
        hours = (ends - begins).total_seconds() / _SECONDS * row.places
        used[first] += hours
        uses[first] += 1
        income[first] += row.price_minor if row.charge_minor is None else row.charge_minor
        districts[row.district_code or ""] += hours
        district_uses[row.district_code or ""] += 1
        by_resource[names[row.resource_id]] += hours
        resource_uses[names[row.resource_id]] += 1
    return Board(
        months=[
            Month(
                first=first,
                offered=round(offered[first], 1),
                used=round(used[first], 1),
                uses=uses[first],
                missed=missed[first],
                income_minor=income[first],
            )
            for first in firsts
        ],
        districts=_shares(districts, district_uses),
        resources=_shares(by_resource, resource_uses),
    )


def _shares(hours: Counter[str], uses: Counter[str]) -> list[Share]:
    return [Share(key, round(taken, 1), uses[key]) for key, taken in hours.most_common()]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def _offered(
    session: Session,
    facility: Facility,
    resources: Sequence[Resource],
    firsts: Sequence[date],
    today: date,
) -> Mapping[date, float]:
    """Give hours times places by month: opening hours of free resources, and published slots.

    A resource offers from its first day to its last one, and nobody offers days that lie ahead.
    """
    plan, holidays = plan_of(facility), load_table(session)
    free = [one for one in resources if one.mode is ResourceMode.FREE]
    begun = _first_days(session, free)
    slotted = [one.id for one in resources if one.mode is ResourceMode.SLOTS]
    found: dict[date, float] = {}
    for first in firsts:
        last = min(month_after(first) - timedelta(days=1), today)
        hours: defaultdict[date, float] = defaultdict(float)
        for opens, closes in plan.intervals(first, last, holidays):
            day = opens.astimezone(BEIJING).date()
            hours[day] += (closes - opens).total_seconds() / _SECONDS
        places = sum(
            hours[day] * sum(one.units for one in free if _offers(one, begun[one.id], day))
            for day in hours
        )
        found[first] = places + _slot_hours(session, slotted, first, last)
    return found


def _offers(resource: Resource, begun: date, day: date) -> bool:
    """Whether a resource could be booked on a day: from its first day to its last."""
    ended = resource.retired_at
    return begun <= day and (ended is None or day <= ended.astimezone(BEIJING).date())


def _first_days(session: Session, resources: Sequence[Resource]) -> Mapping[UUID, date]:
    """Give each resource's first day: it was entered, or used, whichever came first."""
    rows = session.execute(
        select(Booking.resource_id, func.min(Booking.starts_at))
        .where(
            Booking.resource_id.in_([one.id for one in resources]),
            Booking.state.in_((*_USED, BookingState.NO_SHOW)),
        )
        .group_by(Booking.resource_id)
    )
    used: dict[UUID, datetime] = {row[0]: row[1] for row in rows}
    return {
        one.id: min(one.created_at, used.get(one.id, one.created_at)).astimezone(BEIJING).date()
        for one in resources
    }


def _slot_hours(session: Session, resource_ids: Sequence[UUID], first: date, last: date) -> float:
    if not resource_ids:
        return 0.0
    seconds = func.sum(func.extract("epoch", Slot.ends_at - Slot.starts_at) * Slot.capacity)
    total = session.scalar(
        select(seconds).where(
            Slot.resource_id.in_(resource_ids),
            Slot.starts_at >= _midnight(first),
            Slot.starts_at < _midnight(last + timedelta(days=1)),
            # A slot that was taken off the calendar in time was not offered.
            or_(Slot.closed_at.is_(None), Slot.closed_at > Slot.starts_at),
        )
    )
    return float(total or 0) / _SECONDS
