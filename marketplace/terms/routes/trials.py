"""Use first, pay later: proposing a trial and deciding on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.deals.routes.blueprint import frame
from marketplace.terms import permissions
from marketplace.terms.forms.decisions import IncomeForm, ReasonForm, TrialForm
from marketplace.terms.kinds import Side
from marketplace.terms.models import TrialPayment, TrialStatus, TrialTrigger
from marketplace.terms.queries import trials as queries
from marketplace.terms.routes.blueprint import bp, side_names, stepped, the_deal, today
from marketplace.terms.rules.trials import LIFECYCLE
from marketplace.terms.services import trials as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.terms.models import Trial
    from marketplace.web.forms import Form


@bp.get("/deals/<uuid:deal_id>/trials")
def trials(deal_id: UUID) -> ResponseReturnValue:
    """Show the deal's trials and what may be done with them."""
    return _page(the_deal(deal_id))


def steps_of(deal: Deal, trial: Trial) -> frozenset[str]:
    """Name the steps that the actor may take with a trial now."""
    actor = current_actor()
    side = permissions.acting_side(actor, deal)
    possible = LIFECYCLE.possible(trial.status)
    found = set()
    if "accept" in possible and permissions.may_answer_trial(actor, deal, trial):
        found.add("accept")
    if "call_off" in possible and side is not None:
        found.add("call_off")
    if side is Side.LICENSEE:
        found |= possible & {"convert", "give_back"}
        if trial.status is TrialStatus.RUNNING and trial.income_on is None:
            found.add("income")
    return frozenset(found)


def _page(deal: Deal, *, status: int = 200, **refused: Form) -> ResponseReturnValue:
    rows = queries.list_trials(db.session, deal.id)
    forms: dict[str, Form] = {
        "trial_form": TrialForm(
            formdata=None,
            data={
                "starts_on": today(),
                "trigger": TrialTrigger.FIRST_INCOME.value,
                "payment": TrialPayment.DELAYED.value,
            },
        ),
        "income_form": IncomeForm(formdata=None),
        "reason_form": ReasonForm(formdata=None),
    }
    page = render_template(
        "terms/trials.html",
        **frame(deal, "terms.index"),
        trials=rows,
        steps={trial.id: steps_of(deal, trial) for trial in rows},
        names=side_names(deal),
        may_propose=permissions.may_propose_trial(current_actor(), deal)
        and not any(trial.status in queries.LIVING for trial in rows),
        today=today(),
        **(forms | refused),
    )
    return page, status


@bp.post("/deals/<uuid:deal_id>/trials")
def propose_trial(deal_id: UUID) -> ResponseReturnValue:
    """Propose a trial to the other side."""
    deal, form = the_deal(deal_id), TrialForm()
    if form.takes(
        lambda: services.propose_trial(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            proposal=services.TrialProposal(
                starts_on=form.starts_on.data or today(),
                trigger=TrialTrigger(form.trigger.data),
                decide_by=form.decide_by.data or today(),
                payment=TrialPayment(form.payment.data),
                price_minor=form.price_minor.hundredths or None,
                instalments=form.instalments.data,
                share_bp=form.share_bp.hundredths or None,
                condition=text(form.condition),
                scope=text(form.scope),
                security=text(form.security),
            ),
            now=now(),
        )
    ):
        flash(gettext("The trial is proposed; the other side is told."), "success")
        return see_other(url_for(".trials", deal_id=deal_id))
    return _page(deal, status=422, trial_form=form)


@bp.post("/deals/<uuid:deal_id>/trials/<uuid:trial_id>/accept")
def accept_trial(deal_id: UUID, trial_id: UUID) -> ResponseReturnValue:
    """Accept a proposed trial."""
    return stepped(
        url_for(".trials", deal_id=deal_id),
        lambda: services.accept_trial(
            db.session, actor=current_actor(), deal_id=deal_id, trial_id=trial_id, now=now()
        ),
        gettext("The trial is agreed."),
    )


@bp.post("/deals/<uuid:deal_id>/trials/<uuid:trial_id>/call-off")
def call_off_trial(deal_id: UUID, trial_id: UUID) -> ResponseReturnValue:
    """Take back or refuse a proposed trial."""
    form = ReasonForm()
    form.validate()
    return stepped(
        url_for(".trials", deal_id=deal_id),
        lambda: services.call_off(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            trial_id=trial_id,
            reason=text(form.reason),
            now=now(),
        ),
        gettext("The trial is called off."),
    )


@bp.post("/deals/<uuid:deal_id>/trials/<uuid:trial_id>/income")
def report_income(deal_id: UUID, trial_id: UUID) -> ResponseReturnValue:
    """Tell of the first income."""
    deal, form = the_deal(deal_id), IncomeForm()
    if form.takes(
        lambda: services.report_income(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            trial_id=trial_id,
            income_on=form.income_on.data or today(),
            words=text(form.words),
            now=now(),
        )
    ):
        flash(gettext("The first income is recorded."), "success")
        return see_other(url_for(".trials", deal_id=deal_id))
    return _page(deal, status=422, income_form=form)


@bp.post("/deals/<uuid:deal_id>/trials/<uuid:trial_id>/convert")
def convert_trial(deal_id: UUID, trial_id: UUID) -> ResponseReturnValue:
    """Take the license that the trial promised."""
    return stepped(
        url_for(".index", deal_id=deal_id),
        lambda: services.convert(
            db.session, actor=current_actor(), deal_id=deal_id, trial_id=trial_id, now=now()
        ),
        gettext("The trial becomes a license: its terms lie ready for you to send."),
    )


@bp.post("/deals/<uuid:deal_id>/trials/<uuid:trial_id>/give-back")
def give_back_trial(deal_id: UUID, trial_id: UUID) -> ResponseReturnValue:
    """Return the technology."""
    form = ReasonForm()
    form.validate()
    return stepped(
        url_for(".trials", deal_id=deal_id),
        lambda: services.give_back(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            trial_id=trial_id,
            reason=text(form.reason),
            now=now(),
        ),
        gettext("The technology is returned."),
    )
