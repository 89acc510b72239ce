"""What was used and what it costs, written by the operator and confirmed by the user."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings import rules as rules_of_bookings
from marketplace.bookings.models import BookingState
from marketplace.bookings.queries import bookings
from marketplace.bookings.services import use
from marketplace.bookings.services.locks import lock_booking
from marketplace.bookings.services.records import person_of
from marketplace.bookings.settings import EARLY_MINUTES
from marketplace.codes.rules import number
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import queries as payments
from marketplace.payments import services as paying
from marketplace.payments.models import Purpose
from marketplace.reports import queries, rules
from marketplace.reports.models import UseRecord

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking
    from marketplace.core.actor import Actor

LOWERED = N_("The operator charged less than agreed")


@dataclass(frozen=True, kw_only=True)
class UseInput:
    """What an operator writes down; None as charge means the agreed price."""

    started_at: datetime
    ended_at: datetime
    samples: int | None = None
    consumables: Sequence[dict[str, Any]] = field(default=())
    charge_minor: int | None = None
    adjust_reason: str = ""
    note: str = ""


def record_use(
    session: Session, *, actor: Actor, booking_id: UUID, given: UseInput, now: datetime
) -> UseRecord:
    """Write a use down and end it: the charge goes to the operator, the rest back to the user."""
    booking = bookings.get_booking(session, booking_id, actor=actor)
    require(booking_permissions.may_operate(actor, booking.provider_id))
    rules.require_times(given.started_at, given.ended_at, now)
    if booking.started_at is None or given.started_at < booking.started_at:
        rules_of_bookings.require_early(booking, given.started_at, number(session, EARLY_MINUTES))
    price = booking.price_minor
    charge = price if given.charge_minor is None else given.charge_minor
    rules.require_charge(charge, price, given.adjust_reason)
    if given.samples is not None and given.samples < 0:
        raise RuleBroken(N_("Give a whole number."), field="samples")
    if booking.state is BookingState.CONFIRMED:
        use.start_use(session, actor=actor, booking_id=booking_id, now=now)
    booking = use.complete(session, actor=actor, booking_id=booking_id, now=now, kept_minor=charge)
    record = UseRecord(
        booking_id=booking.id,
        started_at=given.started_at,
        ended_at=given.ended_at,
        price_minor=price,
        charge_minor=charge,
        recorded_by=person_of(actor),
        recorded_at=now,
        samples=given.samples,
        consumables=[dict(row) for row in given.consumables],
        note=given.note.strip(),
        adjust_reason=given.adjust_reason.strip() if charge != price else "",
    )
    with judged(session):
        session.add(record)
    _note(session, actor, "recorded", record, now, charge_minor=charge)
    return record


def confirm_use(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> UseRecord:
    """Agree to the record, for the user's side."""
    record, booking = _locked(session, actor, booking_id)
    require(booking_permissions.may_use(actor, booking))
    record.state = rules.USE_LIFECYCLE.next(record.state, "confirm")
    record.answered_by, record.answered_at = actor.user_id, now
    _note(session, actor, "confirmed", record, now)
    return record


def dispute_use(
    session: Session, *, actor: Actor, booking_id: UUID, reason: str, now: datetime
) -> UseRecord:
    """Refuse the record with a reason; the operator may lower the charge."""
    record, booking = _locked(session, actor, booking_id)
    require(booking_permissions.may_use(actor, booking))
    record.dispute_reason = rules.require_reason(reason, "reason")
    record.state = rules.USE_LIFECYCLE.next(record.state, "dispute")
    record.answered_by, record.answered_at = actor.user_id, now
    _note(session, actor, "disputed", record, now, reason=record.dispute_reason)
    return record


def lower_charge(
    session: Session,
    *,
    actor: Actor,
    booking_id: UUID,
    charge_minor: int,
    reason: str,
    now: datetime,
) -> UseRecord:
    """Charge less after all, with a reason; the difference goes back to the user."""
    payment = payments.current(session, Purpose.BOOKING, booking_id)
    record, booking = _locked(session, actor, booking_id)
    require(booking_permissions.may_operate(actor, booking.provider_id))
    reason = rules.require_reason(reason, "reason")
    if not 0 <= charge_minor < record.charge_minor:
        raise RuleBroken(N_("The new charge lies below the present one."), field="charge")
    back = record.charge_minor - charge_minor
    if payment is not None and payment.is_paid:
        paying.refund(
            session,
            actor=actor,
            payment_id=payment.id,
            amount_minor=back,
            reason=LOWERED,
            now=now,
        )
    record.charge_minor, record.adjust_reason = charge_minor, reason
    _note(session, actor, "lowered", record, now, charge_minor=charge_minor, reason=reason)
    return record


def _locked(session: Session, actor: Actor, booking_id: UUID) -> tuple[UseRecord, Booking]:
    booking = lock_booking(session, booking_id, actor=actor)
    record = queries.use_of(session, booking.id)
    if record is None:
        raise NotFound
    return record, booking


def _note(
    session: Session, actor: Actor, step: str, record: UseRecord, now: datetime, **details: object
) -> None:
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"use.{step}",
        kind="booking",
        object_id=record.booking_id,
        now=now,
        **details,
    )
    jobs.tell(session, f"use.{step}", booking_id=str(record.booking_id))
