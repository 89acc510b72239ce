"""Pages of amendments: list, proposal, side by side, ends, recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext

from marketplace.amendments import content, permissions, queries, services, settings
from marketplace.amendments.forms import AmendForm, EndForm, RecordingForm
from marketplace.amendments.models import AmendmentState
from marketplace.codes import rules as figures_of
from marketplace.contracts.queries import get_contract
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.routes.blueprint import frame, people_named
from marketplace.papers import queries as papers
from marketplace.performance.services import changes
from marketplace.terms.routes.offers import side_by_side
from marketplace.terms.value import from_json
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.amendments.models import Amendment
    from marketplace.deals.models import Deal
    from marketplace.web.forms import Form

bp = Blueprint("amendments", __name__, url_prefix="/deals/<uuid:deal_id>/amendments")
HERE = "contracts.show"


def the_deal(deal_id: UUID) -> Deal:
    """Give a deal that the person may know of, or answer 404."""
    return get_deal(db.session, deal_id, actor=current_actor())


@bp.get("")
def index(deal_id: UUID) -> ResponseReturnValue:
    """List the amendments of a contract."""
    deal = the_deal(deal_id)
    rows = queries.list_amendments(db.session, deal.id)
    return render_template(
        "amendments/index.html",
        **frame(deal, HERE),
        amendments=rows,
        contract=get_contract(db.session, deal.id),
        people=people_named(deal, {row.proposed_by for row in rows}),
        may_propose=permissions.may_propose(current_actor(), deal)
        and queries.find_open(db.session, deal.id) is None,
    )


@bp.route("/new", methods=["GET", "POST"])
@limiter.limit("120/hour")
def propose(deal_id: UUID) -> ResponseReturnValue:
    """Write a proposal: it begins with what stands, and says what may change."""
    deal = the_deal(deal_id)
    require(permissions.may_propose(current_actor(), deal))
    standing = changes.standing_of(db.session, deal)
    form = AmendForm(data=AmendForm.data_of(standing))
    if form.accepted():
        try:
            with db.session.begin_nested():
                amendment = services.propose(
                    db.session,
                    actor=current_actor(),
                    deal_id=deal.id,
                    proposal=form.to_proposal(standing),
                    now=now(),
                )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The amendment is drawn up. Both sides are asked to sign."), "success")
            return see_other(url_for(".show", deal_id=deal.id, amendment_id=amendment.id))
    form.add_blank_rows()
    return form_page(
        "amendments/propose.html",
        form,
        **frame(deal, HERE),
        standing=standing,
        fees={str(row.milestone_id) for row in standing.open if row.is_fee},
    )


@bp.get("/<uuid:amendment_id>")
def show(deal_id: UUID, amendment_id: UUID) -> ResponseReturnValue:
    """Show what changes beside what stands, who has signed, and what can be done."""
    return _page(deal_id, amendment_id, {})


def _page(
    deal_id: UUID, amendment_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    deal = the_deal(deal_id)
    actor = current_actor()
    row = queries.get_amendment(db.session, deal.id, amendment_id)
    change = content.from_json(row.content)
    is_open = row.state is AmendmentState.PROPOSED
    body = render_template(
        "amendments/show.html",
        **frame(deal, HERE),
        amendment=row,
        change=change,
        contract=get_contract(db.session, deal.id),
        groups=_changed(row),
        paper=papers.load(db.session, row.paper_id) if row.paper_id else None,
        people=people_named(deal, {row.proposed_by, row.ended_by}),
        is_open=is_open,
        may_withdraw=permissions.may_withdraw(actor, deal, row),
        may_refuse=permissions.may_refuse(actor, deal, row),
        may_record=permissions.may_record(actor, deal, row)
        and row.recorded_on is None
        and row.record_by is not None,
        office=figures_of.get_rule(db.session, settings.RECORDING_OFFICE),
        days=figures_of.get_rule(db.session, settings.RECORDING_DAYS),
        refuse_form=forms.get("refuse") or EndForm(formdata=None),
        record_form=forms.get("record") or RecordingForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


def _changed(row: Amendment) -> list[tuple[str, list[Any]]]:
    """Give the groups of terms with the lines that change."""
    groups = side_by_side(from_json(row.before), content.from_json(row.content).terms)
    found = [(title, [line for line in lines if line.is_changed]) for title, lines in groups]
    return [(title, lines) for title, lines in found if lines]


def _step(
    name: str, form: Form, deal_id: UUID, amendment_id: UUID, step: Callable[[], object]
) -> ResponseReturnValue:
    queries.get_amendment(db.session, the_deal(deal_id).id, amendment_id)
    if form.accepted():
        try:
            with db.session.begin_nested():
                step()
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The step was taken."), "success")
            return see_other(url_for(".show", deal_id=deal_id, amendment_id=amendment_id))
    status = 409 if form.general_errors else 422
    return _page(deal_id, amendment_id, {name: form}, status=status)


@bp.post("/<uuid:amendment_id>/refuse")
def refuse(deal_id: UUID, amendment_id: UUID) -> ResponseReturnValue:
    """Refuse a proposal with the reason."""
    form = EndForm()
    return _step(
        "refuse",
        form,
        deal_id,
        amendment_id,
        lambda: services.refuse(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            amendment_id=amendment_id,
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post("/<uuid:amendment_id>/withdraw")
def withdraw(deal_id: UUID, amendment_id: UUID) -> ResponseReturnValue:
    """Take a proposal back; a rule that stands against it answers 409."""
    services.withdraw(
        db.session,
        actor=current_actor(),
        deal_id=deal_id,
        amendment_id=amendment_id,
        now=now(),
    )
    flash(gettext("The amendment is withdrawn. Nothing was changed."), "success")
    return see_other(url_for(".show", deal_id=deal_id, amendment_id=amendment_id))


@bp.post("/<uuid:amendment_id>/record")
def record(deal_id: UUID, amendment_id: UUID) -> ResponseReturnValue:
    """Note the recording at the registration office."""
    form = RecordingForm()
    return _step(
        "record",
        form,
        deal_id,
        amendment_id,
        lambda: services.record(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            amendment_id=amendment_id,
            number=text(form.number),
            on=form.recorded_on.data,  # type: ignore[arg-type]  # the form has a day: judged above
            now=now(),
        ),
    )
