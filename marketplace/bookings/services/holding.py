"""Keeping a time for the person who fills in the form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import COUNTING, Booking, ResourceMode, Slot
from marketplace.bookings.queries import free
from marketplace.bookings.queries.resources import get_bookable, opening
from marketplace.bookings.rules import KeyReused, SlotTaken
from marketplace.bookings.services import capacity, records
from marketplace.bookings.services.locks import guarded, lock_for
from marketplace.bookings.times import DAY, at, day_of
from marketplace.core import failpoints
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.bookings.times import Opening
    from marketplace.core.actor import Actor

MOST_PLACES, MOST_SAMPLES = 1000, 100_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to book: a slot, or a time of their own."""

    resource_id: UUID
    organization_id: UUID
    slot_id: UUID | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    places: int = 1
    samples: int | None = None
    listing_id: UUID | None = None

    @property
    def digest(self) -> str:
        """Tell this wish from others that carry the same key."""
        values = [
            str(self.resource_id),
            str(self.organization_id),
            str(self.slot_id or ""),
            self.starts_at.isoformat() if self.starts_at and not self.slot_id else "",
            self.ends_at.isoformat() if self.ends_at and not self.slot_id else "",
            self.places,
            self.samples,
            str(self.listing_id or ""),
        ]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def hold(session: Session, *, actor: Actor, wish: Wish, key: str, now: datetime) -> Booking:
    """Keep the wanted time for 15 minutes; the same key gives the same booking again.

    Raises SlotTaken with the nearest alternatives, KeyReused when the key came with another wish,
    other RuleBroken for a time that is not offered.
    """
    resource = get_bookable(session, wish.resource_id, actor=actor)
    require(permissions.may_book_for(actor, resource, wish.organization_id))
    # A published slot lies where its operator put it; hours judge times of one's own.
    by_slot = resource.mode is ResourceMode.SLOTS
    hours = None if by_slot else opening(session, resource.facility)
    try:
        return take_wish(
            session, actor=actor, resource=resource, hours=hours, wish=wish, key=key, now=now
        )
    except SlotTaken as lost:
        again = _same_key(session, actor, key)
        if again is not None:
            return _replayed(again, wish)
        if wish.starts_at is None or wish.ends_at is None:
            starts_at, ends_at = _times_of(session, wish)
        else:
            starts_at, ends_at = wish.starts_at, wish.ends_at
        near = free.alternatives(
            session,
            resource,
            hours or opening(session, resource.facility),
            starts_at=starts_at,
            ends_at=ends_at,
            now=now,
            places=wish.places,
        )
        raise SlotTaken(lost.message, alternatives=near) from lost


def take_wish(
    session: Session,
    *,
    actor: Actor,
    resource: Resource,
    hours: Opening | None,
    wish: Wish,
    key: str,
    now: datetime,
) -> Booking:
    """Do what ``hold`` does for a loaded resource; SlotTaken comes without alternatives."""
    if not key or len(key) > rules.KEY_LIMIT:
        raise RuleBroken(N_("The form was sent without its key. Reload the page and try again."))
    require_numbers(wish)
    try:
        with guarded(session):
            slots = lock_for(session, resource, (wish.slot_id,) if wish.slot_id else ())
            failpoints.reach("after_lock")
            again = _same_key(session, actor, key)
            if again is not None:
                return _replayed(again, wish)
            starts_at, ends_at = _offered(resource, hours, wish, slots, now)
            _require_cap(session, resource, wish.organization_id, starts_at)
            booking = Booking(
                resource_id=resource.id,
                provider_id=resource.organization_id,
                organization_id=wish.organization_id,
                person_id=records.person_of(actor),
                starts_at=starts_at,
                ends_at=ends_at,
                slot_id=wish.slot_id,
                places=wish.places,
                samples=wish.samples,
                listing_id=wish.listing_id,
                idempotency_key=key,
                request_digest=wish.digest,
                deadline_at=min(now + rules.HOLD, starts_at),
                is_demo=resource.is_demo,
            )
            place(session, resource, booking, now=now)
            records.line(session, booking=booking, event="hold", actor=actor, now=now)
            return booking
    except IntegrityError:
        # Two equal forms at once: the other one's booking is this one's, too.
        again = _same_key(session, actor, key)
        if again is None:
            raise
        return _replayed(again, wish)


def place(session: Session, resource: Resource, booking: Booking, *, now: datetime) -> None:
    """Take a new booking's capacity and insert it, in the order that its mode allows."""
    if resource.mode is ResourceMode.SLOTS:
        capacity.take(session, resource, booking, now=now)
        session.add(booking)
        session.flush()
    else:
        session.add(booking)
        session.flush()
        capacity.take(session, resource, booking, now=now)


def require_numbers(wish: Wish) -> None:
    """Refuse numbers of places and samples that nobody can mean."""
    require_numbers_of(wish.places, wish.samples)


def require_numbers_of(places: int, samples: int | None) -> None:
    """Refuse numbers that nobody can mean."""
    if not 1 <= places <= MOST_PLACES:
        raise RuleBroken(
            N_("Choose between 1 and %(most)s places."), field="places", most=MOST_PLACES
        )
    if samples is not None and not 1 <= samples <= MOST_SAMPLES:
        raise RuleBroken(
            N_("Choose between 1 and %(most)s samples."), field="samples", most=MOST_SAMPLES
        )


def require_takes_bookings(resource: Resource) -> None:
    """Refuse a resource that is paused, or whose facility is not published."""
    if not resource.is_open or resource.facility.status is not FacilityStatus.PUBLISHED:
        raise RuleBroken(N_("This resource takes no bookings at the moment."))
    if not resource.facility.organization.is_verified:
        raise RuleBroken(
            N_("The operator can't take bookings at the moment: its verification is suspended.")
        )


def _offered(
    resource: Resource, hours: Opening | None, wish: Wish, slots: dict[UUID, Slot], now: datetime
) -> tuple[datetime, datetime]:
    """Give the times of the wish if the resource offers them."""
    require_takes_bookings(resource)
    if resource.mode is ResourceMode.SLOTS:
        slot = slots.get(wish.slot_id) if wish.slot_id else None
        if slot is None or slot.resource_id != resource.id:
            raise NotFound
        rules.require_window(resource, starts_at=slot.starts_at, ends_at=slot.ends_at, now=now)
        return slot.starts_at, slot.ends_at
    if wish.starts_at is None or wish.ends_at is None:
        raise RuleBroken(N_("Say from when to when."), field="starts")
    rules.require_window(resource, starts_at=wish.starts_at, ends_at=wish.ends_at, now=now)
    rules.require_length(resource, starts_at=wish.starts_at, ends_at=wish.ends_at)
    if hours is not None:
        hours.require_open(wish.starts_at, wish.ends_at, overnight=resource.overnight)
    return wish.starts_at, wish.ends_at


def _require_cap(
    session: Session, resource: Resource, organization_id: UUID, starts_at: datetime
) -> None:
    """Refuse one more booking of a day than the cap allows; the resource is locked."""
    if resource.daily_cap is None:
        return
    midnight = at(day_of(starts_at), 0)
    count = session.scalar(
        select(func.count()).where(
            Booking.resource_id == resource.id,
            Booking.organization_id == organization_id,
            Booking.state.in_(COUNTING),
            Booking.starts_at >= midnight,
            Booking.starts_at < midnight + DAY,
        )
    )
    if (count or 0) >= resource.daily_cap:
        raise RuleBroken(
            N_("Your organization has %(count)s bookings on this day already; no more are taken."),
            count=resource.daily_cap,
        )


def _same_key(session: Session, actor: Actor, key: str) -> Booking | None:
    found = session.scalar(
        select(Booking.id).where(Booking.person_id == actor.user_id, Booking.idempotency_key == key)
    )
    return None if found is None else session.get_one(Booking, found)


def _replayed(booking: Booking, wish: Wish) -> Booking:
    if booking.request_digest != wish.digest:
        raise KeyReused
    return booking


def _times_of(session: Session, wish: Wish) -> tuple[datetime, datetime]:
    from_slot = session.get(Slot, wish.slot_id) if wish.slot_id else None
    if from_slot is None:
        raise NotFound
    return from_slot.starts_at, from_slot.ends_at
