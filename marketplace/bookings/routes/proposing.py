"""Filling in another time: the choices of a form, and the time that the address proposes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, request
from flask_babel import gettext

from marketplace.bookings import times
from marketplace.bookings.forms.operating import slot_choices
from marketplace.bookings.models import ResourceMode
from marketplace.bookings.queries import free
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import moment as shown_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.bookings.forms.booking import MoveForm
    from marketplace.bookings.forms.operating import ProposalForm
    from marketplace.bookings.models import Booking, Slot


def free_slots(booking: Booking) -> Sequence[Slot]:
    """Give the other slots of the same length that have room for a booking."""
    moment = now()
    length = booking.ends_at - booking.starts_at
    return [
        slot
        for slot in free.open_slots(
            db.session,
            booking.resource,
            since=moment,
            until=moment + booking.resource.horizon_days * times.DAY,
            now=moment,
            places=booking.places,
        )
        if slot.ends_at - slot.starts_at == length and slot.id != booking.slot_id
    ]


def fill_proposal(form: MoveForm | ProposalForm, booking: Booking) -> None:
    """Give the form its slots, and the time of the address (``?starts=``) while nothing is sent."""
    by_slot = booking.resource.mode is ResourceMode.SLOTS
    slots = free_slots(booking) if by_slot else ()
    form.slot_id.choices = slot_choices(slots, shown_moment)
    starts_at = times.parse_local(request.args.get("starts", ""))
    if form.is_submitted() or starts_at is None:
        return
    if not by_slot:
        form.starts.data = starts_at.astimezone(times.BEIJING)
        return
    same = next((slot for slot in slots if slot.starts_at == starts_at), None)
    if same is None:
        # A day without a slot at this very time: the first one of that day is the nearest guess.
        day = times.day_of(starts_at)
        same = next((slot for slot in slots if times.day_of(slot.starts_at) == day), None)
        said = gettext(
            "No slot of this length begins at %(moment)s. Choose one of the list.",
            moment=shown_moment(starts_at),
        )
        flash(said, "info")
    form.slot_id.data = str(same.id) if same else ""
