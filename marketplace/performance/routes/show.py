"""The deal's page "performance and money", the way back from a payment, and the late list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.payments.models import Purpose
from marketplace.performance import permissions, settings
from marketplace.performance.forms.steps import OutcomeForm, ReasonForm, WithdrawalForm
from marketplace.performance.queries import figures, interest, late, plans
from marketplace.performance.queries.splits import list_splits
from marketplace.performance.routes.blueprint import bp, found, name_of, page_of, today
from marketplace.performance.routes.interest import late_name
from marketplace.performance.services.commissions import get_commission
from marketplace.performance.services.parts import get_part
from marketplace.terms.value import from_json
from marketplace.web.access import current_actor
from marketplace.web.extensions import db
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.web.forms import Form


@bp.get("/deals/<uuid:deal_id>/money")
def show(deal_id: UUID) -> ResponseReturnValue:
    """Show milestones, royalties, disputes and sums of a deal."""
    return money_page(found(deal_id), {})


def money_page(deal: Deal, forms: Mapping[str, Form], *, status: int = 200) -> ResponseReturnValue:
    """Show the page with forms; a refused one is given with its faults and what was typed."""
    actor = current_actor()
    performance = plans.find_performance(db.session, deal.id)
    milestones = plans.list_milestones(db.session, deal.id)
    statements = plans.list_statements(db.session, performance.id) if performance else []
    standing = dict(
        figures.standings(db.session, figures.MILESTONE, [one.id for one in milestones])
    )
    standing |= figures.standings(db.session, figures.STATEMENT, [one.id for one in statements])
    claims = interest.list_claims(db.session, deal.id)
    standing |= figures.standings(db.session, figures.INTEREST, [one.id for one in claims])
    terms = from_json(performance.terms) if performance else None
    office = permissions.may_split(actor, deal)
    body = render_template(
        "performance/show.html",
        **page_of(deal),
        performance=performance,
        terms=terms,
        milestones=milestones,
        statements=statements,
        standing=standing,
        sums=_sums(standing),
        late=late.list_all_late(db.session, today=today(), deal_id=deal.id),
        disputes=plans.list_disputes(db.session, deal.id),
        acting=acting_role(actor, deal),
        may_dispute=permissions.may_dispute(actor, deal),
        may_judge=actor.is_administrator and acting_role(actor, deal) is None,
        may_split=office,
        splits=list_splits(db.session, deal.id) if office else [],
        interest=figures_of.get_rule(db.session, settings.INTEREST_BP),
        lateness=interest.list_lateness(db.session, deal, today=today()),
        claims=claims,
        may_claim=acting_role(actor, deal) is DealRole.LICENSOR,
        late_name=late_name,
        name_of=name_of,
        dispute_form=forms.get("dispute") or ReasonForm(formdata=None),
        outcome_form=forms.get("outcome") or OutcomeForm(formdata=None),
        withdrawal_form=forms.get("withdrawal") or WithdrawalForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


def _sums(standing: Mapping[UUID, figures.Standing]) -> figures.Standing:
    return figures.Standing(
        sum(one.owed_minor for one in standing.values()),
        sum(one.open_minor for one in standing.values()),
        sum(one.earned_minor for one in standing.values()),
    )


@bp.get("/parts/<uuid:part_id>")
def part(part_id: UUID) -> ResponseReturnValue:
    """Lead from a payment back to what it paid for."""
    row = get_part(db.session, part_id)
    if row.purpose is Purpose.COMMISSION:
        commission, _ = get_commission(db.session, row.subject_id, actor=current_actor())
        return see_other(url_for(".commission", commission_id=commission.id))
    deal = found(row.deal_id)
    if row.purpose is Purpose.MILESTONE:
        return see_other(url_for(".milestone", deal_id=deal.id, milestone_id=row.subject_id))
    if row.purpose is Purpose.INTEREST:
        return see_other(url_for(".interest_claim", deal_id=deal.id, claim_id=row.subject_id))
    return see_other(url_for(".statement", deal_id=deal.id, statement_id=row.subject_id))


@bp.get("/deals/late")
def late_list() -> ResponseReturnValue:
    """List what is overdue in the person's deals."""
    actor = current_actor()
    if actor.is_visitor:
        raise NotFound
    return render_template(
        "performance/late.html",
        rows=late.list_late(db.session, actor=actor, today=today()),
        interest=figures_of.get_rule(db.session, settings.INTEREST_BP),
    )
