"""The public calculator of an income split: for everybody, in an address that can be sent on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from marketplace.codes import rules as figures_of
from marketplace.core.errors import RuleBroken
from marketplace.performance import settings
from marketplace.performance.forms.splits import CalculatorForm
from marketplace.performance.queries.splits import policy_of
from marketplace.performance.routes.blueprint import bp
from marketplace.performance.routes.simulator import EXAMPLE_MINOR, bars_of
from marketplace.performance.rules.split import divide, require_rates
from marketplace.web.access import public
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.performance.rules.split import Outcome


@bp.get("/tools/income-split")
@public
def calculator() -> ResponseReturnValue:
    """Work an income split out of what stands in the address; nothing is kept."""
    policy = policy_of(db.session, None)
    asked = "gross" in request.args
    form = CalculatorForm(request.args if asked else None)
    if not asked:
        form.show_rates(policy.rates)
        form.gross.process_data(EXAMPLE_MINOR)
        form.cost.process_data(0)
        form.people.data = 1
    outcome = _worked_out(form) if not asked or form.validate() else None
    return render_template(
        "performance/calculator.html",
        form=form,
        policy=policy,
        outcome=outcome,
        rates=form.rates(),
        bars=bars_of(outcome) if outcome else [],
        floor=figures_of.get_rule(db.session, settings.INVENTOR_FLOOR_BP),
        hubei=figures_of.get_rule(db.session, settings.HUBEI_BP),
    ), 422 if outcome is None else 200


def _worked_out(form: CalculatorForm) -> Outcome | None:
    floor = figures_of.number(db.session, settings.INVENTOR_FLOOR_BP)
    try:
        require_rates(form.rates(), floor_bp=floor)
        return divide(
            form.gross.minor or 0,
            form.cost.minor or 0,
            form.rates(),
            inventors=[1] * (form.people.data or 1),
            staff=[1],
        )
    except RuleBroken as error:
        form.reject(error)
        return None
