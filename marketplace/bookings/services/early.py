"""Beginning a use before its booked time: the user's word, and the free time that it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import Allocation, AllocationKind, Booking, BookingState
from marketplace.bookings.queries.bookings import get_booking
from marketplace.bookings.services import records
from marketplace.bookings.services.locks import guarded, lock_parents, lock_whole
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

_TAKEN = N_("Somebody else has the time before this booking. The use begins at its own time.")


def agree(
    session: Session,
    *,
    actor: Actor,
    booking_id: UUID,
    early_from: datetime | None,
    now: datetime,
) -> Booking:
    """Let a confirmed use begin before its time, for the user's side; None takes that back."""
    with guarded(session):
        booking = lock(session, booking_id, actor=actor)
        require(permissions.may_use(actor, booking))
        if booking.state is not BookingState.CONFIRMED or now >= booking.starts_at:
            raise StepNotAllowed(
                N_("This step can't be taken from the state “%(state)s”."),
                state=booking.state.label,
            )
        if early_from is not None:
            _require_sound(booking, early_from)
            _require_free(session, booking, since=max(early_from, now))
        booking.early_from = early_from
        records.note(
            session,
            booking=booking,
            event="early" if early_from else "not_early",
            topic="booking.early" if early_from else "booking.not_early",
            actor=actor,
            now=now,
        )
    return booking


def _require_sound(booking: Booking, early_from: datetime) -> None:
    if not booking.starts_at - rules.MOST_EARLY <= early_from < booking.starts_at:
        raise RuleBroken(
            N_("Choose a time before the booking, at most %(hours)s hours earlier."),
            field="early_from",
            hours=int(rules.MOST_EARLY.total_seconds() // 3600),
        )


def lock(session: Session, booking_id: UUID, *, actor: Actor) -> Booking:
    """Lock a booking behind its resource, whose time before it is looked at."""
    known = get_booking(session, booking_id, actor=actor)
    lock_parents(session, resource_ids=(known.resource_id,))
    booking, _ = lock_whole(session, booking_id, actor=actor)
    return booking


def take_time(session: Session, booking: Booking, *, since: datetime) -> None:
    """Take the time from a moment to the booking's own, so that nobody else is let in."""
    own = _own(session, booking)
    if own is None or own.during.lower is None or since >= own.during.lower:
        return
    _require_free(session, booking, since=since)
    if own.kind is AllocationKind.BOOKING:
        own.during = Range(since, own.during.upper, bounds="[)")
    elif not _beside(session, booking, own, since=since):
        session.add(
            Allocation(
                resource_id=booking.resource_id,
                lane=own.lane,
                during=Range(since, own.during.lower, bounds="[)"),
                kind=AllocationKind.BOOKING,
                booking_id=booking.id,
            )
        )
    session.flush()


def _own(session: Session, booking: Booking) -> Allocation | None:
    """Give the time that the booking, or its slot, takes."""
    mine = Allocation.booking_id == booking.id
    if booking.slot_id is not None:
        mine = or_(mine, Allocation.slot_id == booking.slot_id)
    return session.scalar(
        select(Allocation)
        .where(Allocation.resource_id == booking.resource_id, Allocation.active, mine)
        .order_by(func.lower(Allocation.during))
        .limit(1)
    )


def _before(
    session: Session, booking: Booking, own: Allocation, *, since: datetime
) -> list[UUID | None]:
    """Give whose time on the lane lies between a moment and the booking's; None is no booking's."""
    return list(
        session.scalars(
            select(Booking.slot_id)
            .select_from(Allocation)
            .outerjoin(Booking, Booking.id == Allocation.booking_id)
            .where(
                Allocation.resource_id == booking.resource_id,
                Allocation.lane == own.lane,
                Allocation.active,
                Allocation.id != own.id,
                Allocation.during.overlaps(Range(since, own.during.lower, bounds="[)")),
            )
        )
    )


def _beside(session: Session, booking: Booking, own: Allocation, *, since: datetime) -> bool:
    """Whether another user of the same slot has begun early and keeps the time already."""
    return booking.slot_id in _before(session, booking, own, since=since)


def _require_free(session: Session, booking: Booking, *, since: datetime) -> None:
    own = _own(session, booking)
    if own is None or own.during.lower is None or since >= own.during.lower:
        return
    others = _before(session, booking, own, since=since)
    # Those who share the slot may share the time before it, too.
    if any(one is None or one != booking.slot_id for one in others):
        raise RuleBroken(_TAKEN, field="early_from")
