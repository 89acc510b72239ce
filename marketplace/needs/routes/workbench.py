"""An organization's needs, and the steps after publication."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.codes.holidays import load_table
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.needs import offers
from marketplace.needs.forms.decisions import CloseForm, ReopenForm
from marketplace.needs.models import DeclineReason, NeedStatus
from marketplace.needs.queries import answers as find_answers
from marketplace.needs.queries import needs as find
from marketplace.needs.routes.blueprint import bp, organizations
from marketplace.needs.rules import LIFECYCLE
from marketplace.needs.services import life
from marketplace.needs.services.life import Ending
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.needs.models import Answer


@bp.get("/organizations/<uuid:organization_id>/needs")
def index(organization_id: UUID) -> ResponseReturnValue:
    """Show an organization's needs by tab, with the answers that came."""
    actor = current_actor()
    tab = request.args.get("tab", "")
    counts = find.count_tabs(db.session, organization_id)
    if tab not in find.TABS:
        tab = next((name for name in ("shown", "working") if counts[name]), "working")
    page = find.list_of_organization(
        db.session,
        organization_id,
        actor=actor,
        tab=tab,
        number=page_number(),
    )
    return render_template(
        "needs/index.html",
        organization=organizations([organization_id])[0],
        page=page,
        tab=tab,
        counts=counts,
        answers=find.count_answers(db.session, [need.id for need in page.items]),
        may_write=actor.may_write_for(organization_id),
        record=find_answers.reply_record(
            db.session,
            organization_id,
            now=now(),
            target_days=settings().reply_target_days,
            table=load_table(db.session),
        ),
        target=settings().reply_target_days,
    )


@bp.post("/needs/<uuid:need_id>/talks/start")
def start_talks(need_id: UUID) -> ResponseReturnValue:
    """Say that talks are going on."""
    life.start_talks(db.session, actor=current_actor(), need_id=need_id, now=now())
    return see_other(url_for(".answers", need_id=need_id))


@bp.post("/needs/<uuid:need_id>/talks/end")
def end_talks(need_id: UUID) -> ResponseReturnValue:
    """Say that talks ended without a result."""
    life.end_talks(db.session, actor=current_actor(), need_id=need_id, now=now())
    return see_other(url_for(".answers", need_id=need_id))


@bp.post("/needs/<uuid:need_id>/keep-open")
def keep_open(need_id: UUID) -> ResponseReturnValue:
    """Say that an open need still stands."""
    life.keep_open(db.session, actor=current_actor(), need_id=need_id, now=now())
    flash(gettext("Noted. The need stays open for another half year."), "success")
    return see_other(url_for(".show", need_id=need_id))


@bp.post("/needs/<uuid:need_id>/withdraw")
def withdraw(need_id: UUID) -> ResponseReturnValue:
    """Take a need out of sight."""
    need = life.withdraw_need(db.session, actor=current_actor(), need_id=need_id, now=now())
    flash(gettext("Withdrawn. Answers that waited are told."), "success")
    return see_other(url_for(".index", organization_id=need.organization_id, tab="finished"))


@bp.route("/needs/<uuid:need_id>/reopen", methods=["GET", "POST"])
def reopen(need_id: UUID) -> ResponseReturnValue:
    """Open a need again, with a new last day for answers."""
    actor = current_actor()
    need = find.get_own_need(db.session, need_id, actor=actor)
    if not LIFECYCLE.possible(need.status) & {"reopen", "redraft"}:
        raise NotFound
    form = ReopenForm()
    if form.takes(
        lambda: life.reopen_need(
            db.session,
            actor=actor,
            need_id=need_id,
            deadline_on=form.deadline_on.data,
            now=now(),
        )
    ):
        is_draft = need.status is NeedStatus.DRAFT
        flash(gettext("It is a draft again.") if is_draft else gettext("It is open again."))
        return see_other(url_for(".edit" if is_draft else ".show", need_id=need_id))
    return form_page("needs/reopen.html", form, need=need)


@bp.route("/needs/<uuid:need_id>/close", methods=["GET", "POST"])
def close(need_id: UUID) -> ResponseReturnValue:
    """Close a need; each answer that waits gets its outcome on the same page."""
    actor = current_actor()
    need = find.get_own_need(db.session, need_id, actor=actor)
    if "meet" not in LIFECYCLE.possible(need.status):
        raise NotFound
    every = find_answers.list_answers(db.session, need_id)
    waiting = [answer for answer in every if answer.is_waiting]
    form = CloseForm()
    if form.accepted():
        try:
            life.close_need(
                db.session,
                actor=actor,
                need_id=need_id,
                met=form.met.data == "yes",
                reason=text(form.reason),
                outcomes=_endings(waiting),
                now=now(),
            )
        except RuleBroken as error:
            # The service locked and read the answers anew, without who gave them.
            every = find_answers.list_answers(db.session, need_id)
            waiting = [answer for answer in every if answer.is_waiting]
            form.reject(error)
        else:
            flash(gettext("Closed. Everybody who answered is told."), "success")
            return see_other(url_for(".show", need_id=need_id))
    listed = {answer.listing_id for answer in waiting if answer.listing_id}
    return form_page(
        "needs/close.html",
        form,
        need=need,
        waiting=waiting,
        chosen=[answer for answer in every if answer.status.value == "chosen"],
        reasons=DeclineReason,
        listings=offers.by_id(db.session, listed),
        typed=request.form,
    )


def _endings(waiting: Sequence[Answer]) -> dict[UUID, Ending]:
    """Read what was chosen for each answer; nothing chosen leaves it out."""
    endings = {}
    reasons = {reason.value: reason for reason in DeclineReason}
    for answer in waiting:
        chosen = request.form.get(f"outcome-{answer.id}", "")
        note = request.form.get(f"text-{answer.id}", "").strip()[:2000]
        if chosen == "need_closed":
            endings[answer.id] = Ending()
        elif chosen in reasons:
            endings[answer.id] = Ending(reasons[chosen], note)
    return endings
