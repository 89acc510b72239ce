"""Maintenance and blocked times; what stands in the way is explained before it is called off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import joinedload

from marketplace.bookings import lanes, rules
from marketplace.bookings.models import COUNTING, Allocation, AllocationKind, Booking, Slot
from marketplace.bookings.queries.resources import get_own_resource
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import ending, paying, slots, waiting
from marketplace.bookings.services.judging import require_reason
from marketplace.bookings.services.locks import guarded, lock_parents
from marketplace.core import audit
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


class Clash(RuleBroken):
    """Bookings stand in the way; they are named, and called off only when the operator says so."""

    def __init__(self, bookings: Sequence[Booking]) -> None:
        super().__init__(
            N_(
                "%(count)s bookings stand in the way. Choose another time, or call them off: "
                "their users are told and get their money back."
            ),
            count=len(bookings),
        )
        self.bookings = tuple(bookings)


@dataclass(frozen=True, kw_only=True)
class BlockWish:
    """A time that is blocked on one lane, or on all of them (None)."""

    resource_id: UUID
    kind: AllocationKind
    starts_at: datetime
    ends_at: datetime
    note: str
    lane: int | None = None


def block(
    session: Session,
    *,
    actor: Actor,
    wish: BlockWish,
    call_off: bool,
    now: datetime,
) -> list[Allocation]:
    """Block a time. Raises Clash naming the bookings in the way unless they may be called off.

    Published slots in the way are closed with their bookings.
    """
    resource = get_own_resource(session, wish.resource_id, actor=actor)
    _require_sound(wish, units=resource.units, now=now)
    which = range(1, resource.units + 1) if wish.lane is None else (wish.lane,)
    clashing = in_the_way(session, wish)
    if clashing and not call_off:
        raise Clash(clashing)
    if clashing:
        require_reason(wish.note)
    with guarded(session):
        # Payments come before capacity in the one order of locks, and a resource before its slots.
        for booking_id in sorted(one.id for one in clashing):
            paying.lock_payment(session, booking_id)
        closing = _slots_in_the_way(session, wish)
        lock_parents(session, resource_ids=(resource.id,), slot_ids=closing)
        for slot_id in closing:
            slots.close(session, actor=actor, slot_id=slot_id, reason=wish.note, now=now)
        for booking_id in sorted(one.id for one in clashing if one.slot_id is None):
            ending.call_off(
                session, actor=actor, booking_id=booking_id, reason=wish.note, now=now, offer=False
            )
        _require_free(session, wish, which)
        rows = [
            Allocation(
                resource_id=resource.id,
                lane=lane,
                during=Range(wish.starts_at, wish.ends_at, bounds="[)"),
                kind=wish.kind,
                note=wish.note,
                created_by=actor.user_id,
            )
            for lane in which
        ]
        session.add_all(rows)
        session.flush()
    audit.record(
        session,
        actor=actor,
        action="resource.blocked",
        kind="resource",
        object_id=resource.id,
        now=now,
        blocked=wish.kind,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        called_off=[one.id for one in clashing],
    )
    return rows


def _require_sound(wish: BlockWish, *, units: int, now: datetime) -> None:
    if wish.ends_at <= wish.starts_at:
        raise RuleBroken(N_("The end lies before the start."), field="ends")
    if wish.ends_at <= now:
        raise RuleBroken(N_("This time has already begun or is over."), field="starts")
    if wish.ends_at > now + rules.FARTHEST:
        raise RuleBroken(N_("Choose a time within the next two years."), field="ends")
    if wish.lane is not None and not 1 <= wish.lane <= units:
        raise RuleBroken(N_("The resource has no such unit."), field="lane")


def _overlapping(wish: BlockWish) -> list[ColumnElement[bool]]:
    during = Range(wish.starts_at, wish.ends_at, bounds="[)")
    lane = [] if wish.lane is None else [Allocation.lane == wish.lane]
    return [
        Allocation.resource_id == wish.resource_id,
        Allocation.active.is_(True),
        Allocation.during.overlaps(during),
        *lane,
    ]


def in_the_way(session: Session, wish: BlockWish) -> list[Booking]:
    """Give the bookings that a block would meet, their preparation and cleaning included."""
    taking = select(Allocation.booking_id, Allocation.slot_id).where(*_overlapping(wish)).subquery()
    return list(
        session.scalars(
            select(Booking)
            .where(
                Booking.state.in_(COUNTING),
                or_(
                    Booking.id.in_(select(taking.c.booking_id)),
                    and_(
                        Booking.slot_id.is_not(None),
                        Booking.slot_id.in_(select(taking.c.slot_id)),
                    ),
                ),
            )
            .options(joinedload(Booking.organization), joinedload(Booking.person))
            .order_by(Booking.starts_at, Booking.id)
        )
    )


def _slots_in_the_way(session: Session, wish: BlockWish) -> list[UUID]:
    taking = select(Allocation.slot_id).where(*_overlapping(wish))
    return list(
        session.scalars(
            select(Slot.id).where(Slot.id.in_(taking), Slot.closed_at.is_(None)).order_by(Slot.id)
        )
    )


def _require_free(session: Session, wish: BlockWish, which: Sequence[int]) -> None:
    """Refuse when something else holds the time by now: another block, or a booking just made."""
    rows = session.execute(
        select(Allocation.lane, func.lower(Allocation.during), func.upper(Allocation.during)).where(
            *_overlapping(wish)
        )
    )
    spans = [lanes.Span(*row) for row in rows]
    if {span.lane for span in spans} & set(which):
        raise SlotTaken(
            N_("This time is blocked already, or has just been booked. Look at the calendar again.")
        )


def unblock(session: Session, *, actor: Actor, allocation_id: UUID, now: datetime) -> Allocation:
    """Lift a block; who waits for a time in it is served."""
    row = session.get(Allocation, allocation_id)
    if row is None or row.kind in (AllocationKind.BOOKING, AllocationKind.SLOT):
        raise NotFound
    resource = get_own_resource(session, row.resource_id, actor=actor)
    with guarded(session):
        lock_parents(session, resource_ids=(resource.id,))
        row.active = False
        session.flush()
        starts_at, ends_at = row.during.lower, row.during.upper
        if starts_at is not None and ends_at is not None:
            waiting.offer_next(
                session, resource, slot_id=None, starts_at=starts_at, ends_at=ends_at, now=now
            )
    audit.record(
        session,
        actor=actor,
        action="resource.unblocked",
        kind="resource",
        object_id=resource.id,
        now=now,
        block=row.id,
    )
    return row
