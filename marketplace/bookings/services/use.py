"""The use of a confirmed booking; reports, hours and charges go on from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.bookings import permissions, rules
from marketplace.bookings.services import capacity, early, paying, records
from marketplace.bookings.services.locks import guarded, lock_whole
from marketplace.bookings.settings import EARLY_MINUTES
from marketplace.codes.rules import number
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking
    from marketplace.core.actor import Actor


def start_use(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Note that the user came and the use began; for the operator, from shortly before its time.

    Earlier it begins when the user agreed and nobody has the time before it.
    """
    minutes = number(session, EARLY_MINUTES)
    with guarded(session):
        booking = early.lock(session, booking_id, actor=actor)
        require(permissions.may_operate(actor, booking.provider_id))
        records.step(booking, "start", now=now)
        rules.require_early(booking, now, minutes)
        if now < rules.opens_at(booking, minutes):
            early.take_time(session, booking, since=now)
        booking.started_at = now
        records.note(
            session, booking=booking, event="start", topic="booking.started", actor=actor, now=now
        )
    return booking


def complete(
    session: Session,
    *,
    actor: Actor,
    booking_id: UUID,
    now: datetime,
    kept_minor: int | None = None,
) -> Booking:
    """Note that the use has ended; the deposit goes back, the price to the operator.

    ``kept_minor`` is what the operator keeps when it charges less than the price.
    """
    with guarded(session):
        paying.lock_payment(session, booking_id)
        booking, _ = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_operate(actor, booking.provider_id))
        records.step(booking, "complete", now=now)
        records.note(
            session,
            booking=booking,
            event="complete",
            topic="booking.completed",
            actor=actor,
            now=now,
        )
        paying.settle_up(
            session,
            actor=actor,
            booking=booking,
            kept_minor=booking.price_minor if kept_minor is None else kept_minor,
            reason=paying.COMPLETED,
            now=now,
        )
        capacity.give_back(session, booking)
    return booking


def mark_no_show(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Note that nobody came; the late share of the price is kept, the rest goes back."""
    with guarded(session):
        paying.lock_payment(session, booking_id)
        booking, _ = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_operate(actor, booking.provider_id))
        if now < booking.starts_at:
            raise RuleBroken(N_("The time has not come yet; nobody can have missed it."))
        records.step(booking, "no_show", now=now)
        booking.fee_minor = rules.late_fee(booking)
        records.note(
            session,
            booking=booking,
            event="no_show",
            topic="booking.no_show",
            actor=actor,
            now=now,
            fee_minor=booking.fee_minor,
        )
        paying.settle_up(
            session,
            actor=actor,
            booking=booking,
            kept_minor=booking.fee_minor,
            reason=paying.MISSED,
            now=now,
        )
        capacity.give_back(session, booking)
    return booking
