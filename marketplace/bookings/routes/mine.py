"""One's own bookings: list, calendar, one booking with its steps, wait list, calendar address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.bookings import calendar, permissions, rules, times
from marketplace.bookings.forms.booking import CancelForm, HandOverForm, MoveForm, moment_of
from marketplace.bookings.models import BookingState, ResourceMode
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.routes.blueprint import bp, shown_day, uuid_of
from marketplace.bookings.routes.proposing import fill_proposal
from marketplace.bookings.rules import Party, SlotTaken
from marketplace.bookings.services import ending, judging, moving, paying, people, waiting
from marketplace.bookings.services.holding import Wish
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.files.queries import list_attachments
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import SelectChoice
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.bookings.models import Booking

_TABS = ("ahead", "past", "calendar", "waiting")


@bp.get("/my/bookings")
def index() -> ResponseReturnValue:
    """Show the bookings of one's own side."""
    actor, moment = current_actor(), now()
    tab = request.args.get("tab", "ahead")
    tab = tab if tab in _TABS else "ahead"
    on = shown_day()
    first, last = calendar.span_of("month", on)
    by_day: dict[object, list[Booking]] = {}
    if tab == "calendar":
        rows = find.mine_between(
            db.session, actor=actor, since=times.at(first, 0), until=times.at(last + times.DAY, 0)
        )
        for row in rows:
            by_day.setdefault(times.day_of(row.starts_at), []).append(row)
    earlier, later = calendar.beside("month", on)
    return render_template(
        "bookings/index.html",
        tab=tab,
        page=find.list_mine(db.session, actor=actor, tab=tab, now=moment, page=page_number()),
        waits=find.my_waits(db.session, actor=actor, now=moment),
        on=on,
        weeks=[[first + (week * 7 + day) * times.DAY for day in range(7)] for week in range(6)],
        by_day=by_day,
        earlier=earlier,
        later=later,
        today=times.day_of(moment),
        has_feed=find.has_feed(db.session, person_id=actor.user_id, facility_id=None),
        moment_now=moment,
    )


@bp.get("/bookings/<uuid:booking_id>")
def show(booking_id: UUID) -> ResponseReturnValue:
    """Show a booking to its two sides: facts, price, history and the steps that are possible."""
    return _show(booking_id)


def _show(booking_id: UUID, status: int = 200, message: str = "") -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    booking = find.get_booking(db.session, booking_id, actor=actor)
    resource = booking.resource
    sides = permissions.parties_of(actor, booking)
    events = find.events_of(db.session, booking_id)
    own_side = [event.actor_id for event in events]
    ran_out = rules.has_run_out(booking, moment)
    possible = set() if ran_out else set(rules.LIFECYCLE.possible(booking.state))
    page = render_template(
        "bookings/show.html",
        booking=booking,
        resource=resource,
        events=events,
        names=find.names_of(db.session, [*own_side, booking.approved_by]),
        is_buyer=Party.BUYER in sides,
        is_provider=Party.PROVIDER in sides,
        possible=possible,
        ran_out=ran_out,
        free_until=rules.free_until(booking),
        late_fee=rules.late_fee(booking),
        files=list_attachments(db.session, actor, object_kind="booking", object_id=booking_id),
        may_move=not ran_out
        and booking.state in (BookingState.PENDING_APPROVAL, BookingState.CONFIRMED)
        and rules.leaves_free(booking, moment),
        may_come_early=booking.state is BookingState.CONFIRMED and moment < booking.starts_at,
        may_hand_over=not ran_out
        and booking.counts
        and booking.state is not BookingState.IN_SERVICE,
        message=message,
    )
    return page, status


@bp.post("/bookings/<uuid:booking_id>/pay")
def pay(booking_id: UUID) -> ResponseReturnValue:
    """Go to the payment of an approved booking."""
    booking = find.get_booking(db.session, booking_id, actor=current_actor())
    if not permissions.may_use(current_actor(), booking):
        raise NotFound
    payment = paying.pay_again(db.session, actor=current_actor(), booking_id=booking_id, now=now())
    return see_other(url_for("payments.show", payment_id=payment.id))


@bp.route("/bookings/<uuid:booking_id>/cancel", methods=["GET", "POST"])
def cancel(booking_id: UUID) -> ResponseReturnValue:
    """Show what a cancellation costs now, and cancel at that cost."""
    actor, moment = current_actor(), now()
    booking = _own(booking_id)
    form = CancelForm()
    fee = ending.fee_of(db.session, booking, moment)
    if not form.is_submitted():
        form.expected.data = str(fee)
    if form.accepted():
        try:
            ending.cancel(
                db.session,
                actor=actor,
                booking_id=booking_id,
                expected_fee_minor=whole_fen(str(form.expected.data or "")),
                reason=str(form.reason.data or ""),
                now=moment,
            )
        except ending.FeeChanged as changed:
            form.reject(changed)
            fee = changed.fee_minor
            form.expected.raw_data = [str(fee)]
            form.expected.data = str(fee)
        except RuleBroken as broken:
            form.reject(broken)
        else:
            flash(gettext("The booking is cancelled."), "success")
            return see_other(url_for(".show", booking_id=booking_id))
        booking = _own(booking_id)
    paid = booking.state is BookingState.CONFIRMED
    return form_page(
        "bookings/cancel.html",
        form,
        booking=booking,
        fee=fee,
        back=booking.total_minor - fee if paid else 0,
        free_until=rules.free_until(booking),
    )


def whole_fen(text: str) -> int:
    """Read a sum that the page carried; -1 for anything that it can't have shown."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else -1  # noqa: PLR2004 — digits of the largest sum


def _own(booking_id: UUID) -> Booking:
    booking = find.get_booking(db.session, booking_id, actor=current_actor())
    if not permissions.may_use(current_actor(), booking):
        raise NotFound
    return booking


@bp.route("/bookings/<uuid:booking_id>/move", methods=["GET", "POST"])
def move(booking_id: UUID) -> ResponseReturnValue:
    """Move a booking to another time."""
    actor, moment = current_actor(), now()
    booking = _own(booking_id)
    resource = find_resources.get_resource(db.session, booking.resource_id, actor=actor)
    form = MoveForm()
    by_slot = resource.mode is ResourceMode.SLOTS
    fill_proposal(form, booking)
    length = booking.ends_at - booking.starts_at
    if form.accepted():
        starts_at = moment_of(form.starts)
        try:
            ending.move(
                db.session,
                actor=actor,
                booking_id=booking_id,
                slot_id=uuid_of(form.slot_id.data),
                starts_at=starts_at,
                ends_at=starts_at + length if starts_at else None,
                now=moment,
            )
        except RuleBroken as broken:
            form.reject(broken)
            booking = _own(booking_id)
        else:
            flash(gettext("The booking is moved."), "success")
            return see_other(url_for(".show", booking_id=booking_id))
    return form_page(
        "bookings/move.html",
        form,
        booking=booking,
        resource=resource,
        by_slot=by_slot,
    )


@bp.route("/bookings/<uuid:booking_id>/hand-over", methods=["GET", "POST"])
def hand_over(booking_id: UUID) -> ResponseReturnValue:
    """Let a colleague come instead."""
    booking = _own(booking_id)
    form = HandOverForm()
    form.person_id.choices = [
        SelectChoice(str(user.id), user.name)
        for user in ending.colleagues(db.session, booking, now=now())
    ]
    if form.accepted():
        person_id = uuid_of(form.person_id.data)
        if person_id is None:
            raise NotFound
        try:
            ending.hand_over(
                db.session,
                actor=current_actor(),
                booking_id=booking_id,
                person_id=person_id,
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
        else:
            flash(gettext("The booking is handed over."), "success")
            return see_other(url_for(".index"))
    return form_page("bookings/hand_over.html", form, booking=booking)


@bp.post("/bookings/<uuid:booking_id>/proposal/<answer>")
def answer_proposal(booking_id: UUID, answer: str) -> ResponseReturnValue:
    """Take the time that the operator proposes, or keep the own one."""
    if answer not in ("accept", "decline"):
        raise NotFound
    booking = find.get_booking(db.session, booking_id, actor=current_actor())
    confirmed = booking.state is BookingState.CONFIRMED
    service = {
        (True, "accept"): moving.accept,
        (True, "decline"): moving.decline,
        (False, "accept"): judging.accept_proposal,
        (False, "decline"): judging.decline_proposal,
    }[confirmed, answer]
    try:
        service(db.session, actor=current_actor(), booking_id=booking_id, now=now())
    except SlotTaken as lost:
        return _show(booking_id, 409, gettext(lost.message))
    return see_other(url_for(".show", booking_id=booking_id))


@bp.post("/resources/<uuid:resource_id>/wait")
def wait(resource_id: UUID) -> ResponseReturnValue:
    """Join the wait list for a time."""
    organization_id = uuid_of(request.form.get("organization_id"))
    if organization_id is None:
        raise NotFound
    waiting.join(
        db.session,
        actor=current_actor(),
        wish=Wish(
            resource_id=resource_id,
            organization_id=organization_id,
            slot_id=uuid_of(request.form.get("slot_id")),
            starts_at=times.parse_local(request.form.get("starts", "")),
            ends_at=times.parse_local(request.form.get("ends", "")),
            places=whole_number(request.form.get("places"), otherwise=1),
        ),
        now=now(),
    )
    flash(gettext("You are on the wait list. We tell you when a place is kept for you."), "success")
    return see_other(url_for(".index", tab="waiting"))


@bp.post("/waits/<uuid:entry_id>/leave")
def leave(entry_id: UUID) -> ResponseReturnValue:
    """Leave the wait list."""
    waiting.leave(db.session, actor=current_actor(), entry_id=entry_id, now=now())
    return see_other(url_for(".index", tab="waiting"))


@bp.post("/my/calendar")
def make_feed() -> ResponseReturnValue:
    """Make a secret calendar address of one's own bookings and show it this once."""
    token = people.make_feed(
        db.session,
        actor=current_actor(),
        facility_id=None,
        language=current_language(),
        now=now(),
    )
    return render_template("bookings/feed.html", address=feed_address(token), facility=None)


def feed_address(token: str) -> str:
    """Give the whole address for a calendar program."""
    return settings().base_url + url_for(".feed", token=token)


@bp.post("/my/calendar/end")
def end_feed() -> ResponseReturnValue:
    """End the secret calendar address of one's own bookings."""
    people.revoke_feed(db.session, actor=current_actor(), facility_id=None, now=now())
    flash(gettext("The calendar address no longer works."), "success")
    return see_other(url_for(".index"))
