"""Another time that the operator wants for a confirmed booking; only its user can take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.queries.resources import get_resource
from marketplace.bookings.services import records
from marketplace.bookings.services.holding import require_takes_bookings
from marketplace.bookings.services.judging import clear_proposal, move_to, put_proposal
from marketplace.bookings.services.locks import guarded, lock_booking, lock_whole
from marketplace.bookings.services.submitting import require_qualified
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.services.judging import Proposal
    from marketplace.core.actor import Actor


def offer(
    session: Session, *, actor: Actor, booking_id: UUID, proposal: Proposal, now: datetime
) -> Booking:
    """Propose another time for a confirmed booking; it keeps its own until the user answers."""
    booking = lock_booking(session, booking_id, actor=actor)
    require(permissions.may_operate(actor, booking.provider_id))
    _require_ahead(booking, now)
    resource = get_resource(session, booking.resource_id, actor=actor)
    put_proposal(session, resource, booking, proposal=proposal, actor=actor, now=now)
    return booking


def _require_ahead(booking: Booking, now: datetime) -> None:
    if booking.state is not BookingState.CONFIRMED or booking.starts_at <= now:
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=booking.state.label
        )


def accept(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Move to the time that the operator wants. Raises SlotTaken when it is gone by now."""
    with guarded(session):
        booking, _ = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_use(actor, booking))
        _require_ahead(booking, now)
        starts_at, ends_at = booking.proposed_starts_at, booking.proposed_ends_at
        if starts_at is None or ends_at is None:
            raise RuleBroken(N_("No other time is proposed."))
        resource = get_resource(session, booking.resource_id, actor=actor)
        require_takes_bookings(resource)
        rules.require_future(starts_at, ends_at, now)
        move_to(
            session,
            resource,
            booking,
            slot_id=booking.proposed_slot_id,
            starts_at=starts_at,
            ends_at=ends_at,
            now=now,
        )
        require_qualified(session, resource, booking)
        clear_proposal(booking)
        records.note(
            session, booking=booking, event="move", topic="booking.moved", actor=actor, now=now
        )
    return booking


def decline(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Keep the confirmed time."""
    booking = lock_booking(session, booking_id, actor=actor)
    require(permissions.may_use(actor, booking))
    if booking.state is not BookingState.CONFIRMED or booking.proposed_starts_at is None:
        raise NotFound
    clear_proposal(booking)
    records.note(
        session,
        booking=booking,
        event="decline_proposal",
        topic="booking.proposal_declined",
        actor=actor,
        now=now,
    )
    return booking
