"""What becomes of a booking when its payment is settled, or its time to be paid is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import capacity, ending, paying, records
from marketplace.bookings.services.locks import lock_booking, lock_whole
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments.models import PaymentState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.payments.models import Payment


def settled(session: Session, payment: Payment, now: datetime) -> None:
    """Confirm the paid booking; one whose time had run out is booked again while there is room.

    Raises RuleBroken when it can't be honored: payments then give the money back by themselves.
    A database that is too busy raises its own error, and the money is looked at again.
    """
    state = session.scalar(select(Booking.state).where(Booking.id == payment.purpose_id))
    if state is BookingState.AWAITING_PAYMENT:
        booking = lock_booking(session, payment.purpose_id, actor=None)
        if booking.state is BookingState.AWAITING_PAYMENT:
            paying.confirm(session, booking=booking, actor=None, now=now)
            return
    booking, resource = lock_whole(session, payment.purpose_id, actor=None)
    if booking.state is not BookingState.EXPIRED or booking.starts_at <= now:
        raise RuleBroken(N_("The booking had ended before the payment came."))
    if not resource.is_open:
        raise SlotTaken
    capacity.take(session, resource, booking, now=now)
    records.step(booking, "revive", now=now)
    booking.confirmed_at = now
    records.note(
        session, booking=booking, event="revive", topic="booking.revived", actor=None, now=now
    )


def ended(session: Session, payment: Payment, now: datetime) -> None:
    """Give the place back when the time to pay is over; after a failed card one may try again."""
    if payment.state is not PaymentState.EXPIRED:
        return
    booking, resource = lock_whole(session, payment.purpose_id, actor=None)
    if booking.state is BookingState.AWAITING_PAYMENT:
        ending.end_expired(session, resource, booking, now=now)
