"""Bookings of both sides, their history, series and places in the wait list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import User
from marketplace.bookings import permissions
from marketplace.bookings.models import (
    COUNTING,
    Booking,
    BookingEvent,
    BookingSeries,
    BookingState,
    CalendarFeed,
    MemberRate,
    Qualification,
    QualificationState,
    Resource,
    WaitEntry,
    WaitState,
)
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.facilities.models import Facility

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Everything that a line about a booking shows.
SHOWN = (
    joinedload(Booking.resource).joinedload(Resource.facility).joinedload(Facility.organization),
    joinedload(Booking.organization),
    joinedload(Booking.person),
)


def get_booking(session: Session, booking_id: UUID, *, actor: Actor) -> Booking:
    """Give a booking that the actor may know of, with resource, facility and people."""
    found = session.scalar(
        select(Booking)
        .where(Booking.id == booking_id, permissions.visible_to(actor))
        .options(*SHOWN)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


def find_booking(session: Session, booking_id: UUID) -> Booking | None:
    """Give a booking for the system: files and payments judge who may see it."""
    return session.get(Booking, booking_id)


def _on_users_side(actor: Actor) -> ColumnElement[bool]:
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return or_(
        and_(
            Booking.person_id == actor.user_id,
            Booking.organization_id.in_(actor.organization_ids),
        ),
        Booking.organization_id.in_(writes),
    )


def list_mine(
    session: Session, *, actor: Actor, tab: str, now: datetime, page: int = 1
) -> Page[Booking]:
    """Give the bookings of the actor's side: those ahead (earliest first), or those that ended."""
    ahead = and_(Booking.state.in_(COUNTING), Booking.ends_at > now)
    statement = (
        select(Booking).where(permissions.visible_to(actor), _on_users_side(actor)).options(*SHOWN)
    )
    if tab == "past":
        statement = statement.where(~ahead).order_by(Booking.starts_at.desc(), Booking.id)
    else:
        statement = statement.where(ahead).order_by(Booking.starts_at, Booking.id)
    return page_of(session, statement, number=page)


def mine_between(
    session: Session, *, actor: Actor, since: datetime, until: datetime
) -> Sequence[Booking]:
    """Give the counting and finished bookings of the actor's side that overlap a time."""
    return session.scalars(
        select(Booking)
        .where(
            _on_users_side(actor),
            Booking.starts_at < until,
            Booking.ends_at > since,
            or_(Booking.state.in_(COUNTING), Booking.state == BookingState.COMPLETED),
        )
        .options(*SHOWN)
        .order_by(Booking.starts_at, Booking.id)
    ).all()


def events_of(session: Session, booking_id: UUID) -> Sequence[BookingEvent]:
    """Give a booking's history, oldest first."""
    return session.scalars(
        select(BookingEvent)
        .where(BookingEvent.booking_id == booking_id)
        .order_by(BookingEvent.number)
    ).all()


def names_of(session: Session, ids: Collection[UUID | None]) -> dict[UUID, str]:
    """Give people's names."""
    wanted = {one for one in ids if one is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def get_series(session: Session, series_id: UUID, *, actor: Actor) -> BookingSeries:
    """Give a series that the actor made or whose organization the actor writes for."""
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    found = session.scalar(
        select(BookingSeries)
        .where(
            BookingSeries.id == series_id,
            or_(
                and_(
                    BookingSeries.person_id == actor.user_id,
                    BookingSeries.organization_id.in_(actor.organization_ids),
                ),
                BookingSeries.organization_id.in_(writes),
            ),
        )
        .options(joinedload(BookingSeries.resource))
    )
    if found is None:
        raise NotFound
    return found


def bookings_of_series(session: Session, series_id: UUID) -> dict[str, Booking]:
    """Give the bookings of a series by their id's text."""
    rows = session.scalars(select(Booking).where(Booking.series_id == series_id))
    return {str(row.id): row for row in rows}


def my_waits(session: Session, *, actor: Actor, now: datetime) -> Sequence[WaitEntry]:
    """Give the actor's places in wait lists for times to come."""
    return session.scalars(
        select(WaitEntry)
        .where(
            WaitEntry.person_id == actor.user_id,
            WaitEntry.state.in_((WaitState.WAITING, WaitState.OFFERED)),
            WaitEntry.starts_at > now,
        )
        .options(joinedload(WaitEntry.resource))
        .order_by(WaitEntry.starts_at, WaitEntry.joined_at)
    ).all()


def waits_of(
    session: Session, resource_ids: Collection[UUID], *, now: datetime
) -> Sequence[WaitEntry]:
    """Give who waits for times to come of some resources, in the order of being served."""
    return session.scalars(
        select(WaitEntry)
        .where(
            WaitEntry.resource_id.in_(resource_ids),
            WaitEntry.state.in_((WaitState.WAITING, WaitState.OFFERED)),
            WaitEntry.starts_at > now,
        )
        .options(joinedload(WaitEntry.organization), joinedload(WaitEntry.resource))
        .order_by(WaitEntry.starts_at, WaitEntry.joined_at, WaitEntry.id)
    ).all()


def list_requests(
    session: Session, *, provider_ids: Collection[UUID], now: datetime
) -> Sequence[Booking]:
    """Give the requests that wait for these operators, the one that expires first on top."""
    return session.scalars(
        select(Booking)
        .where(
            Booking.provider_id.in_(provider_ids),
            Booking.state == BookingState.PENDING_APPROVAL,
            Booking.deadline_at > now,
        )
        .options(*SHOWN)
        .order_by(Booking.deadline_at, Booking.id)
    ).all()


def count_requests(session: Session, *, provider_ids: Collection[UUID], now: datetime) -> int:
    """Count the requests that wait for these operators."""
    return (
        session.scalar(
            select(func.count()).where(
                Booking.provider_id.in_(provider_ids),
                Booking.state == BookingState.PENDING_APPROVAL,
                Booking.deadline_at > now,
            )
        )
        or 0
    )


def rivals_of(session: Session, booking: Booking, *, now: datetime) -> list[Booking | WaitEntry]:
    """Give who else wants the request's time: other requests, then the wait list in its order.

    People on the wait list get nothing when the request is approved.
    """
    requests = session.scalars(
        select(Booking)
        .where(
            Booking.resource_id == booking.resource_id,
            Booking.id != booking.id,
            Booking.state == BookingState.PENDING_APPROVAL,
            Booking.deadline_at > now,
            Booking.starts_at < booking.ends_at,
            Booking.ends_at > booking.starts_at,
        )
        .options(*SHOWN)
        .order_by(Booking.submitted_at, Booking.id)
    ).all()
    waiting = session.scalars(
        select(WaitEntry)
        .where(
            WaitEntry.resource_id == booking.resource_id,
            WaitEntry.state == WaitState.WAITING,
            WaitEntry.starts_at < booking.ends_at,
            WaitEntry.ends_at > booking.starts_at,
        )
        .options(joinedload(WaitEntry.organization))
        .order_by(WaitEntry.joined_at, WaitEntry.id)
    ).all()
    return [*requests, *waiting]


def list_qualifications(session: Session, resource_id: UUID) -> Sequence[Qualification]:
    """Give who asked for or has a resource's qualification; open questions first."""
    return session.scalars(
        select(Qualification)
        .where(Qualification.resource_id == resource_id)
        .options(joinedload(Qualification.person), joinedload(Qualification.organization))
        .order_by(
            (Qualification.state != QualificationState.ASKED), Qualification.created_at.desc()
        )
    ).all()


def my_qualification(session: Session, resource_id: UUID, *, actor: Actor) -> Qualification | None:
    """Give the actor's own qualification for a resource."""
    return session.scalar(
        select(Qualification).where(
            Qualification.resource_id == resource_id, Qualification.person_id == actor.user_id
        )
    )


def list_member_rates(session: Session, facility_id: UUID) -> Sequence[MemberRate]:
    """Give the organizations with a facility's member rate."""
    return session.scalars(
        select(MemberRate)
        .where(MemberRate.facility_id == facility_id)
        .options(joinedload(MemberRate.organization))
        .order_by(MemberRate.created_at)
    ).all()


def find_feed(session: Session, token_hash: bytes) -> CalendarFeed | None:
    """Give the calendar behind a secret address that still holds."""
    return session.scalar(
        select(CalendarFeed).where(
            CalendarFeed.token_hash == token_hash, CalendarFeed.revoked_at.is_(None)
        )
    )


def has_feed(session: Session, *, person_id: UUID | None, facility_id: UUID | None) -> bool:
    """Whether a secret address holds for a person, or for a facility."""
    whose = (
        CalendarFeed.facility_id == facility_id
        if facility_id
        else CalendarFeed.person_id == person_id
    )
    return (
        session.scalar(select(CalendarFeed.id).where(whose, CalendarFeed.revoked_at.is_(None)))
        is not None
    )
