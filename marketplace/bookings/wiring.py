"""Puts bookings on other pages: a facility's, the desk; says who opens a booking's files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from marketplace.bookings import offering, permissions
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import free, outside
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.routes.blueprint import carried_listing
from marketplace.bookings.services import settling
from marketplace.facilities import guests, offers
from marketplace.files import permissions as file_permissions
from marketplace.payments import purposes
from marketplace.payments.models import Purpose
from marketplace.web import panels
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import Facility
    from marketplace.payments.models import Payment

#: Bookings named on the desk.
NEXT = 5


def of_facility(facility: Facility, actor: Actor) -> str | None:
    """Show what can be booked at a facility, and when next."""
    resources = find_resources.list_resources(db.session, facility.id, actor=actor)
    operates = permissions.may_operate(actor, facility.organization_id)
    if not resources and not operates:
        return None
    found = free.next_free(db.session, [facility.id], now())
    listing = carried_listing()
    return render_template(
        "bookings/_facility.html",
        listing=listing,
        carry={"listing": listing.id} if listing else {},
        facility=facility,
        resources=resources,
        next=found.get(facility.id),
        operates=operates,
    )


def desk(_thing: object, actor: Actor) -> str | None:
    """Show the bookings ahead, and the requests that wait for one's facilities."""
    if not actor.memberships:
        return None
    facilities = find_resources.list_own_facilities(db.session, actor=actor)
    ahead = find.list_mine(db.session, actor=actor, tab="ahead", now=now())
    if not facilities and not ahead.total:
        return None
    return render_template(
        "bookings/_desk.html",
        facilities=facilities,
        requests=find.count_requests(
            db.session, provider_ids=permissions.operated_by(actor), now=now()
        ),
        ahead=ahead.items[:NEXT],
    )


def _may_see(session: Session, actor: Actor, booking_id: UUID) -> bool:
    booking = find.find_booking(session, booking_id)
    return booking is not None and permissions.may_see(actor, booking)


def _booking_seen(session: Session, actor: Actor, payment: Payment) -> bool:
    return _may_see(session, actor, payment.purpose_id)


def _booking_used(session: Session, actor: Actor, payment: Payment) -> bool:
    booking = find.find_booking(session, payment.purpose_id)
    return booking is not None and permissions.may_use(actor, booking)


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Fill the places."""
    offers.register(offering.offered)
    guests.register(outside.guests)
    panels.fill("facility.booking", of_facility)
    panels.fill("desk", desk)
    file_permissions.register("booking", _may_see)
    purposes.register(
        Purpose.BOOKING,
        purposes.Rules(
            may_see=_booking_seen,
            may_pay=_booking_used,
            settled=settling.settled,
            ended=settling.ended,
            return_url=lambda payment: url_for("bookings.show", booking_id=payment.purpose_id),
        ),
    )
