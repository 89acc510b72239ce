"""Takes and gives back capacity; the caller holds the parent's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm.util import identity_key

from marketplace.bookings import lanes
from marketplace.bookings.lanes import Span
from marketplace.bookings.models import (
    LOOSE,
    Allocation,
    AllocationKind,
    Booking,
    ResourceMode,
    Slot,
)
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import records

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Update
    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource

_SLOT: Any = Slot.__table__


def taking(slot_id: Any, places: Any) -> Update:  # noqa: ANN401 — values, or binds for them
    """Give the one conditional statement that takes places of a slot: it changes a row or none."""
    return (
        update(_SLOT)
        .where(
            _SLOT.c.id == slot_id,
            _SLOT.c.closed_at.is_(None),
            _SLOT.c.taken + places <= _SLOT.c.capacity,
        )
        .values(taken=_SLOT.c.taken + places, version=_SLOT.c.version + 1)
    )


def take_places(session: Session, slot_id: UUID, places: int) -> bool:
    """Take places of a slot if they are there; False when they are not."""
    session.flush()
    taken = session.execute(taking(slot_id, places).returning(_SLOT.c.id)).one_or_none()
    forget(session, slot_id)
    return taken is not None


def forget(session: Session, slot_id: UUID) -> None:
    """Let a slot that this session has loaded be read anew: the statement passed it by."""
    known = session.identity_map.get(identity_key(Slot, slot_id))
    if known is not None:
        session.expire(known)


def take(session: Session, resource: Resource, booking: Booking, *, now: datetime) -> None:
    """Take what the booking needs, or raise SlotTaken; overdue holds in the way are ended first."""
    if resource.mode is ResourceMode.SLOTS:
        if booking.slot_id is None:
            raise SlotTaken
        if take_places(session, booking.slot_id, booking.places):
            return
        end_overdue_of_slot(session, booking.slot_id, now=now)
        if not take_places(session, booking.slot_id, booking.places):
            raise SlotTaken
        return
    low, high = lanes.buffered(
        booking.starts_at,
        booking.ends_at,
        before_minutes=resource.buffer_before_minutes,
        after_minutes=resource.buffer_after_minutes,
    )
    lane = find_lane(session, resource, low, high, now=now)
    if lane is None:
        raise SlotTaken
    session.add(
        Allocation(
            resource_id=resource.id,
            lane=lane,
            during=Range(low, high, bounds="[)"),
            kind=AllocationKind.BOOKING,
            booking_id=booking.id,
        )
    )


def find_lane(
    session: Session, resource: Resource, low: datetime, high: datetime, *, now: datetime
) -> int | None:
    """Give the lowest free lane of a locked resource, ending overdue holds that are in the way."""
    rows = session.execute(
        select(
            Allocation.lane,
            func.lower(Allocation.during),
            func.upper(Allocation.during),
            Booking.id,
            Booking.state,
            Booking.deadline_at,
        )
        .outerjoin(Booking, Booking.id == Allocation.booking_id)
        .where(
            Allocation.resource_id == resource.id,
            Allocation.active,
            Allocation.during.overlaps(Range(low, high, bounds="[)")),
        )
    ).all()
    taken = []
    for lane, starts_at, ends_at, booking_id, state, deadline in rows:
        if booking_id is not None and state in LOOSE and deadline <= now:
            expire_overdue(session, booking_id, now=now)
        else:
            taken.append(Span(lane, starts_at, ends_at))
    free = lanes.free_lanes(taken, units=resource.units, starts_at=low, ends_at=high)
    return free[0] if free else None


def end_overdue_of_slot(session: Session, slot_id: UUID, *, now: datetime) -> None:
    """Give back the places of holds and requests of a locked slot whose time ran out."""
    overdue = session.scalars(
        select(Booking.id)
        .where(Booking.slot_id == slot_id, Booking.state.in_(LOOSE), Booking.deadline_at <= now)
        .order_by(Booking.id)
    ).all()
    for booking_id in overdue:
        expire_overdue(session, booking_id, now=now)


def expire_overdue(session: Session, booking_id: UUID, *, now: datetime) -> None:
    """End one booking behind its locked parent without offering its place to the wait list.

    Whoever came while it was overdue is served first: they stand at the counter.
    """
    booking = session.scalar(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if booking is None or booking.deadline_at is None or booking.deadline_at > now:
        return
    records.step(booking, "expire", now=now)
    give_back(session, booking)
    records.close_offer(session, booking)
    records.note(
        session, booking=booking, event="expire", topic="booking.expired", actor=None, now=now
    )
    session.flush()


def give_back(session: Session, booking: Booking) -> None:
    """Give back what a booking took; the caller has moved it out of the counting states."""
    if booking.slot_id is not None:
        session.execute(
            update(Slot)
            .where(Slot.id == booking.slot_id)
            .values(taken=Slot.taken - booking.places, version=Slot.version + 1)
            .execution_options(synchronize_session=False)
        )
        forget(session, booking.slot_id)
    session.execute(
        update(Allocation)
        .where(Allocation.booking_id == booking.id, Allocation.active)
        .values(active=False)
        .execution_options(synchronize_session=False)
    )
