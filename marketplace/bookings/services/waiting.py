"""The wait list: who is next gets the freed place for some hours."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import Booking, ResourceMode, Slot, WaitEntry, WaitState
from marketplace.bookings.queries.free import open_slots
from marketplace.bookings.queries.resources import get_resource, opening
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import capacity, holding, records
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.bookings.services.holding import Wish
    from marketplace.core.actor import Actor


def join(session: Session, *, actor: Actor, wish: Wish, now: datetime) -> WaitEntry:
    """Wait for a time that is full. Raises RuleBroken while it still can be booked."""
    resource = get_resource(session, wish.resource_id, actor=actor)
    require(permissions.may_book_for(actor, resource, wish.organization_id))
    holding.require_takes_bookings(resource)
    holding.require_numbers(wish)
    starts_at, ends_at = _time_of(session, resource, wish)
    rules.require_window(resource, starts_at=starts_at, ends_at=ends_at, now=now)
    if resource.mode is ResourceMode.SLOTS:
        free = {
            slot.id
            for slot in open_slots(
                session, resource, since=starts_at, until=ends_at, now=now, places=wish.places
            )
        }
        if wish.slot_id in free:
            raise RuleBroken(N_("This time is free: book it now instead of waiting for it."))
    else:
        rules.require_length(resource, starts_at=starts_at, ends_at=ends_at)
        hours = opening(session, resource.facility)
        hours.require_open(starts_at, ends_at, overnight=resource.overnight)
    entry = WaitEntry(
        resource_id=resource.id,
        organization_id=wish.organization_id,
        person_id=records.person_of(actor),
        starts_at=starts_at,
        ends_at=ends_at,
        joined_at=now,
        slot_id=wish.slot_id,
        places=wish.places,
    )
    with judged(session):
        session.add(entry)
    audit.record(
        session,
        actor=actor,
        action="booking.wait_joined",
        kind="wait_entry",
        object_id=entry.id,
        now=now,
        resource=resource.id,
        starts_at=starts_at,
    )
    return entry


def _time_of(session: Session, resource: Resource, wish: Wish) -> tuple[datetime, datetime]:
    if resource.mode is ResourceMode.SLOTS:
        slot = session.get(Slot, wish.slot_id) if wish.slot_id else None
        if slot is None or slot.resource_id != resource.id or slot.closed_at:
            raise NotFound
        return slot.starts_at, slot.ends_at
    if wish.starts_at is None or wish.ends_at is None:
        raise RuleBroken(N_("Say from when to when."), field="starts")
    return wish.starts_at, wish.ends_at


def leave(session: Session, *, actor: Actor, entry_id: UUID, now: datetime) -> WaitEntry:
    """Leave the wait list; for the person who waits."""
    entry = session.scalar(
        select(WaitEntry)
        .where(WaitEntry.id == entry_id, WaitEntry.person_id == actor.user_id)
        .with_for_update()
    )
    if entry is None:
        raise NotFound
    if entry.state is WaitState.WAITING:
        entry.state = WaitState.LEFT
        audit.record(
            session,
            actor=actor,
            action="booking.wait_left",
            kind="wait_entry",
            object_id=entry.id,
            now=now,
        )
    return entry


def release(
    session: Session, resource: Resource, booking: Booking, *, now: datetime, offer: bool = True
) -> None:
    """Give back an ended booking's capacity and offer it to who waits; the parent is locked."""
    capacity.give_back(session, booking)
    records.close_offer(session, booking)
    session.flush()
    if not offer:
        return
    offer_next(
        session,
        resource,
        slot_id=booking.slot_id,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        now=now,
    )


def offer_next(
    session: Session,
    resource: Resource,
    *,
    slot_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> list[Booking]:
    """Keep freed capacity for those who wait, in order; who does not fit is passed over."""
    statement = (
        select(WaitEntry)
        .where(
            WaitEntry.resource_id == resource.id,
            WaitEntry.state == WaitState.WAITING,
            WaitEntry.starts_at > now,
        )
        .order_by(WaitEntry.joined_at, WaitEntry.id)
        .with_for_update(skip_locked=True)
    )
    if slot_id is not None:
        statement = statement.where(WaitEntry.slot_id == slot_id)
    else:
        statement = statement.where(
            WaitEntry.starts_at < _margin(resource, ends_at, 1),
            WaitEntry.ends_at > _margin(resource, starts_at, -1),
            WaitEntry.slot_id.is_(None),
        )
    offered = []
    for entry in session.scalars(statement).all():
        booking = Booking(
            resource_id=resource.id,
            provider_id=resource.organization_id,
            organization_id=entry.organization_id,
            person_id=entry.person_id,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            slot_id=entry.slot_id,
            places=entry.places,
            idempotency_key=f"wait:{entry.id}",
            request_digest="",
            deadline_at=rules.offer_deadline(starts_at=entry.starts_at, now=now),
            is_demo=resource.is_demo,
        )
        try:
            with session.begin_nested():
                holding.place(session, resource, booking, now=now)
        except SlotTaken:
            continue
        entry.state, entry.booking_id = WaitState.OFFERED, booking.id
        records.line(session, booking=booking, event="offer", actor=None, now=now)
        jobs.tell(session, "booking.offered", id=str(booking.id))
        offered.append(booking)
    session.flush()
    return offered


def _margin(resource: Resource, moment: datetime, sign: int) -> datetime:
    """Give the moment up to which a freed time reaches with its neighbors' buffers."""
    minutes = resource.buffer_before_minutes + resource.buffer_after_minutes
    return moment + sign * timedelta(minutes=minutes)
