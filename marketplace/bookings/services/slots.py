"""Publishing slots, changing their places, closing them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import Range

from marketplace.bookings import lanes, rules
from marketplace.bookings.models import (
    COUNTING,
    Allocation,
    AllocationKind,
    Booking,
    ResourceMode,
    Slot,
)
from marketplace.bookings.queries.resources import get_own_resource, opening
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import ending, waiting
from marketplace.bookings.services.judging import require_reason
from marketplace.bookings.services.locks import guarded, lock_parents
from marketplace.core import audit
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.bookings.times import WeeklyRule
    from marketplace.core.actor import Actor

MOST_PUBLISHED = 200


@dataclass(frozen=True)
class Published:
    """What became of one date of a rule: a slot, or the reason for which there is none."""

    on: date
    slot_id: UUID | None
    reason: str = ""


def publish(
    session: Session,
    *,
    actor: Actor,
    resource_id: UUID,
    rule: WeeklyRule,
    capacity: int,
    price_minor: int | None,
    now: datetime,
) -> list[Published]:
    """Publish a slot on every date of a rule; closed days and taken times are skipped."""
    resource = get_own_resource(session, resource_id, actor=actor)
    if resource.mode is not ResourceMode.SLOTS:
        raise RuleBroken(N_("This resource is booked by free times; it has no slots."))
    rule.require_sound(most=MOST_PUBLISHED)
    require_capacity(capacity)
    hours = opening(session, resource.facility)
    found: list[Published] = []
    with guarded(session):
        lock_parents(session, resource_ids=(resource.id,))
        for on, starts_at, ends_at in rule.dates():
            closed = hours.closed_because(on)
            if closed is not None:
                found.append(Published(on, None, closed))
                continue
            try:
                rules.require_future(starts_at, ends_at, now)
                hours.require_open(starts_at, ends_at, overnight=resource.overnight)
                slot = _put(
                    session,
                    resource,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    capacity=capacity,
                    price_minor=price_minor,
                )
            except SlotTaken:
                found.append(Published(on, None, N_("The time is taken.")))
            except RuleBroken as error:
                found.append(Published(on, None, error.message))
            else:
                found.append(Published(on, slot.id))
    audit.record(
        session,
        actor=actor,
        action="slots.published",
        kind="resource",
        object_id=resource.id,
        now=now,
        rule=rule.to_json(),
        capacity=capacity,
        published=sum(row.slot_id is not None for row in found),
    )
    return found


def require_capacity(capacity: int) -> None:
    """Refuse a number of places that no slot can have."""
    if not 1 <= capacity <= 1000:  # noqa: PLR2004 — as the constraint of the table says
        raise RuleBroken(N_("A slot has between 1 and 1,000 places."), field="capacity")


def _put(
    session: Session,
    resource: Resource,
    *,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    price_minor: int | None,
) -> Slot:
    low, high = lanes.buffered(
        starts_at,
        ends_at,
        before_minutes=resource.buffer_before_minutes,
        after_minutes=resource.buffer_after_minutes,
    )
    busy = session.execute(
        select(Allocation.lane, func.lower(Allocation.during), func.upper(Allocation.during)).where(
            Allocation.resource_id == resource.id,
            Allocation.active,
            Allocation.during.overlaps(Range(low, high, bounds="[)")),
        )
    )
    free = lanes.free_lanes(
        [lanes.Span(*row) for row in busy], units=resource.units, starts_at=low, ends_at=high
    )
    if not free:
        raise SlotTaken
    slot = Slot(
        resource_id=resource.id,
        starts_at=starts_at,
        ends_at=ends_at,
        capacity=capacity,
        price_minor=price_minor,
    )
    session.add(slot)
    session.flush()
    session.add(
        Allocation(
            resource_id=resource.id,
            lane=free[0],
            during=Range(low, high, bounds="[)"),
            kind=AllocationKind.SLOT,
            slot_id=slot.id,
        )
    )
    session.flush()
    return slot


def get_own_slot(session: Session, slot_id: UUID, *, actor: Actor) -> tuple[Slot, Resource]:
    """Give a slot of a resource that the actor runs."""
    slot = session.get(Slot, slot_id)
    if slot is None:
        raise NotFound
    return slot, get_own_resource(session, slot.resource_id, actor=actor)


def change_capacity(
    session: Session, *, actor: Actor, slot_id: UUID, capacity: int, now: datetime
) -> Slot:
    """Change a slot's places; never below those that are booked. More places serve who waits."""
    require_capacity(capacity)
    slot, resource = get_own_slot(session, slot_id, actor=actor)
    with guarded(session):
        slot = lock_parents(session, slot_ids=(slot_id,))[slot_id]
        if capacity < slot.taken:
            raise RuleBroken(
                N_(
                    "%(taken)s places are booked, so the slot keeps at least as many. Call off "
                    "bookings first; their users are told and get their money back."
                ),
                field="capacity",
                taken=slot.taken,
            )
        before, slot.capacity = slot.capacity, capacity
        session.flush()
        if capacity > before:
            waiting.offer_next(
                session,
                resource,
                slot_id=slot.id,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                now=now,
            )
            session.expire(slot)
    audit.record(
        session,
        actor=actor,
        action="slot.changed",
        kind="slot",
        object_id=slot.id,
        now=now,
        before=before,
        capacity=capacity,
    )
    return slot


def bookings_of(session: Session, slot_id: UUID) -> list[Booking]:
    """Give the bookings that take places of a slot, earliest request first."""
    return list(
        session.scalars(
            select(Booking)
            .where(Booking.slot_id == slot_id, Booking.state.in_(COUNTING))
            .order_by(Booking.created_at, Booking.id)
        )
    )


def close(
    session: Session, *, actor: Actor, slot_id: UUID, reason: str, now: datetime
) -> list[Booking]:
    """Take a slot off the calendar; its bookings are called off with the reason."""
    slot, _resource = get_own_slot(session, slot_id, actor=actor)
    taking = bookings_of(session, slot_id)
    if taking:
        require_reason(reason)
    ids = [booking.id for booking in taking]
    # Closed first, so that nobody is offered the places that become free.
    with guarded(session):
        lock_parents(session, slot_ids=(slot_id,))
        if slot.closed_at is None:
            slot.closed_at = now
        session.execute(
            update(Allocation)
            .where(Allocation.slot_id == slot_id, Allocation.active)
            .values(active=False)
            .execution_options(synchronize_session=False)
        )
        session.flush()
    called = [
        ending.call_off(session, actor=actor, booking_id=one, reason=reason, now=now) for one in ids
    ]
    audit.record(
        session,
        actor=actor,
        action="slot.closed",
        kind="slot",
        object_id=slot_id,
        now=now,
        called_off=ids,
    )
    return called
