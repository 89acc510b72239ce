"""What becomes of bookings when the opening hours change under them.

They stand: only their users and the operator end or move them. Until then leaving costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings.queries import outside as find
from marketplace.bookings.queries.resources import opening
from marketplace.bookings.services.locks import lock_booking
from marketplace.facilities.models import Facility

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking


def follow(
    session: Session, *, facility_id: UUID, now: datetime
) -> tuple[list[Booking], list[Booking]]:
    """Mark the bookings that lie outside the hours; give those that are new, and those back in."""
    facility = session.get(Facility, facility_id)
    if facility is None:
        return [], []
    hours = opening(session, facility)
    shut: list[Booking] = []
    back: list[Booking] = []
    for row in find.ahead_of(session, facility_id, now=now):
        inside = find.fits(row, hours)
        if inside == (row.outside_since is None):
            continue
        booking = lock_booking(session, row.id, actor=None)
        if not booking.counts:
            continue
        booking.outside_since = None if inside else now
        (back if inside else shut).append(booking)
    session.flush()
    return shut, back
