"""Other times of a confirmed booking: an earlier beginning, and a time that the operator wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.bookings import permissions, rules, times
from marketplace.bookings.forms.booking import EarlyForm, moment_of
from marketplace.bookings.forms.operating import ProposalForm
from marketplace.bookings.models import BookingState, ResourceMode
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.routes.blueprint import bp
from marketplace.bookings.routes.proposing import fill_proposal
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import early, moving
from marketplace.bookings.settings import EARLY_MINUTES
from marketplace.codes.rules import number
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.route("/bookings/<uuid:booking_id>/early", methods=["GET", "POST"])
def come_early(booking_id: UUID) -> ResponseReturnValue:
    """Say from when on one could come before the booked time; an empty field takes it back."""
    actor = current_actor()
    booking = find.get_booking(db.session, booking_id, actor=actor)
    if not permissions.may_use(actor, booking):
        raise NotFound
    form = EarlyForm()
    if not form.is_submitted() and booking.early_from:
        form.early_from.data = booking.early_from.astimezone(times.BEIJING)
    if form.accepted():
        try:
            changed = early.agree(
                db.session,
                actor=actor,
                booking_id=booking_id,
                early_from=moment_of(form.early_from),
                now=now(),
            )
        except (RuleBroken, SlotTaken) as broken:
            form.reject(broken)
        else:
            said = (
                gettext("The operator reads that you can come earlier.")
                if changed.early_from
                else gettext("The use begins at its booked time.")
            )
            flash(said, "success")
            return see_other(url_for(".show", booking_id=booking_id))
    return form_page(
        "bookings/early.html",
        form,
        booking=find.get_booking(db.session, booking_id, actor=actor),
        minutes=number(db.session, EARLY_MINUTES),
        hours=int(rules.MOST_EARLY.total_seconds() // 3600),
    )


@bp.route("/bookings/<uuid:booking_id>/offer-move", methods=["GET", "POST"])
def offer_move(booking_id: UUID) -> ResponseReturnValue:
    """Propose another time for a confirmed booking; its user takes it or keeps the own one."""
    actor = current_actor()
    booking = find.get_booking(db.session, booking_id, actor=actor)
    if not permissions.may_operate(actor, booking.provider_id):
        raise NotFound
    if booking.state is BookingState.PENDING_APPROVAL:
        return see_other(url_for(".judge", booking_id=booking_id))
    form = ProposalForm()
    by_slot = booking.resource.mode is ResourceMode.SLOTS
    fill_proposal(form, booking)
    if form.accepted():
        try:
            moving.offer(
                db.session,
                actor=actor,
                booking_id=booking_id,
                proposal=form.to_proposal(booking.ends_at - booking.starts_at),
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
            booking = find.get_booking(db.session, booking_id, actor=actor)
        else:
            flash(gettext("The other time is proposed; the user is told."), "success")
            return see_other(url_for(".show", booking_id=booking_id))
    return form_page("bookings/offer_move.html", form, booking=booking, by_slot=by_slot)
