"""Opening and settling disputes, on the deal's money page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.deals.permissions import acting_role
from marketplace.performance import permissions
from marketplace.performance.forms.steps import OutcomeForm, ReasonForm, WithdrawalForm
from marketplace.performance.models import DisputeOutcome
from marketplace.performance.routes.blueprint import bp, found, tried
from marketplace.performance.routes.show import money_page
from marketplace.performance.services import disputes as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.web.forms import Form

_BASE = "/deals/<uuid:deal_id>/disputes"


def _step(name: str, form: Form, deal_id: UUID, step: Callable[[], object]) -> ResponseReturnValue:
    if tried(form, step):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".show", deal_id=deal_id, _anchor="disputes"))
    status = 409 if form.general_errors else 422
    return money_page(found(deal_id), {name: form}, status=status)


@bp.post(_BASE)
def open_dispute(deal_id: UUID) -> ResponseReturnValue:
    """Open a dispute."""
    require(permissions.may_dispute(current_actor(), found(deal_id)))
    form = ReasonForm()
    return _step(
        "dispute",
        form,
        deal_id,
        lambda: services.open_dispute(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_BASE}/<uuid:dispute_id>/outcome")
def propose_outcome(deal_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    """Propose an outcome as a party, or record a judgment as an administrator."""
    actor = current_actor()
    role = acting_role(actor, found(deal_id))
    step = services.propose if role is not None else services.judge
    require(role is not None or actor.is_administrator)
    form = OutcomeForm()
    return _step(
        "outcome",
        form,
        deal_id,
        lambda: step(
            db.session,
            actor=actor,
            deal_id=deal_id,
            dispute_id=dispute_id,
            outcome=DisputeOutcome(form.outcome.data),
            text=text(form.text),
            now=now(),
        ),
    )


@bp.post(f"{_BASE}/<uuid:dispute_id>/agree")
def agree_outcome(deal_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    """Agree to the other side's outcome."""
    services.agree(
        db.session, actor=current_actor(), deal_id=deal_id, dispute_id=dispute_id, now=now()
    )
    flash(gettext("The step was taken."), "success")
    return see_other(url_for(".show", deal_id=deal_id, _anchor="disputes"))


@bp.post(f"{_BASE}/<uuid:dispute_id>/withdraw")
def withdraw_dispute(deal_id: UUID, dispute_id: UUID) -> ResponseReturnValue:
    """Withdraw a dispute."""
    form = WithdrawalForm()
    return _step(
        "withdrawal",
        form,
        deal_id,
        lambda: services.withdraw(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            dispute_id=dispute_id,
            text=text(form.text),
            now=now(),
        ),
    )
