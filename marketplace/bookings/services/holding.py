"""Keeping a time for the person who fills in the form."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import COUNTING, Booking, ResourceMode, ResourceStatus
from marketplace.bookings.queries import free, offers
from marketplace.bookings.queries.resources import get_bookable, opening
from marketplace.bookings.rules import KeyReused, SlotTaken
from marketplace.bookings.services import capacity, keeping, records
from marketplace.bookings.services.locks import guarded, lock_for
from marketplace.bookings.times import DAY, at, day_of
from marketplace.core import failpoints
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityStatus
from marketplace.organizations.models import OrganizationStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource, Slot
    from marketplace.bookings.queries.offers import Offer
    from marketplace.bookings.rules import Alternative
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
    require_form(wish, key)
    offer = _offer(session, actor, wish, key, now)
    if offer.known_id is not None:
        return _replayed(session.get_one(Booking, offer.known_id), wish)
    try:
        if offer.mode is ResourceMode.SLOTS and offer.daily_cap is None:
            return _hold_place(session, actor=actor, offer=offer, wish=wish, key=key, now=now)
        return _hold_locked(session, actor=actor, wish=wish, key=key, now=now)
    except SlotTaken as lost:
        # What said that the slot is full would have known of a booking of the same form.
        was_full = offer.has_slot and offer.free < wish.places
        again = None if was_full else _same_key(session, actor, key)
        if again is not None:
            return _replayed(again, wish)
        raise SlotTaken(
            lost.message,
            full=offer if wish.slot_id and (offer.free <= 0 or wish.places == 1) else None,
            alternatives=_near(session, actor, offer, wish, now),
        ) from lost


def _offer(session: Session, actor: Actor, wish: Wish, key: str, now: datetime) -> Offer:
    """Give what is wished of, if the actor may know of it and book it for the organization."""
    found = offers.find_offer(
        session,
        resource_id=wish.resource_id,
        slot_id=wish.slot_id,
        places=wish.places,
        person_id=actor.user_id,
        key=key,
        now=now,
    )
    if found is None or not permissions.may_see_resource(
        actor,
        found.organization_id,
        status=found.status,
        facility=found.facility_status,
        operator=found.operator_status,
    ):
        raise NotFound
    require(permissions.may_book_for(actor, found, wish.organization_id))
    if wish.slot_id is not None and not found.has_slot:
        raise NotFound
    return found


def _hold_place(
    session: Session, *, actor: Actor, offer: Offer, wish: Wish, key: str, now: datetime
) -> Booking:
    """Keep places of a slot that nothing but its own lock guards.

    Who comes to a full slot leaves before waiting for the lock; where a hold ran out or a place
    was lost in between, the longer way decides behind the lock.
    """
    rules.require_takes_bookings(
        is_open=offer.status is ResourceStatus.OPEN,
        is_published=offer.facility_status is FacilityStatus.PUBLISHED,
        is_verified=offer.operator_status is OrganizationStatus.VERIFIED,
    )
    if offer.slot_id is None:
        raise NotFound
    rules.require_window(offer, starts_at=offer.starts_at, ends_at=offer.ends_at, now=now)
    if offer.free < wish.places:
        raise SlotTaken
    if offer.loose == 0:
        booking = _new(
            wish,
            actor=actor,
            provider_id=offer.organization_id,
            starts_at=offer.starts_at,
            ends_at=offer.ends_at,
            key=key,
            is_demo=offer.is_demo,
            now=now,
        )
        try:
            if keeping.keep(session, booking, now=now):
                failpoints.reach("after_lock")
                return booking
        except IntegrityError:
            again = _same_key(session, actor, key)
            if again is None:
                raise
            return _replayed(again, wish)
    return _hold_locked(session, actor=actor, wish=wish, key=key, now=now)


def _hold_locked(session: Session, *, actor: Actor, wish: Wish, key: str, now: datetime) -> Booking:
    """Keep a time behind the lock of its parent, whatever has to be looked at there."""
    resource = get_bookable(session, wish.resource_id, actor=actor)
    # A published slot lies where its operator put it; hours judge times of one's own.
    by_slot = resource.mode is ResourceMode.SLOTS
    hours = None if by_slot else opening(session, resource.facility)
    return take_wish(
        session, actor=actor, resource=resource, hours=hours, wish=wish, key=key, now=now
    )


def _near(
    session: Session, actor: Actor, offer: Offer, wish: Wish, now: datetime
) -> list[Alternative]:
    """Give the free times nearest to a wish that was lost."""
    if offer.mode is ResourceMode.SLOTS:
        return free.near_slots(session, offer, to=offer.starts_at, now=now, places=wish.places)
    if wish.starts_at is None or wish.ends_at is None:
        raise NotFound
    resource = get_bookable(session, wish.resource_id, actor=actor)
    return free.near_times(
        session,
        resource,
        opening(session, resource.facility),
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        now=now,
    )


def _new(
    wish: Wish,
    *,
    actor: Actor,
    provider_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    key: str,
    is_demo: bool,
    now: datetime,
) -> Booking:
    """Make the booking that keeps a time for a quarter of an hour, or until it begins."""
    return Booking(
        resource_id=wish.resource_id,
        provider_id=provider_id,
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
        is_demo=is_demo,
    )


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
    require_form(wish, key)
    try:
        with guarded(session):
            slots = lock_for(session, resource, (wish.slot_id,) if wish.slot_id else ())
            failpoints.reach("after_lock")
            again = _same_key(session, actor, key)
            if again is not None:
                return _replayed(again, wish)
            starts_at, ends_at = _offered(resource, hours, wish, slots, now)
            _require_cap(session, resource, wish.organization_id, starts_at)
            booking = _new(
                wish,
                actor=actor,
                provider_id=resource.organization_id,
                starts_at=starts_at,
                ends_at=ends_at,
                key=key,
                is_demo=resource.is_demo,
                now=now,
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


def require_form(wish: Wish, key: str) -> None:
    """Refuse a form without its key, or with numbers that nobody can mean."""
    if not key or len(key) > rules.KEY_LIMIT:
        raise RuleBroken(N_("The form was sent without its key. Reload the page and try again."))
    require_numbers(wish)


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
    """Refuse a loaded resource that is paused, or whose facility or operator may take none."""
    rules.require_takes_bookings(
        is_open=resource.is_open,
        is_published=resource.facility.status is FacilityStatus.PUBLISHED,
        is_verified=resource.facility.organization.is_verified,
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
