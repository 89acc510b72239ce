"""The operator's decision on a request, and another time that is proposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import Booking, ResourceMode, Slot
from marketplace.bookings.queries.resources import get_resource, opening
from marketplace.bookings.rules import TimeRanOut
from marketplace.bookings.services import capacity, paying, records, waiting
from marketplace.bookings.services.holding import require_takes_bookings
from marketplace.bookings.services.locks import guarded, lock_booking, lock_whole
from marketplace.bookings.services.submitting import require_qualified
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.core.actor import Actor

REASON_LIMIT = 1000


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """Another time for a request: a slot, or a time of one's own, with a word about it."""

    slot_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""


def approve(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Approve a request at the price that was agreed; payment is asked for, if there is any."""
    booking = _to_judge(session, booking_id, actor=actor, now=now)
    resource = get_resource(session, booking.resource_id, actor=actor)
    require_takes_bookings(resource)
    rules.require_future(booking.starts_at, booking.ends_at, now)
    require_qualified(session, resource, booking)
    _approved(session, actor=actor, booking=booking, resource=resource, event="approve", now=now)
    return booking


def _to_judge(session: Session, booking_id: UUID, *, actor: Actor, now: datetime) -> Booking:
    booking = lock_booking(session, booking_id, actor=actor)
    require(permissions.may_operate(actor, booking.provider_id))
    if rules.has_run_out(booking, now):
        raise TimeRanOut
    return booking


def _approved(
    session: Session,
    *,
    actor: Actor,
    booking: Booking,
    resource: Resource,
    event: str,
    now: datetime,
) -> None:
    records.step(booking, event, now=now, deadline_at=rules.payment_deadline(resource, now=now))
    booking.approved_at, booking.approved_by = now, actor.user_id
    records.note(
        session, booking=booking, event=event, topic="booking.approved", actor=actor, now=now
    )
    paying.ask_for_payment(session, actor=actor, booking=booking, resource=resource, now=now)


def reject(
    session: Session, *, actor: Actor, booking_id: UUID, reason: str, now: datetime
) -> Booking:
    """Decline a request with a reason; its place goes to who waits."""
    require_reason(reason)
    with guarded(session):
        booking, resource = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_operate(actor, booking.provider_id))
        if rules.has_run_out(booking, now):
            raise TimeRanOut
        records.step(booking, "reject", now=now)
        booking.end_reason = reason
        records.note(
            session,
            booking=booking,
            event="reject",
            topic="booking.rejected",
            actor=actor,
            now=now,
            text=reason,
        )
        waiting.release(session, resource, booking, now=now)
    return booking


def require_reason(reason: str) -> None:
    """Refuse to end somebody's booking without saying why."""
    if not reason:
        raise RuleBroken(N_("Give a reason; the user reads it."), field="reason")
    if len(reason) > REASON_LIMIT:
        raise RuleBroken(
            N_("The text has more than %(count)s characters."), field="reason", count=REASON_LIMIT
        )


def propose(
    session: Session, *, actor: Actor, booking_id: UUID, proposal: Proposal, now: datetime
) -> Booking:
    """Propose another time; the request keeps its own until the user answers."""
    booking = _to_judge(session, booking_id, actor=actor, now=now)
    resource = get_resource(session, booking.resource_id, actor=actor)
    records.step(booking, "propose", now=now)
    put_proposal(session, resource, booking, proposal=proposal, actor=actor, now=now)
    return booking


def put_proposal(
    session: Session,
    resource: Resource,
    booking: Booking,
    *,
    proposal: Proposal,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep another time beside a locked booking, and tell its user."""
    if resource.mode is ResourceMode.SLOTS:
        slot = session.get(Slot, proposal.slot_id) if proposal.slot_id else None
        if slot is None or slot.resource_id != resource.id or slot.closed_at:
            raise RuleBroken(N_("Choose one of the published slots."), field="slot_id")
        starts_at, ends_at = slot.starts_at, slot.ends_at
    elif proposal.starts_at is None or proposal.ends_at is None:
        raise RuleBroken(N_("Say from when to when."), field="starts")
    else:
        starts_at, ends_at = proposal.starts_at, proposal.ends_at
        rules.require_length(resource, starts_at=starts_at, ends_at=ends_at)
        hours = opening(session, resource.facility)
        hours.require_open(starts_at, ends_at, overnight=resource.overnight)
    rules.require_future(starts_at, ends_at, now)
    if ends_at - starts_at != booking.ends_at - booking.starts_at:
        # Another length would be another price than the one that was agreed.
        raise RuleBroken(N_("Propose a time of the same length; its price is agreed."))
    booking.proposed_slot_id = proposal.slot_id
    booking.proposed_starts_at, booking.proposed_ends_at = starts_at, ends_at
    booking.proposal_note = proposal.note
    records.note(
        session,
        booking=booking,
        event="propose",
        topic="booking.proposed",
        actor=actor,
        now=now,
        text=proposal.note,
    )


def accept_proposal(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Move to the proposed time, which counts as approved. Raises SlotTaken when it is gone."""
    with guarded(session):
        booking, _ = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_use(actor, booking))
        if rules.has_run_out(booking, now):
            raise TimeRanOut
        if booking.proposed_starts_at is None or booking.proposed_ends_at is None:
            raise RuleBroken(N_("No other time is proposed."))
        resource = get_resource(session, booking.resource_id, actor=actor)
        require_takes_bookings(resource)
        rules.require_future(booking.proposed_starts_at, booking.proposed_ends_at, now)
        move_to(
            session,
            resource,
            booking,
            slot_id=booking.proposed_slot_id,
            starts_at=booking.proposed_starts_at,
            ends_at=booking.proposed_ends_at,
            now=now,
        )
        require_qualified(session, resource, booking)
        clear_proposal(booking)
        _approved(
            session,
            actor=actor,
            booking=booking,
            resource=resource,
            event="accept_proposal",
            now=now,
        )
    return booking


def move_to(
    session: Session,
    resource: Resource,
    booking: Booking,
    *,
    slot_id: UUID | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> None:
    """Move a locked booking to another time; the parents of both times are locked.

    The old time is given back first, so that a booking may move by less than its own length.
    """
    old = (booking.slot_id, booking.starts_at, booking.ends_at)
    capacity.give_back(session, booking)
    booking.slot_id, booking.starts_at, booking.ends_at = slot_id, starts_at, ends_at
    # What was said of the old time does not hold for the new one.
    booking.early_from = booking.outside_since = None
    session.flush()
    capacity.take(session, resource, booking, now=now)
    session.flush()
    waiting.offer_next(session, resource, slot_id=old[0], starts_at=old[1], ends_at=old[2], now=now)


def clear_proposal(booking: Booking) -> None:
    """Forget a proposed time."""
    booking.proposed_slot_id = None
    booking.proposed_starts_at = booking.proposed_ends_at = None
    booking.proposal_note = ""


def decline_proposal(session: Session, *, actor: Actor, booking_id: UUID, now: datetime) -> Booking:
    """Keep the time that was asked for; the operator decides on it."""
    booking = lock_booking(session, booking_id, actor=actor)
    require(permissions.may_use(actor, booking))
    if rules.has_run_out(booking, now):
        raise TimeRanOut
    if booking.proposed_starts_at is None:
        raise NotFound
    records.step(booking, "decline_proposal", now=now)
    clear_proposal(booking)
    records.note(
        session,
        booking=booking,
        event="decline_proposal",
        topic="booking.proposal_declined",
        actor=actor,
        now=now,
    )
    return booking
