"""Late interest of a deal: claiming it, its payment, giving it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.performance.forms.steps import PartForm, ReasonForm
from marketplace.performance.models import InterestState, Milestone
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries import interest as queries
from marketplace.performance.routes.blueprint import bp, found, name_of, page_of, payments_of, tried
from marketplace.performance.services import interests as services
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

    from marketplace.deals.models import Deal
    from marketplace.performance.models import InterestClaim, RoyaltyStatement
    from marketplace.web.forms import Form

_ONE = "/deals/<uuid:deal_id>/interest/<uuid:claim_id>"


@bp.post("/deals/<uuid:deal_id>/interest/of/<uuid:subject_id>")
def claim_interest(deal_id: UUID, subject_id: UUID) -> ResponseReturnValue:
    """Claim what a milestone or statement was late with until today."""
    found(deal_id)
    claim = services.claim(
        db.session, actor=current_actor(), deal_id=deal_id, subject_id=subject_id, now=now()
    )
    flash(gettext("The interest is claimed; the other side is told."), "success")
    return see_other(url_for(".interest_claim", deal_id=deal_id, claim_id=claim.id))


@bp.get(_ONE)
def interest_claim(deal_id: UUID, claim_id: UUID) -> ResponseReturnValue:
    """Show a claim: which sum was late for how many days, at which rate, and its payments."""
    return _page(deal_id, claim_id, {})


def subject_of(deal: Deal, claim: InterestClaim) -> tuple[str, str]:
    """Name what was late, with the address of its page."""
    if claim.subject_kind == figures.MILESTONE:
        row = plans.get_milestone(db.session, deal, claim.subject_id)
        return name_of(row), url_for(".milestone", deal_id=deal.id, milestone_id=row.id)
    one = plans.get_statement(db.session, deal, claim.subject_id)
    return period_name(one), url_for(".statement", deal_id=deal.id, statement_id=one.id)


def period_name(statement: RoyaltyStatement) -> str:
    """Name a royalty by its period."""
    found: str = gettext(
        "Royalty %(first)s – %(last)s", first=statement.from_on, last=statement.to_on
    )
    return found


def late_name(row: queries.Lateness) -> str:
    """Name something late in the reader's language."""
    subject = row.subject
    if isinstance(subject, Milestone):
        return name_of(subject)
    return period_name(subject)


def _page(
    deal_id: UUID, claim_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    deal = found(deal_id)
    row = queries.get_claim(db.session, deal, claim_id)
    asked = plans.list_parts(db.session, [row.id])
    role = acting_role(current_actor(), deal)
    name, address = subject_of(deal, row)
    is_open = row.state is InterestState.CLAIMED
    body = render_template(
        "performance/interest.html",
        **page_of(deal),
        claim=row,
        subject=name,
        subject_url=address,
        parts=asked,
        payments=payments_of(asked),
        open_part=parts.open_part(asked),
        left_minor=row.amount_minor - parts.settled_minor(asked),
        standing=figures.standings(db.session, figures.INTEREST, [row.id])[row.id],
        may_pay=role is DealRole.LICENSEE and is_open,
        may_waive=role is DealRole.LICENSOR and is_open,
        part_form=forms.get("part") or PartForm(formdata=None),
        waive_form=forms.get("waive") or ReasonForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


@bp.post(f"{_ONE}/waive")
def waive_interest(deal_id: UUID, claim_id: UUID) -> ResponseReturnValue:
    """Give a claim up with the reason."""
    queries.get_claim(db.session, found(deal_id), claim_id)
    form = ReasonForm()
    if tried(
        form,
        lambda: services.waive(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            claim_id=claim_id,
            reason=text(form.reason),
            now=now(),
        ),
    ):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".interest_claim", deal_id=deal_id, claim_id=claim_id))
    return _page(deal_id, claim_id, {"waive": form}, status=409 if form.general_errors else 422)


@bp.post(f"{_ONE}/pay")
def pay_interest(deal_id: UUID, claim_id: UUID) -> ResponseReturnValue:
    """Ask for a payment and go to its page."""
    form = PartForm()
    if form.accepted():
        try:
            asked = services.pay(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                claim_id=claim_id,
                amount_minor=form.amount.minor,
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(url_for("payments.pay", payment_id=asked.payment_id))
    return _page(deal_id, claim_id, {"part": form}, status=409 if form.general_errors else 422)
