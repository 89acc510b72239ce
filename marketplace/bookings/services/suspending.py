"""What becomes of bookings when their operator is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bookings.models import TIMED, Booking, BookingState
from marketplace.bookings.services import ending
from marketplace.core.messages import N_
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

REASON = N_("The operator's verification is suspended.")


def follow(session: Session, *, organization_id: UUID, now: datetime) -> list[Booking]:
    """Call off holds, requests and unpaid bookings at a suspended operator.

    Gives all bookings that this concerns. Confirmed ones stand, for the reviewers may lift the
    suspension before the day; until then their users may cancel without cost.
    """
    organization = session.get(Organization, organization_id)
    if organization is None or organization.status is not OrganizationStatus.SUSPENDED:
        return []
    rows = session.scalars(
        select(Booking)
        .where(
            Booking.provider_id == organization_id,
            Booking.state.in_((*TIMED, BookingState.CONFIRMED)),
            Booking.starts_at > now,
        )
        .order_by(Booking.id)
    ).all()
    for row in rows:
        if row.state in TIMED:
            ending.call_off(
                session, actor=None, booking_id=row.id, reason=REASON, now=now, offer=False
            )
    return list(rows)
