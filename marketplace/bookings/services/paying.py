"""What bookings ask of payments, and what they do when one is settled or ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings.services import records
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking, Resource
    from marketplace.core.actor import Actor


def ask_for_payment(
    session: Session, *, actor: Actor, booking: Booking, resource: Resource, now: datetime
) -> None:
    """Ask the user's organization for the sum; without one the booking is confirmed at once."""
    del resource
    if booking.total_minor == 0:
        confirm(session, booking=booking, actor=actor, now=now)


def confirm(session: Session, *, booking: Booking, actor: Actor | None, now: datetime) -> None:
    """Confirm a locked booking that is paid or costs nothing."""
    records.step(booking, "settle", now=now)
    booking.confirmed_at = now
    records.note(
        session, booking=booking, event="settle", topic="booking.confirmed", actor=actor, now=now
    )


def lock_payment(session: Session, booking_id: UUID) -> None:
    """Lock a booking's payment before its capacity, as everybody does."""
    del session, booking_id


def may_expire(session: Session, booking_id: UUID, *, now: datetime) -> bool:
    """Whether no money is on its way."""
    del session, booking_id, now
    return True


def settle_up(
    session: Session,
    *,
    actor: Actor | None,
    booking: Booking,
    kept_minor: int,
    paid: bool,
    now: datetime,
) -> None:
    """Leave the operator what it keeps, and give the rest of what was paid back."""


def pay_again(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> None:
    """Give the open payment of an awaited booking."""
    del session, actor, booking_id, now
    raise NotFound
