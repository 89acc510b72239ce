"""The operator's sheet, requests, decisions, blocks and the facility's calendar address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.bookings import calendar, permissions, rules, times
from marketplace.bookings.forms.operating import BlockForm, ProposalForm, ReasonForm
from marketplace.bookings.models import Booking, BookingState, ResourceMode
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import outside
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.queries import sheet as sheets
from marketplace.bookings.routes.blueprint import bp, shown_day, shown_view
from marketplace.bookings.routes.mine import feed_address
from marketplace.bookings.routes.proposing import fill_proposal
from marketplace.bookings.services import blocking, ending, judging, people
from marketplace.bookings.services.submitting import quote_for
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("/facilities/<uuid:facility_id>/schedule")
def schedule(facility_id: UUID) -> ResponseReturnValue:
    """Show all resources of a facility over a day, a week or a month."""
    return _schedule(facility_id, "bookings/schedule.html")


@bp.get("/facilities/<uuid:facility_id>/schedule/print")
def schedule_print(facility_id: UUID) -> ResponseReturnValue:
    """Show the same for paper."""
    return _schedule(facility_id, "bookings/schedule_print.html")


def _schedule(facility_id: UUID, template: str) -> ResponseReturnValue:
    actor, moment = current_actor(), now()
    facility = find_resources.get_own_facility(db.session, facility_id, actor=actor)
    resources = find_resources.list_resources(db.session, facility_id, actor=actor)
    view, on = shown_view("day"), shown_day()
    first, last = calendar.span_of(view, on)
    earlier, later = calendar.beside(view, on)
    hours = find_resources.opening(db.session, facility)
    shown = sheets.sheet(db.session, resources, first=first, last=last)
    return render_template(
        template,
        facility=facility,
        sheet=shown,
        closed={day: hours.closed_because(day) for day in shown.days},
        spans={day: hours.spans_on(day) for day in shown.days},
        shut_out=outside.shut_out_of(db.session, facility_id, now=moment),
        view=view,
        on=on,
        today=times.day_of(moment),
        earlier=earlier,
        later=later,
        waiting=find.count_requests(
            db.session, provider_ids=[facility.organization_id], now=moment
        ),
        has_feed=find.has_feed(db.session, person_id=None, facility_id=facility_id),
    )


@bp.get("/my/requests")
def requests() -> ResponseReturnValue:
    """Show the requests that wait for the actor's facilities, the next to expire on top."""
    actor, moment = current_actor(), now()
    own = permissions.operated_by(actor)
    rows = find.list_requests(db.session, provider_ids=own, now=moment)
    return render_template(
        "bookings/requests.html",
        rows=rows,
        facilities=find_resources.list_own_facilities(db.session, actor=actor),
        left={row.id: _left(row, moment) for row in rows},
    )


def _left(booking: Booking, moment: datetime) -> int:
    """Give the whole hours until a request expires."""
    if booking.deadline_at is None:
        return 0
    return max(0, int((booking.deadline_at - moment).total_seconds() // 3600))


def _request(booking_id: UUID) -> Booking:
    booking = find.get_booking(db.session, booking_id, actor=current_actor())
    if not permissions.may_operate(current_actor(), booking.provider_id):
        raise NotFound
    return booking


@bp.get("/bookings/<uuid:booking_id>/judge")
def judge(booking_id: UUID) -> ResponseReturnValue:
    """Show a request with its answers, rivals and clock."""
    return _judge_page(booking_id, ReasonForm(), ProposalForm())


def _judge_page(
    booking_id: UUID, reason: ReasonForm, proposal: ProposalForm, status: int = 200
) -> ResponseReturnValue:
    moment = now()
    booking = _request(booking_id)
    if booking.state is not BookingState.PENDING_APPROVAL:
        return see_other(url_for(".show", booking_id=booking_id))
    resource = find_resources.get_resource(db.session, booking.resource_id, actor=current_actor())
    by_slot = resource.mode is ResourceMode.SLOTS
    fill_proposal(proposal, booking)
    price_now = quote_for(db.session, booking, resource, voucher=booking.voucher_number)
    rivals = find.rivals_of(db.session, booking, now=moment)
    page = render_template(
        "bookings/judge.html",
        booking=booking,
        resource=resource,
        reason=reason,
        proposal=proposal,
        by_slot=by_slot,
        rivals=[one for one in rivals if isinstance(one, Booking)],
        waiting=[one for one in rivals if not isinstance(one, Booking)],
        price_changed=price_now.total_minor != booking.total_minor,
        price_now=price_now,
        ran_out=rules.has_run_out(booking, moment),
        hours_left=_left(booking, moment),
    )
    return page, status


@bp.post("/bookings/<uuid:booking_id>/approve")
def approve(booking_id: UUID) -> ResponseReturnValue:
    """Approve a request."""
    _request(booking_id)
    judging.approve(db.session, actor=current_actor(), booking_id=booking_id, now=now())
    flash(gettext("The request is approved; the user is told."), "success")
    return see_other(url_for(".requests"))


@bp.post("/bookings/<uuid:booking_id>/reject")
def reject(booking_id: UUID) -> ResponseReturnValue:
    """Decline a request with a reason."""
    _request(booking_id)
    form = ReasonForm()
    if form.takes(
        lambda: judging.reject(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The request is declined; the user reads why."), "success")
        return see_other(url_for(".requests"))
    return _judge_page(booking_id, form, ProposalForm(formdata=None), 422)


@bp.post("/bookings/<uuid:booking_id>/propose")
def propose(booking_id: UUID) -> ResponseReturnValue:
    """Propose another time."""
    booking = _request(booking_id)
    form = ProposalForm()
    fill_proposal(form, booking)
    if form.takes(
        lambda: judging.propose(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            proposal=form.to_proposal(booking.ends_at - booking.starts_at),
            now=now(),
        )
    ):
        flash(gettext("The other time is proposed; the user is told."), "success")
        return see_other(url_for(".requests"))
    return _judge_page(booking_id, ReasonForm(formdata=None), form, 422)


@bp.route("/bookings/<uuid:booking_id>/call-off", methods=["GET", "POST"])
def call_off(booking_id: UUID) -> ResponseReturnValue:
    """Cancel for the operator with a reason; everything paid goes back."""
    booking = _request(booking_id)
    form = ReasonForm()
    if form.accepted():
        try:
            ending.call_off(
                db.session,
                actor=current_actor(),
                booking_id=booking_id,
                reason=text(form.reason),
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
            booking = _request(booking_id)
        else:
            flash(gettext("The booking is called off; the user reads why."), "success")
            return see_other(url_for(".show", booking_id=booking_id))
    return form_page("bookings/call_off.html", form, booking=booking)


@bp.route("/resources/<uuid:resource_id>/block", methods=["GET", "POST"])
def block(resource_id: UUID) -> ResponseReturnValue:
    """Block a time; bookings in the way are shown and called off only when confirmed."""
    actor, moment = current_actor(), now()
    resource = find_resources.get_own_resource(db.session, resource_id, actor=actor)
    form = BlockForm()
    form.units(resource.units)
    if not form.is_submitted():
        form.fill(request.args)
    clashing: tuple[Booking, ...] = ()
    if form.accepted():
        try:
            blocking.block(
                db.session,
                actor=actor,
                wish=form.to_wish(resource),
                call_off=request.form.get("call_off") == "1",
                now=moment,
            )
        except blocking.Clash as clash:
            form.reject(clash)
            clashing = clash.bookings
        except RuleBroken as broken:
            form.reject(broken)
        else:
            flash(gettext("The time is blocked."), "success")
            return see_other(url_for(".block", resource_id=resource_id))
    return form_page(
        "bookings/block.html",
        form,
        resource=resource,
        clashing=clashing,
        blocks=find_resources.blocks_of(db.session, [resource_id], since=moment),
    )


@bp.post("/blocks/<uuid:allocation_id>/lift")
def unblock(allocation_id: UUID) -> ResponseReturnValue:
    """Lift a block."""
    row = blocking.unblock(
        db.session, actor=current_actor(), allocation_id=allocation_id, now=now()
    )
    flash(gettext("The block is lifted."), "success")
    return see_other(url_for(".block", resource_id=row.resource_id))


@bp.post("/facilities/<uuid:facility_id>/calendar")
def make_facility_feed(facility_id: UUID) -> ResponseReturnValue:
    """Make a secret calendar address of a facility and show it this once."""
    token = people.make_feed(
        db.session,
        actor=current_actor(),
        facility_id=facility_id,
        language=current_language(),
        now=now(),
    )
    facility = find_resources.get_own_facility(db.session, facility_id, actor=current_actor())
    return render_template("bookings/feed.html", address=feed_address(token), facility=facility)


@bp.post("/facilities/<uuid:facility_id>/calendar/end")
def end_facility_feed(facility_id: UUID) -> ResponseReturnValue:
    """End a facility's secret calendar address."""
    people.revoke_feed(db.session, actor=current_actor(), facility_id=facility_id, now=now())
    flash(gettext("The calendar address no longer works."), "success")
    return see_other(url_for(".schedule", facility_id=facility_id))
