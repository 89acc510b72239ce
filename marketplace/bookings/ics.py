"""Bookings as an iCalendar file (RFC 5545); moments in UTC, so every reader's clock is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from icalendar import Calendar, Event

from marketplace.bookings.models import BookingState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.bookings.models import Booking

_STATUS = {
    BookingState.PENDING_APPROVAL: "TENTATIVE",
    BookingState.AWAITING_PAYMENT: "TENTATIVE",
    BookingState.HELD: "TENTATIVE",
    BookingState.CONFIRMED: "CONFIRMED",
    BookingState.IN_SERVICE: "CONFIRMED",
    BookingState.COMPLETED: "CONFIRMED",
}


def calendar_of(
    bookings: Sequence[Booking], *, name: str, language: str, of_operator: bool, now: datetime
) -> bytes:
    """Give the file; an operator reads who comes, a user where to go."""
    calendar = Calendar()
    calendar.add("prodid", "-//Hanqiao//bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for booking in bookings:
        calendar.add_component(_event(booking, language=language, of_operator=of_operator, now=now))
    return bytes(calendar.to_ical())


def _event(booking: Booking, *, language: str, of_operator: bool, now: datetime) -> Event:
    english = language == "en"
    resource, facility = booking.resource, booking.resource.facility
    what = (resource.name_en if english else "") or resource.name
    where = (facility.name_en if english else "") or facility.name
    who = (booking.organization.name_en if english else "") or booking.organization.name
    event = Event()
    event.add("uid", f"{booking.id}@hanqiao")
    event.add("dtstamp", now)
    event.add("dtstart", booking.starts_at)
    event.add("dtend", booking.ends_at)
    event.add("last-modified", booking.updated_at)
    event.add("sequence", booking.version)
    event.add("summary", f"{what} · {who}" if of_operator else f"{what} · {where}")
    address = (facility.address_en if english else "") or facility.address
    event.add("location", " ".join(part for part in (where, address) if part))
    event.add("description", f"{booking.reference} {gettext(booking.state.label)}")
    event.add("status", _STATUS.get(booking.state, "CANCELLED"))
    return event
