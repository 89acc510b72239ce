"""What becomes of bookings when their operator or facility is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bookings.models import TIMED, Booking, BookingState, Resource
from marketplace.bookings.services import ending
from marketplace.core.messages import N_
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

REASON = N_("The operator's verification is suspended.")
FACILITY_REASON = N_("The facility is suspended by the reviewers.")


def follow(session: Session, *, organization_id: UUID, now: datetime) -> list[Booking]:
    """Call off holds, requests and unpaid bookings at a suspended operator.

    Gives all bookings that this concerns. Confirmed ones stand, for the reviewers may lift the
    suspension before the day; until then their users may cancel without cost.
    """
    organization = session.get(Organization, organization_id)
    if organization is None or organization.status is not OrganizationStatus.SUSPENDED:
        return []
    return _end_open(session, Booking.provider_id == organization_id, reason=REASON, now=now)


def follow_facility(session: Session, *, facility_id: UUID, now: datetime) -> list[Booking]:
    """Do the same at a facility that reviewers took off the register for a time."""
    facility = session.get(Facility, facility_id)
    if facility is None or facility.status is not FacilityStatus.SUSPENDED:
        return []
    own = Booking.resource_id.in_(select(Resource.id).where(Resource.facility_id == facility_id))
    return _end_open(session, own, reason=FACILITY_REASON, now=now)


def _end_open(
    session: Session, which: ColumnElement[bool], *, reason: str, now: datetime
) -> list[Booking]:
    rows = session.scalars(
        select(Booking)
        .where(
            which,
            Booking.state.in_((*TIMED, BookingState.CONFIRMED)),
            Booking.starts_at > now,
        )
        .order_by(Booking.id)
    ).all()
    for row in rows:
        if row.state in TIMED:
            ending.call_off(
                session, actor=None, booking_id=row.id, reason=reason, now=now, offer=False
            )
    return list(rows)
