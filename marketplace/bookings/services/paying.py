"""What bookings ask of payments; ``settling`` is what they do when one is settled or ends.

A payment is locked before capacity and booking, here as everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings import rules
from marketplace.bookings.models import BookingState, Resource
from marketplace.bookings.services import records
from marketplace.bookings.services.locks import lock_booking
from marketplace.bookings.times import local_text
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import queries as payments
from marketplace.payments import services as paying
from marketplace.payments.models import Purpose

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking
    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payment

CANCELLED = N_("The booking was cancelled.")
COMPLETED = N_("The deposit goes back after use.")
MISSED = N_("Nobody came; the rest of the price and the deposit go back.")


def ask_for_payment(
    session: Session, *, actor: Actor | None, booking: Booking, resource: Resource, now: datetime
) -> Payment | None:
    """Ask the user's organization for the sum; without one the booking is confirmed at once."""
    if booking.total_minor == 0:
        confirm(session, booking=booking, actor=actor, now=now)
        return None
    session.flush()
    deadline = booking.deadline_at or now
    return paying.request(
        session,
        actor=actor,
        purpose=Purpose.BOOKING,
        purpose_id=booking.id,
        payer_id=booking.organization_id,
        payee_id=booking.provider_id,
        amount_minor=booking.total_minor,
        title=f"{resource.name} {local_text(booking.starts_at)}"[:200],
        title_en=f"{resource.name_en or resource.name} {local_text(booking.starts_at)}"[:300],
        expires_at=deadline + rules.GRACE,
        is_demo=booking.is_demo,
        now=now,
    )


def pay_again(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Payment:
    """Give the open payment of an awaited booking, or ask anew after a failed attempt."""
    payments.lock_attempts(session, Purpose.BOOKING, booking_id)
    booking = lock_booking(session, booking_id, actor=actor)
    if booking.state is not BookingState.AWAITING_PAYMENT or rules.has_run_out(booking, now):
        raise rules.TimeRanOut
    resource = session.get_one(Resource, booking.resource_id)
    found = ask_for_payment(session, actor=actor, booking=booking, resource=resource, now=now)
    if found is None:
        raise RuleBroken(N_("There is nothing to pay for this booking."))
    return found


def confirm(session: Session, *, booking: Booking, actor: Actor | None, now: datetime) -> None:
    """Confirm a locked booking that is paid or costs nothing."""
    records.step(booking, "settle", now=now)
    booking.confirmed_at = now
    records.note(
        session, booking=booking, event="settle", topic="booking.confirmed", actor=actor, now=now
    )


def lock_payment(session: Session, booking_id: UUID) -> None:
    """Lock a booking's payment before its capacity, as everybody does."""
    payments.lock_attempts(session, Purpose.BOOKING, booking_id)


def may_expire(session: Session, booking_id: UUID) -> bool:
    """Whether no money is on its way; an open payment is closed by payments, which tell us."""
    return not any(
        one.is_open for one in payments.lock_attempts(session, Purpose.BOOKING, booking_id)
    )


def settle_up(
    session: Session,
    *,
    actor: Actor | None,
    booking: Booking,
    kept_minor: int,
    reason: str,
    now: datetime,
) -> None:
    """Leave the operator what it keeps, give the rest of what was paid back, end what is open."""
    session.flush()
    payment = payments.current(session, Purpose.BOOKING, booking.id)
    if payment is None:
        return
    if payment.is_open:
        paying.cancel(session, actor=actor, payment_id=payment.id, reason=reason, now=now)
        return
    if not payment.is_paid:
        return
    back = payment.kept_minor - kept_minor
    if back > 0:
        paying.refund(
            session,
            actor=actor,
            payment_id=payment.id,
            amount_minor=back,
            reason=reason,
            now=now,
        )
    if kept_minor > 0:
        paying.release(session, payment_id=payment.id, amount_minor=kept_minor, now=now)
