"""What users say of a facility after a completed use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import bookings
from marketplace.bookings.services.records import person_of
from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.reports.models import FacilityRating

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

MOST, TEXT_LIMIT = 5, 1000


def rate(
    session: Session, *, actor: Actor, booking_id: UUID, stars: int, text: str, now: datetime
) -> FacilityRating:
    """Rate a use once, for the user's side; it stays as it is."""
    booking = bookings.get_booking(session, booking_id, actor=actor)
    require(booking_permissions.may_use(actor, booking))
    if booking.state is not BookingState.COMPLETED:
        raise StepNotAllowed(N_("Only a use that was completed can be rated."))
    if not 1 <= stars <= MOST:
        raise RuleBroken(N_("Give one to five stars."), field="stars")
    text = text.strip()
    if len(text) > TEXT_LIMIT:
        raise RuleBroken(
            N_("The text is longer than %(limit)s characters: shorten it."),
            field="text",
            limit=TEXT_LIMIT,
        )
    rating = FacilityRating(
        facility_id=booking.resource.facility_id,
        booking_id=booking.id,
        organization_id=booking.organization_id,
        person_id=person_of(actor),
        stars=stars,
        at=now,
        text=text,
    )
    with judged(session):
        session.add(rating)
    audit.record(
        session,
        actor=actor,
        action="facility.rated",
        kind="facility",
        object_id=rating.facility_id,
        now=now,
        booking_id=booking.id,
        stars=stars,
    )
    return rating
