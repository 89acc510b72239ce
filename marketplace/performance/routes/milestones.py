"""One milestone: its steps, files and payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.queries import names_of
from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.performance import settings
from marketplace.performance.forms.steps import PartForm, ReasonForm, StepForm
from marketplace.performance.models import MilestoneState
from marketplace.performance.queries import figures, plans
from marketplace.performance.routes.blueprint import (
    bp,
    files_of,
    found,
    name_of,
    page_of,
    payments_of,
    tried,
    upload_of,
)
from marketplace.performance.rules import milestones as rules
from marketplace.performance.services import milestones as services
from marketplace.performance.services import parts
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.web.forms import Form


@bp.get("/deals/<uuid:deal_id>/milestones/<uuid:milestone_id>")
def milestone(deal_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Show a milestone."""
    return _page(deal_id, milestone_id, {})


def _page(
    deal_id: UUID, milestone_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    deal = found(deal_id)
    row = plans.get_milestone(db.session, deal, milestone_id)
    events = plans.list_events(db.session, row.id)
    asked = plans.list_parts(db.session, [row.id])
    role = acting_role(current_actor(), deal)
    performance = plans.get_performance(db.session, deal.id)
    standing = figures.standings(db.session, figures.MILESTONE, [row.id])[row.id]
    has_rest = row.state in rules.WITH_A_REST and standing.open_minor > 0
    body = render_template(
        "performance/milestone.html",
        **page_of(deal),
        milestone=row,
        name=name_of(row),
        events=[(event, rules.label_of(event.event)) for event in events],
        people=names_of(db.session, {event.by for event in events if event.by}),
        files=files_of(event.attachment_id for event in events),
        parts=asked,
        payments=payments_of(asked),
        standing=standing,
        left_minor=standing.owed_minor - parts.settled_minor(asked),
        open_part=parts.open_part(asked),
        frozen=performance.frozen_at is not None,
        steps=rules.open_to(role, row.state),
        may_pay=role is DealRole.LICENSEE and (has_rest or row.state is MilestoneState.PAYABLE),
        has_rest=has_rest,
        may_waive=role is DealRole.LICENSOR and has_rest,
        waive_form=forms.get("waive") or ReasonForm(formdata=None),
        waited=rules.days_waiting(row.paid_at, now())
        if row.state in rules.WAITING_FOR_RELEASE
        else None,
        stop_days=figures_of.number(db.session, settings.STOP_DAYS),
        step_form=forms.get("step") or StepForm(formdata=None),
        part_form=forms.get("part") or PartForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


@bp.post("/deals/<uuid:deal_id>/milestones/<uuid:milestone_id>/<event>")
def move_milestone(deal_id: UUID, milestone_id: UUID, event: str) -> ResponseReturnValue:
    """Take a step of a milestone."""
    deal = found(deal_id)
    plans.get_milestone(db.session, deal, milestone_id)
    if event not in rules.BY_EVENT:
        raise NotFound
    require(acting_role(current_actor(), deal) in rules.BY_EVENT[event].actors)
    form = StepForm()
    if tried(
        form,
        lambda: services.move(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            milestone_id=milestone_id,
            event=event,
            text=text(form.note),
            upload=upload_of(form.file),
            now=now(),
        ),
    ):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".milestone", deal_id=deal_id, milestone_id=milestone_id))
    status = 409 if form.general_errors else 422
    return _page(deal_id, milestone_id, {"step": form}, status=status)


@bp.post("/deals/<uuid:deal_id>/milestones/<uuid:milestone_id>/pay")
def pay_milestone(deal_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Ask for a payment and go to its page."""
    form = PartForm()
    if form.accepted():
        try:
            asked = services.pay(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                milestone_id=milestone_id,
                amount_minor=form.amount.minor,
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(url_for("payments.pay", payment_id=asked.payment_id))
    return _page(deal_id, milestone_id, {"part": form}, status=409 if form.general_errors else 422)


@bp.post("/deals/<uuid:deal_id>/milestones/<uuid:milestone_id>/rest/waive")
def waive_rest(deal_id: UUID, milestone_id: UUID) -> ResponseReturnValue:
    """Give up what a partial refund left open."""
    plans.get_milestone(db.session, found(deal_id), milestone_id)
    form = ReasonForm()
    if tried(
        form,
        lambda: services.waive_rest(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            milestone_id=milestone_id,
            reason=text(form.reason),
            now=now(),
        ),
    ):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".milestone", deal_id=deal_id, milestone_id=milestone_id))
    status = 409 if form.general_errors else 422
    return _page(deal_id, milestone_id, {"waive": form}, status=status)
