"""The one order in which capacity is locked, and what a lost race tells a person."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from marketplace.bookings import permissions
from marketplace.bookings.models import Booking, Resource, ResourceMode, Slot
from marketplace.bookings.rules import SlotTaken
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Longer than this nobody waits for another booking's transaction (milliseconds).
WAIT_MS = 3000

#: Exclusion violated, deadlock, serialization failure, lock not available.
_LOST = frozenset({"23P01", "40P01", "40001", "55P03"})


@contextmanager
def guarded(session: Session) -> Iterator[None]:
    """Run a change of capacity in a savepoint; a lost race becomes SlotTaken.

    After the rollback the transaction is whole again and may look for alternatives.
    """
    try:
        with session.begin_nested():
            session.connection().exec_driver_sql(f"SET LOCAL lock_timeout = {WAIT_MS}")
            yield
            session.flush()
    except DBAPIError as error:
        if not is_lost(error):
            raise
        raise SlotTaken from error


def is_lost(error: DBAPIError) -> bool:
    """Whether the database refused because somebody else was first."""
    return isinstance(error.orig, psycopg.Error) and error.orig.sqlstate in _LOST


def lock_parents(
    session: Session, *, resource_ids: Iterable[UUID] = (), slot_ids: Iterable[UUID] = ()
) -> dict[UUID, Slot]:
    """Lock resources, then slots, each by ascending id; give the slots as they are now."""
    wanted = sorted(set(resource_ids))
    if wanted:
        session.execute(
            select(Resource.id)
            .where(Resource.id.in_(wanted))
            .order_by(Resource.id)
            .with_for_update()
        )
    slots = sorted(set(slot_ids))
    if not slots:
        return {}
    rows = session.scalars(
        select(Slot)
        .where(Slot.id.in_(slots))
        .order_by(Slot.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def lock_for(
    session: Session, resource: Resource, slot_ids: Iterable[UUID] = ()
) -> dict[UUID, Slot]:
    """Lock what a change on this resource can touch.

    Slots are parents of their own, so bookings of different slots do not wait for each other; the
    resource itself is the parent of free times, and of the count behind a daily cap.
    """
    whole = resource.mode is ResourceMode.FREE or resource.daily_cap is not None
    return lock_parents(session, resource_ids=(resource.id,) if whole else (), slot_ids=slot_ids)


def lock_booking(session: Session, booking_id: UUID, *, actor: Actor | None) -> Booking:
    """Lock a booking's row alone, for a step that changes no capacity; None is the system."""
    statement = select(Booking).where(Booking.id == booking_id)
    if actor is not None:
        statement = statement.where(permissions.visible_to(actor))
    found = session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def lock_whole(
    session: Session,
    booking_id: UUID,
    *,
    actor: Actor | None,
    also_slots: Iterable[UUID] = (),
) -> tuple[Booking, Resource]:
    """Lock a booking behind its parents, for a step that gives back or moves capacity.

    Raises NotFound when the actor (None: the system) may not know of it.
    """
    statement = select(Booking.resource_id, Booking.slot_id, Booking.proposed_slot_id).where(
        Booking.id == booking_id
    )
    if actor is not None:
        statement = statement.where(permissions.visible_to(actor))
    while True:
        row = session.execute(statement).one_or_none()
        if row is None:
            raise NotFound
        resource = session.get_one(Resource, row.resource_id)
        slots = {row.slot_id, row.proposed_slot_id, *also_slots} - {None}
        lock_for(session, resource, slots)
        booking = lock_booking(session, booking_id, actor=actor)
        if {booking.slot_id, booking.proposed_slot_id} - {None} <= slots:
            return booking, resource
        # It moved to another slot between the two looks; its new parent must be locked first.
        # Locks taken so far are kept: a second round can deadlock only with a third mover, and
        # that loses as a taken slot.
