"""Bookings ahead that opening hours shut out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.bookings.models import COUNTING, Booking, BookingState, Resource
from marketplace.bookings.queries.bookings import SHOWN
from marketplace.bookings.times import Opening, at, opening_of
from marketplace.codes.holidays import load_table
from marketplace.core.errors import RuleBroken
from marketplace.facilities.guests import Guest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.facilities.models import Facility
    from marketplace.facilities.opening import Plan

#: States in which somebody is expected; a use that has begun is over before hours matter.
_EXPECTED = tuple(state for state in COUNTING if state is not BookingState.IN_SERVICE)


def ahead_of(session: Session, facility_id: UUID, *, now: datetime) -> Sequence[Booking]:
    """Give the bookings ahead at a facility whose time has not run out, earliest first."""
    return session.scalars(
        select(Booking)
        .join(Resource, Resource.id == Booking.resource_id)
        .where(
            Resource.facility_id == facility_id,
            Booking.starts_at > now,
            Booking.state.in_(_EXPECTED),
            or_(Booking.deadline_at.is_(None), Booking.deadline_at > now),
        )
        .options(*SHOWN)
        .order_by(Booking.starts_at, Booking.id)
    ).all()


def fits(booking: Booking, hours: Opening) -> bool:
    """Whether somebody is there at the booked time."""
    try:
        hours.require_open(booking.starts_at, booking.ends_at, overnight=booking.resource.overnight)
    except RuleBroken:
        return False
    return True


def guests(session: Session, facility: Facility, plan: Plan | None, now: datetime) -> list[Guest]:
    """Give the bookings that a new plan shuts out, though the present one does not; None: all."""
    holidays = load_table(session)
    present = opening_of(facility, holidays)

    def is_shut_out(row: Booking) -> bool:
        if plan is None:
            return True
        return fits(row, present) and not fits(row, Opening(plan, holidays))

    return [
        Guest(
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            place=row.resource.name,
            place_en=row.resource.name_en,
            who=row.organization.name,
            who_en=row.organization.name_en,
            state=row.state.label,
            endpoint="bookings.show",
            values={"booking_id": row.id},
        )
        for row in ahead_of(session, facility.id, now=now)
        if is_shut_out(row)
    ]


def shut_out_of(session: Session, facility_id: UUID, *, now: datetime) -> list[Booking]:
    """Give the bookings ahead that changed hours have shut out already."""
    return [row for row in ahead_of(session, facility_id, now=now) if row.outside_since is not None]


def facilities_booked_on(session: Session, day: date) -> Sequence[UUID]:
    """Give the facilities at which somebody is expected on a day, in the order of their ids."""
    return session.scalars(
        select(Resource.facility_id)
        .join(Booking, Booking.resource_id == Resource.id)
        .where(
            Booking.starts_at < at(day, 24 * 60),
            Booking.ends_at > at(day, 0),
            Booking.state.in_(_EXPECTED),
        )
        .distinct()
        .order_by(Resource.facility_id)
    ).all()
