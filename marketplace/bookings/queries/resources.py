"""Resources with their facility, hours, slots and taken time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import contains_eager, joinedload, load_only, selectinload

from marketplace.bookings import permissions
from marketplace.bookings.lanes import Span
from marketplace.bookings.models import (
    LOOSE,
    Allocation,
    AllocationKind,
    Booking,
    Resource,
    ResourceStatus,
    Slot,
)
from marketplace.bookings.times import Opening, opening_of
from marketplace.codes.holidays import load_table
from marketplace.core.errors import NotFound
from marketplace.facilities.models import Facility
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def get_resource(session: Session, resource_id: UUID, *, actor: Actor) -> Resource:
    """Give a resource that the actor may look at, with prices, facility and operator."""
    found = session.scalar(
        select(Resource)
        .join(Resource.facility)
        .join(Facility.organization)
        .where(Resource.id == resource_id, permissions.resources_visible_to(actor))
        .options(
            contains_eager(Resource.facility).contains_eager(Facility.organization),
            selectinload(Resource.prices),
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def get_bookable(session: Session, resource_id: UUID, *, actor: Actor) -> Resource:
    """Give a resource that the actor may look at with what booking asks, and nothing more.

    Bookings of the last free place come in crowds; every column less is read by all of them.
    """
    found = session.scalar(
        select(Resource)
        .join(Resource.facility)
        .join(Facility.organization)
        .where(Resource.id == resource_id, permissions.resources_visible_to(actor))
        .options(
            contains_eager(Resource.facility).options(
                load_only(
                    Facility.status,
                    Facility.hours,
                    Facility.closures,
                    Facility.follows_holidays,
                ),
                contains_eager(Facility.organization).load_only(Organization.status),
            )
        )
    )
    if found is None:
        raise NotFound
    return found


def get_own_resource(session: Session, resource_id: UUID, *, actor: Actor) -> Resource:
    """Give a resource that the actor runs; others' are not found."""
    found = get_resource(session, resource_id, actor=actor)
    if not permissions.may_operate(actor, found.organization_id):
        raise NotFound
    return found


def get_own_facility(session: Session, facility_id: UUID, *, actor: Actor) -> Facility:
    """Give a facility whose bookings the actor runs."""
    found = session.scalar(
        select(Facility)
        .where(
            Facility.id == facility_id,
            Facility.organization_id.in_(permissions.operated_by(actor)),
        )
        .options(joinedload(Facility.organization))
    )
    if found is None:
        raise NotFound
    return found


def list_own_facilities(session: Session, *, actor: Actor) -> Sequence[Facility]:
    """Give the facilities whose bookings the actor runs, by name."""
    return session.scalars(
        select(Facility)
        .where(Facility.organization_id.in_(permissions.operated_by(actor)))
        .order_by(Facility.name, Facility.id)
    ).all()


def list_resources(
    session: Session, facility_id: UUID, *, actor: Actor, retired: bool = False
) -> Sequence[Resource]:
    """Give a facility's resources that the actor may look at, by name."""
    statement = (
        select(Resource)
        .where(Resource.facility_id == facility_id, permissions.resources_visible_to(actor))
        .options(selectinload(Resource.prices))
        .order_by(Resource.name, Resource.id)
    )
    if not retired:
        statement = statement.where(Resource.status != ResourceStatus.RETIRED)
    return session.scalars(statement).all()


def opening(session: Session, facility: Facility) -> Opening:
    """Give a facility's opening hours with the holidays of the calendar."""
    return opening_of(facility, load_table(session))


def spans_between(
    session: Session, resource_ids: Collection[UUID], *, since: datetime, until: datetime
) -> dict[UUID, list[Allocation]]:
    """Give the active allocations that overlap a time, by resource, earliest first."""
    rows = session.scalars(
        select(Allocation)
        .where(
            Allocation.resource_id.in_(resource_ids),
            Allocation.active,
            Allocation.during.overlaps(Range(since, until, bounds="[)")),
        )
        .order_by(func.lower(Allocation.during), Allocation.lane)
    )
    found: dict[UUID, list[Allocation]] = defaultdict(list)
    for row in rows:
        found[row.resource_id].append(row)
    return found


def taken_spans(
    session: Session, resource_id: UUID, *, since: datetime, until: datetime, now: datetime
) -> list[Span]:
    """Give the taken lanes of a resource; holds and requests that ran out do not count."""
    low, high = func.lower(Allocation.during), func.upper(Allocation.during)
    rows = session.execute(
        select(Allocation.lane, low, high, Booking.state, Booking.deadline_at)
        .outerjoin(Booking, Booking.id == Allocation.booking_id)
        .where(
            Allocation.resource_id == resource_id,
            Allocation.active,
            Allocation.during.overlaps(Range(since, until, bounds="[)")),
        )
    )
    return [
        Span(lane, starts_at, ends_at)
        for lane, starts_at, ends_at, state, deadline in rows
        if not (state in LOOSE and deadline is not None and deadline <= now)
    ]


def slots_between(
    session: Session, resource_ids: Collection[UUID], *, since: datetime, until: datetime
) -> Sequence[Slot]:
    """Give the slots that begin within a time, earliest first; closed ones, too."""
    return session.scalars(
        select(Slot)
        .where(Slot.resource_id.in_(resource_ids), Slot.starts_at >= since, Slot.starts_at < until)
        .order_by(Slot.starts_at, Slot.id)
    ).all()


def loose_places(session: Session, slot_ids: Collection[UUID], *, now: datetime) -> dict[UUID, int]:
    """Count, by slot, the places of holds and requests that ran out but are not yet given back."""
    rows = session.execute(
        select(Booking.slot_id, func.sum(Booking.places))
        .where(
            Booking.slot_id.in_(slot_ids),
            Booking.state.in_(LOOSE),
            Booking.deadline_at <= now,
        )
        .group_by(Booking.slot_id)
    )
    return {slot_id: int(places) for slot_id, places in rows if slot_id is not None}


def blocks_of(
    session: Session, resource_ids: Collection[UUID], *, since: datetime
) -> Sequence[Allocation]:
    """Give maintenance and blocked times that end after a moment, earliest first."""
    return session.scalars(
        select(Allocation)
        .where(
            Allocation.resource_id.in_(resource_ids),
            Allocation.active,
            Allocation.kind.in_((AllocationKind.MAINTENANCE, AllocationKind.BLACKOUT)),
            func.upper(Allocation.during) > since,
        )
        .order_by(func.lower(Allocation.during), Allocation.lane)
    ).all()
