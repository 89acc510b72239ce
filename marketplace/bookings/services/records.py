"""Writes down what happened to a booking: the dated line, the audit entry, the fact told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, update

from marketplace.bookings import rules
from marketplace.bookings.models import TIMED, BookingEvent, WaitEntry, WaitState
from marketplace.core import audit, jobs
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Booking
    from marketplace.core.actor import Actor

_EVENT: Any = BookingEvent.__table__


def person_of(actor: Actor) -> UUID:
    """Give who acts; to visitors what they would change does not exist."""
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def step(
    booking: Booking, event: str, *, now: datetime, deadline_at: datetime | None = None
) -> None:
    """Take a step of the life cycle and keep the dates that belong to the new state.

    Raises StepNotAllowed when it can't start here.
    """
    booking.state = rules.LIFECYCLE.next(booking.state, event)
    if booking.state in TIMED:
        booking.deadline_at = deadline_at or booking.deadline_at
    else:
        booking.deadline_at = None
    booking.ended_at = None if booking.counts else now


def line(
    session: Session,
    *,
    booking: Booking,
    event: str,
    actor: Actor | None,
    now: datetime,
    note: str = "",
) -> None:
    """Add a dated line to a booking's history."""
    # The booking must be there before its line; a plain insert needs no unit of work.
    session.flush()
    session.connection().execute(
        insert(_EVENT).values(
            booking_id=booking.id,
            at=now,
            event=event,
            state=booking.state,
            actor_id=actor.user_id if actor else None,
            note=note,
        )
    )


def note(
    session: Session,
    *,
    booking: Booking,
    event: str,
    topic: str,
    actor: Actor | None,
    now: datetime,
    text: str = "",
    **details: object,
) -> None:
    """Record a step in the history and the audit trail, and tell it."""
    line(session, booking=booking, event=event, actor=actor, now=now, note=text)
    audit.record(
        session,
        actor=actor,
        action=topic,
        kind="booking",
        object_id=booking.id,
        now=now,
        state=booking.state,
        **details,
    )
    jobs.tell(session, topic, id=str(booking.id))


def close_offer(session: Session, booking: Booking, *, to: WaitState = WaitState.LAPSED) -> None:
    """Say what became of the wait-list offer behind a booking, if there was one."""
    session.execute(
        update(WaitEntry)
        .where(WaitEntry.booking_id == booking.id, WaitEntry.state == WaitState.OFFERED)
        .values(state=to, version=WaitEntry.version + 1)
        .execution_options(synchronize_session=False)
    )
