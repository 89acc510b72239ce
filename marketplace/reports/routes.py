"""Pages after a use: the record, the report, the rating, proofs, and how a facility is used."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import Blueprint, Response, flash, render_template, url_for
from flask_babel import gettext

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.queries import bookings
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.services import use
from marketplace.bookings.times import BEIJING, day_of
from marketplace.codes.districts import DISTRICTS
from marketplace.core.actor import PlatformRole
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces
from marketplace.reports import permissions, queries, utilisation
from marketplace.reports.forms import LowerForm, RatingForm, ReasonForm, ReportForm, UseForm
from marketplace.reports.models import ReportState
from marketplace.reports.services import proofs, ratings, reports, uses
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import flash_refusal, form_page, see_other

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.reports.models import TestReport

bp = Blueprint("reports", __name__)


def _operated(booking_id: UUID) -> Booking:
    """Give a booking at one of the actor's facilities; anybody else's does not exist."""
    booking = bookings.get_booking(db.session, booking_id, actor=current_actor())
    if not booking_permissions.may_operate(current_actor(), booking.provider_id):
        raise NotFound
    return booking


def _used(booking_id: UUID) -> Booking:
    booking = bookings.get_booking(db.session, booking_id, actor=current_actor())
    if not booking_permissions.may_use(current_actor(), booking):
        raise NotFound
    return booking


@bp.route("/bookings/<uuid:booking_id>/use", methods=["GET", "POST"])
def record(booking_id: UUID) -> ResponseReturnValue:
    """Write down what was used and what it costs; ends the use."""
    booking = _operated(booking_id)
    if booking.state not in (BookingState.CONFIRMED, BookingState.IN_SERVICE):
        return see_other(url_for("bookings.show", booking_id=booking_id))
    began, ended = _times_of(booking)
    form = UseForm(
        started_at=began,
        ended_at=ended,
        samples=booking.samples,
        consumables=[{}, {}],
    )
    if form.takes(
        lambda: uses.record_use(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            given=form.to_input(),
            now=now(),
        )
    ):
        flash(gettext("The use is written down; the user is asked to confirm it."), "success")
        return see_other(url_for("bookings.show", booking_id=booking_id))
    return form_page("reports/record.html", form, booking=_operated(booking_id))


def _times_of(booking: Booking) -> tuple[datetime, datetime]:
    """Propose the times of a use: the real ones where they are known, else the booked ones."""
    moment = now()
    if booking.started_at is not None and moment - booking.started_at >= timedelta(minutes=1):
        began, ended = booking.started_at, moment
    else:
        began, ended = booking.starts_at, min(booking.ends_at, moment)
    return began.astimezone(BEIJING), ended.astimezone(BEIJING)


@bp.post("/bookings/<uuid:booking_id>/start")
def start(booking_id: UUID) -> ResponseReturnValue:
    """Note that the user came."""
    use.start_use(db.session, actor=current_actor(), booking_id=_operated(booking_id).id, now=now())
    flash(gettext("The use has begun."), "success")
    return see_other(url_for("bookings.show", booking_id=booking_id))


@bp.post("/bookings/<uuid:booking_id>/no-show")
def no_show(booking_id: UUID) -> ResponseReturnValue:
    """Note that nobody came."""
    use.mark_no_show(
        db.session, actor=current_actor(), booking_id=_operated(booking_id).id, now=now()
    )
    flash(gettext("Noted that nobody came."), "success")
    return see_other(url_for("bookings.show", booking_id=booking_id))


@bp.post("/bookings/<uuid:booking_id>/use/confirm")
def confirm(booking_id: UUID) -> ResponseReturnValue:
    """Agree to the record of use."""
    uses.confirm_use(db.session, actor=current_actor(), booking_id=_used(booking_id).id, now=now())
    flash(gettext("You confirmed the record of use."), "success")
    return see_other(url_for("bookings.show", booking_id=booking_id))


@bp.route("/bookings/<uuid:booking_id>/use/dispute", methods=["GET", "POST"])
def dispute(booking_id: UUID) -> ResponseReturnValue:
    """Refuse the record of use with a reason."""
    _used(booking_id)
    form = ReasonForm()
    if form.takes(
        lambda: uses.dispute_use(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The operator reads your reason."), "success")
        return see_other(url_for("bookings.show", booking_id=booking_id))
    return form_page("reports/dispute.html", form, booking=_used(booking_id))


@bp.route("/bookings/<uuid:booking_id>/use/charge", methods=["GET", "POST"])
def lower(booking_id: UUID) -> ResponseReturnValue:
    """Charge less after all."""
    _operated(booking_id)
    known = queries.use_of(db.session, booking_id)
    if known is None:
        raise NotFound
    form = LowerForm()
    if form.takes(
        lambda: uses.lower_charge(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            charge_minor=form.minor(),
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The difference goes back to the user."), "success")
        return see_other(url_for("bookings.show", booking_id=booking_id))
    return form_page("reports/lower.html", form, booking=_operated(booking_id), use=known)


@bp.route("/bookings/<uuid:booking_id>/rate", methods=["GET", "POST"])
def rate(booking_id: UUID) -> ResponseReturnValue:
    """Rate the facility after a completed use."""
    _used(booking_id)
    form = RatingForm()
    if form.takes(
        lambda: ratings.rate(
            db.session,
            actor=current_actor(),
            booking_id=booking_id,
            stars=int(text(form.stars) or 0),
            text=text(form.text),
            now=now(),
        )
    ):
        flash(gettext("Thank you. Your rating stands on the facility's page."), "success")
        return see_other(url_for("bookings.show", booking_id=booking_id))
    return form_page("reports/rate.html", form, booking=_used(booking_id))


@bp.post("/bookings/<uuid:booking_id>/report")
def begin(booking_id: UUID) -> ResponseReturnValue:
    """Begin the report on a use, or go on with it."""
    report = reports.begin_report(
        db.session, actor=current_actor(), booking_id=_operated(booking_id).id, now=now()
    )
    return see_other(url_for(".edit", report_id=report.id))


@bp.get("/reports/<uuid:report_id>")
def show(report_id: UUID) -> ResponseReturnValue:
    """Show a report to those who may read it."""
    report = queries.get_report(db.session, report_id, actor=current_actor())
    booking = bookings.find_booking(db.session, report.booking_id)
    if booking is None:
        raise NotFound
    return render_template(
        "reports/show.html",
        report=report,
        booking=booking,
        proof=queries.proof_of(db.session, report.id),
        may_operate=booking_permissions.may_operate(current_actor(), booking.provider_id),
        may_open_booking=booking_permissions.may_see(current_actor(), booking),
    )


@bp.route("/reports/<uuid:report_id>/edit", methods=["GET", "POST"])
def edit(report_id: UUID) -> ResponseReturnValue:
    """Write the report; two people at once are told."""
    report = queries.get_report(db.session, report_id, actor=current_actor())
    _operated(report.booking_id)
    if report.state is not ReportState.DRAFT:
        return see_other(url_for(".show", report_id=report_id))
    form = ReportForm(data=_typed(report))
    if form.accepted():
        try:
            reports.save_report(
                db.session,
                actor=current_actor(),
                report_id=report_id,
                given=form.to_input(),
                now=now(),
            )
        except EditedElsewhere as error:
            form.general_errors.append(gettext(error.message))
            form.version.data = report.version
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The report is saved."), "success")
            return see_other(url_for(".show", report_id=report_id))
    return form_page("reports/edit.html", form, report=report)


def _typed(report: TestReport) -> dict[str, object]:
    return {
        "version": report.version,
        "title": report.title,
        "object_tested": report.object_tested,
        "method": report.method,
        "conditions": report.conditions,
        "rows": [*report.rows, {}, {}],
        "conclusion": report.conclusion.value if report.conclusion else "",
        "summary": report.summary,
        "level": str(report.level or ""),
    }


@bp.post("/reports/<uuid:report_id>/issue")
def issue(report_id: UUID) -> ResponseReturnValue:
    """Fix the text and lay it before both sides for signing."""
    try:
        _, paper = reports.issue_report(
            db.session, actor=current_actor(), report_id=report_id, now=now()
        )
    except RuleBroken as error:
        flash_refusal(error)
        return see_other(url_for(".edit", report_id=report_id))
    flash(gettext("The report is issued. Both sides sign it now."), "success")
    return see_other(url_for("papers.show", paper_id=paper.id))


@bp.post("/reports/<uuid:report_id>/take-back")
def take_back(report_id: UUID) -> ResponseReturnValue:
    """Take an issued report back to mend it."""
    reports.take_back(db.session, actor=current_actor(), report_id=report_id, now=now())
    return see_other(url_for(".edit", report_id=report_id))


@bp.get("/platform/proofs")
@for_roles(PlatformRole.REVIEWER)
def proofs_waiting() -> ResponseReturnValue:
    """List the reports that are put forward as proof of a level."""
    return render_template(
        "reports/proofs.html", page=queries.list_waiting_proofs(db.session, number=page_number())
    )


@bp.route("/platform/proofs/<uuid:proof_id>", methods=["GET", "POST"])
@for_roles(PlatformRole.REVIEWER)
def judge(proof_id: UUID) -> ResponseReturnValue:
    """Refuse a proof with a reason; accepting is a step of its own."""
    proof = queries.get_proof(db.session, proof_id)
    form = ReasonForm()
    if form.takes(
        lambda: proofs.refuse_proof(
            db.session,
            actor=current_actor(),
            proof_id=proof_id,
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("Refused; both sides read your reason."), "success")
        return see_other(url_for(".proofs_waiting"))
    return form_page(
        "reports/judge.html",
        form,
        proof=proof,
        may_decide=permissions.may_decide(current_actor(), proof),
    )


@bp.post("/platform/proofs/<uuid:proof_id>/accept")
@for_roles(PlatformRole.REVIEWER)
def accept(proof_id: UUID) -> ResponseReturnValue:
    """Raise the listing to the proven level."""
    proof = proofs.accept_proof(db.session, actor=current_actor(), proof_id=proof_id, now=now())
    flash(gettext("The listing now stands at TRL %(level)s.", level=proof.level), "success")
    return see_other(url_for(".proofs_waiting"))


@bp.get("/facilities/<uuid:facility_id>/utilisation")
def utilised(facility_id: UUID) -> ResponseReturnValue:
    """Show how much of what a facility offers is used."""
    facility = find_resources.get_own_facility(db.session, facility_id, actor=current_actor())
    found = utilisation.board(db.session, facility, today=day_of(now()))
    return render_template(
        "reports/utilised.html",
        facility=facility,
        board=found,
        district=lambda code: DISTRICTS.label(code, current_language()) if code else "",
    )


@bp.get("/facilities/<uuid:facility_id>/utilisation.csv")
def utilised_csv(facility_id: UUID) -> ResponseReturnValue:
    """Give the months as a file."""
    facility = find_resources.get_own_facility(db.session, facility_id, actor=current_actor())
    found = utilisation.board(db.session, facility, today=day_of(now()))
    heads = [
        gettext("Month"),
        gettext("Hours offered"),
        gettext("Hours used"),
        gettext("Hours idle"),
        gettext("Uses"),
        gettext("Nobody came"),
        gettext("Income (CNY)"),
    ]
    lines = [
        [
            f"{one.first:%Y-%m}",
            f"{one.offered:.1f}",
            f"{one.used:.1f}",
            f"{one.idle:.1f}",
            str(one.uses),
            str(one.missed),
            f"{one.income_minor // 100}.{one.income_minor % 100:02d}",
        ]
        for one in found.months
    ]
    response = Response(csv_pieces([heads, *lines]), content_type=f"{CSV_TYPE}; charset=utf-8")
    name = f"hanqiao-utilisation-{day_of(now())}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
