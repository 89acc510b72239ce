"""Cancelling, calling off, moving, handing over, and ending what ran out of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import Membership, User
from marketplace.bookings import permissions, rules
from marketplace.bookings.models import Booking, BookingState, Resource, ResourceMode, Slot
from marketplace.bookings.queries.resources import get_resource, opening
from marketplace.bookings.rules import TimeRanOut
from marketplace.bookings.services import paying, records, waiting
from marketplace.bookings.services.holding import require_takes_bookings
from marketplace.bookings.services.judging import clear_proposal, move_to, require_reason
from marketplace.bookings.services.locks import guarded, lock_booking, lock_whole
from marketplace.bookings.services.submitting import require_qualified
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Bookings that one sweep ends; the next minute takes the rest.
SWEEP = 500


class FeeChanged(RuleBroken):
    """Leaving costs something else than the page showed; ``fee_minor`` is what it costs now."""

    def __init__(self, fee_minor: int) -> None:
        super().__init__(
            N_("What a cancellation costs has changed since you opened the page. Look again.")
        )
        self.fee_minor = fee_minor


def fee_of(session: Session, booking: Booking, now: datetime) -> int:
    """Say what the user's cancellation costs now (fen).

    An operator that is suspended, itself or with its facility, or that changed its hours under
    the booking gets nothing.
    """
    provider = session.get_one(Organization, booking.provider_id)
    resource = session.get_one(Resource, booking.resource_id)
    facility = session.get_one(Facility, resource.facility_id)
    is_open = provider.is_verified and facility.status is FacilityStatus.PUBLISHED
    return rules.leaving_fee(booking, now) if is_open else 0


def cancel(
    session: Session,
    *,
    actor: Actor,
    booking_id: UUID,
    expected_fee_minor: int,
    now: datetime,
    reason: str = "",
) -> Booking:
    """Cancel for the user's side at the cost that was shown; what was paid beyond it goes back.

    Raises FeeChanged when it costs something else by now.
    """
    with guarded(session):
        paying.lock_payment(session, booking_id)
        booking, resource = lock_whole(session, booking_id, actor=actor)
        require(permissions.may_use(actor, booking))
        if rules.has_run_out(booking, now) and booking.state is not BookingState.AWAITING_PAYMENT:
            raise TimeRanOut
        fee = fee_of(session, booking, now)
        # Judge the step before its price, so that a finished booking says so.
        if not rules.LIFECYCLE.allows(booking.state, "cancel"):
            records.step(booking, "cancel", now=now)
        if fee != expected_fee_minor:
            raise FeeChanged(fee)
        records.step(booking, "cancel", now=now)
        booking.fee_minor, booking.end_reason = fee, reason
        records.note(
            session,
            booking=booking,
            event="cancel",
            topic="booking.cancelled",
            actor=actor,
            now=now,
            text=reason,
            fee_minor=fee,
        )
        paying.settle_up(
            session,
            actor=actor,
            booking=booking,
            kept_minor=fee,
            reason=paying.CANCELLED,
            now=now,
        )
        waiting.release(session, resource, booking, now=now)
    return booking


def call_off(
    session: Session,
    *,
    actor: Actor | None,
    booking_id: UUID,
    reason: str,
    now: datetime,
    offer: bool = True,
) -> Booking:
    """Cancel for the operator (None: the system); everything that was paid goes back.

    The place is offered to who waits unless the operator takes it (``offer``).
    """
    require_reason(reason)
    with guarded(session):
        paying.lock_payment(session, booking_id)
        booking, resource = lock_whole(session, booking_id, actor=actor)
        if actor is not None:
            require(permissions.may_operate(actor, booking.provider_id))
        called_off(session, actor=actor, booking=booking, reason=reason, now=now)
        waiting.release(session, resource, booking, now=now, offer=offer)
    return booking


def called_off(
    session: Session, *, actor: Actor | None, booking: Booking, reason: str, now: datetime
) -> None:
    """Take the step of a locked booking and give the money back; its capacity is the caller's."""
    records.step(booking, "call_off", now=now)
    booking.end_reason = reason
    records.note(
        session,
        booking=booking,
        event="call_off",
        topic="booking.called_off",
        actor=actor,
        now=now,
        text=reason,
    )
    paying.settle_up(
        session,
        actor=actor,
        booking=booking,
        kept_minor=0,
        reason=paying.CANCELLED,
        now=now,
    )


def expire(session: Session, *, booking_id: UUID, now: datetime) -> Booking | None:
    """End one booking whose time ran out; None when it was faster or money is on its way.

    An awaited payment is closed first: what the provider reports as paid is paid.
    """
    with guarded(session):
        if not paying.may_expire(session, booking_id):
            return None
        booking, resource = lock_whole(session, booking_id, actor=None)
        late = now - rules.GRACE if booking.state is BookingState.AWAITING_PAYMENT else now
        if not rules.has_run_out(booking, late):
            return None
        end_expired(session, resource, booking, now=now)
    return booking


def end_expired(session: Session, resource: Resource, booking: Booking, *, now: datetime) -> None:
    """Take the step of a locked booking and give its place back."""
    records.step(booking, "expire", now=now)
    clear_proposal(booking)
    records.note(
        session, booking=booking, event="expire", topic="booking.expired", actor=None, now=now
    )
    waiting.release(session, resource, booking, now=now)


def overdue(session: Session, *, now: datetime, limit: int = SWEEP) -> list[UUID]:
    """Give the bookings whose time ran out, longest first; payments have their grace."""
    return list(
        session.scalars(
            select(Booking.id)
            .where(
                Booking.deadline_at <= now,
                (Booking.state != BookingState.AWAITING_PAYMENT)
                | (Booking.deadline_at <= now - rules.GRACE),
            )
            .order_by(Booking.deadline_at, Booking.id)
            .limit(limit)
        )
    )


def sweep(session: Session, *, now: datetime, limit: int = SWEEP) -> int:
    """End every booking whose time ran out; give how many. One that is locked waits a minute."""
    ended = 0
    for booking_id in overdue(session, now=now, limit=limit):
        try:
            ended += expire(session, booking_id=booking_id, now=now) is not None
        except rules.SlotTaken:
            continue
    return ended


def hand_over(
    session: Session, *, actor: Actor, booking_id: UUID, person_id: UUID, now: datetime
) -> Booking:
    """Let a colleague of the same organization come instead; qualifications are asked again."""
    booking = lock_booking(session, booking_id, actor=actor)
    require(permissions.may_use(actor, booking))
    if booking.state is BookingState.IN_SERVICE or not booking.counts:
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=booking.state.label
        )
    if rules.has_run_out(booking, now):
        raise TimeRanOut
    if person_id not in {user.id for user in colleagues(session, booking, now=now)}:
        raise RuleBroken(N_("Choose a colleague of the same organization."), field="person_id")
    resource = get_resource(session, booking.resource_id, actor=actor)
    booking.person_id = person_id
    require_qualified(session, resource, booking)
    session.flush()
    records.note(
        session,
        booking=booking,
        event="hand_over",
        topic="booking.handed_over",
        actor=actor,
        now=now,
        person=person_id,
    )
    return booking


def colleagues(session: Session, booking: Booking, *, now: datetime) -> list[User]:
    """Give the people of the booking's organization but the one who comes, by name."""
    return list(
        session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .where(
                Membership.organization_id == booking.organization_id,
                Membership.started_at <= now,
                Membership.ended_at.is_(None) | (Membership.ended_at > now),
                User.id != booking.person_id,
                User.suspended_at.is_(None),
                User.closed_at.is_(None),
            )
            .distinct()
            .order_by(User.name, User.id)
        )
    )


def move(
    session: Session,
    *,
    actor: Actor,
    booking_id: UUID,
    slot_id: UUID | None,
    starts_at: datetime | None,
    ends_at: datetime | None,
    now: datetime,
) -> Booking:
    """Move a confirmed booking or a request to another time of the same length and price.

    Only while leaving is free; raises SlotTaken when the new time is gone, the old one is kept.
    A moved request is one that the operator has not seen: it stays a request.
    """
    with guarded(session):
        booking, _ = lock_whole(
            session, booking_id, actor=actor, also_slots=(slot_id,) if slot_id else ()
        )
        require(permissions.may_use(actor, booking))
        if rules.has_run_out(booking, now):
            raise TimeRanOut
        if booking.state not in (BookingState.PENDING_APPROVAL, BookingState.CONFIRMED):
            raise StepNotAllowed(
                N_("This step can't be taken from the state “%(state)s”."),
                state=booking.state.label,
            )
        if not rules.leaves_free(booking, now):
            raise RuleBroken(N_("It is too late to move this booking; it can only be cancelled."))
        resource = get_resource(session, booking.resource_id, actor=actor)
        require_takes_bookings(resource)
        if resource.mode is ResourceMode.SLOTS:
            slot = session.get(Slot, slot_id) if slot_id else None
            if slot is None or slot.resource_id != resource.id:
                raise NotFound
            starts_at, ends_at = slot.starts_at, slot.ends_at
        if starts_at is None or ends_at is None:
            raise RuleBroken(N_("Say from when to when."), field="starts")
        rules.require_window(resource, starts_at=starts_at, ends_at=ends_at, now=now)
        if ends_at - starts_at != booking.ends_at - booking.starts_at:
            raise RuleBroken(N_("Choose a time of the same length; its price is agreed."))
        if resource.mode is ResourceMode.FREE:
            rules.require_length(resource, starts_at=starts_at, ends_at=ends_at)
            hours = opening(session, resource.facility)
            hours.require_open(starts_at, ends_at, overnight=resource.overnight)
        move_to(
            session,
            resource,
            booking,
            slot_id=slot_id,
            starts_at=starts_at,
            ends_at=ends_at,
            now=now,
        )
        require_qualified(session, resource, booking)
        clear_proposal(booking)
        records.note(
            session, booking=booking, event="move", topic="booking.moved", actor=actor, now=now
        )
    return booking
