"""The one blueprint of bookings, and what several of its pages need."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, request
from sqlalchemy import select

from marketplace.bookings import calendar
from marketplace.bookings.times import day_of
from marketplace.listings.models import Listing, ListingStatus
from marketplace.organizations.models import Organization
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

bp = Blueprint("bookings", __name__)

#: Nobody looks further back or ahead; larger years are slips that no database takes.
_NEAR = timedelta(days=3660)


def organizations(ids: Collection[UUID]) -> Sequence[Organization]:
    """Load organizations by name."""
    return db.session.scalars(
        select(Organization).where(Organization.id.in_(ids)).order_by(Organization.name)
    ).all()


def uuid_of(text: str | None) -> UUID | None:
    """Read an id from the address; None for anything else."""
    try:
        return UUID(text or "")
    except ValueError:
        return None


def carried_listing() -> Listing | None:
    """Give the published result for which the reader looks for a place (``?listing=``)."""
    listing_id = uuid_of(request.args.get("listing"))
    listing = db.session.get(Listing, listing_id) if listing_id else None
    return listing if listing and listing.status is ListingStatus.PUBLISHED else None


def shown_day() -> date:
    """Give the day that the address names, today for anything else."""
    today = day_of(now())
    try:
        found = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today
    return found if abs(found - today) < _NEAR else today


def shown_view(otherwise: str = "week") -> str:
    """Give the view that the address names."""
    view = request.args.get("view", otherwise)
    return view if view in calendar.VIEWS else otherwise


def typed(moment: datetime | None) -> str:
    """Give a moment as an address carries it."""
    return moment.isoformat() if moment else ""
