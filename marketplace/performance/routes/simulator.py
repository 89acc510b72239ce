"""The simulator of an income split: open to every signed-in person, before anything is signed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import render_template, request

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.money import shares
from marketplace.deals.queries.deals import get_deal
from marketplace.performance import settings
from marketplace.performance.forms.splits import SimulatorForm
from marketplace.performance.models import Pool
from marketplace.performance.queries.plans import latest_terms
from marketplace.performance.queries.splits import policy_of
from marketplace.performance.routes.blueprint import bp
from marketplace.performance.routes.splits import inventors_of
from marketplace.performance.rules.split import divide, require_rates
from marketplace.web.access import current_actor
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.performance.rules.split import Outcome
    from marketplace.performance.services.splits import PersonLine

#: What the page begins with when it comes from nowhere: 1,000,000 yuan.
EXAMPLE_MINOR = 1_000_000_00


def _deal() -> Deal | None:
    """Give the deal that the page was opened from, if the person may know of it."""
    try:
        return get_deal(db.session, UUID(request.args.get("deal_id", "")), actor=current_actor())
    except (ValueError, NotFound):
        return None


@bp.route("/simulator", methods=["GET", "POST"])
def simulate() -> ResponseReturnValue:
    """Work an income split out, to the last minor unit; nothing is kept."""
    deal = _deal()
    policy = policy_of(db.session, deal.licensor_id if deal else _institution())
    form = SimulatorForm()
    if not form.is_submitted():
        form.show_rates(policy.rates)
        form.show_people(
            inventors_of(deal)
            if deal
            else [
                {"pool": Pool.INVENTOR.value, "name": current_actor().name, "weight": "1"},
                {"pool": Pool.STAFF.value, "name": "", "weight": "1"},
            ]
        )
        terms = latest_terms(db.session, deal.id) if deal else None
        fixed = terms.fixed_total_minor if terms else 0
        form.gross.process_data(fixed or (deal.value_minor if deal else None) or EXAMPLE_MINOR)
        form.cost.process_data(0)
    outcome, people = None, []
    if not form.is_submitted() or form.validate():
        people = form.lines()
        outcome = _worked_out(form, people)
    form.spare()
    status = 422 if form.is_submitted() and outcome is None else 200
    return render_template(
        "performance/simulator.html",
        form=form,
        deal=deal,
        policy=policy,
        outcome=outcome,
        rates=form.rates(),
        people=_amounts(outcome, people) if outcome else [],
        bars=bars_of(outcome) if outcome else [],
        floor=figures_of.get_rule(db.session, settings.INVENTOR_FLOOR_BP),
        hubei=figures_of.get_rule(db.session, settings.HUBEI_BP),
    ), status


def _institution() -> UUID | None:
    """Give the person's only institution, whose policy the page begins with."""
    ids = list(current_actor().organization_ids)
    return ids[0] if len(ids) == 1 else None


def _worked_out(form: SimulatorForm, people: list[PersonLine]) -> Outcome | None:
    try:
        floor = figures_of.number(db.session, settings.INVENTOR_FLOOR_BP)
        require_rates(form.rates(), floor_bp=floor)
        return divide(
            form.gross.minor or 0,
            form.cost.minor or 0,
            form.rates(),
            inventors=[one.weight for one in people if one.pool is Pool.INVENTOR],
            staff=[one.weight for one in people if one.pool is Pool.STAFF],
        )
    except RuleBroken as error:
        form.reject(error)
        return None


def _amounts(outcome: Outcome, people: list[PersonLine]) -> list[tuple[PersonLine, int]]:
    found = []
    for pool, amounts in ((Pool.INVENTOR, outcome.inventors), (Pool.STAFF, outcome.staff)):
        members = [one for one in people if one.pool is pool]
        found += list(zip(members, amounts or (0,) * len(members), strict=True))
    return found


def bars_of(outcome: Outcome) -> list[tuple[str, int, int]]:
    """Give the parts of a bar of width 1,000: key, start, width; the widths fill it."""
    parts = {
        "cost": outcome.cost_minor,
        "inventors": outcome.inventors_minor,
        "staff": outcome.staff_minor,
        "college": outcome.college_minor,
        "university": outcome.university_minor,
    }
    if not sum(parts.values()):
        return []
    found, start = [], 0
    for key, width in zip(parts, shares(1000, list(parts.values())), strict=True):
        found.append((key, start, width))
        start += width
    return found
