"""The platform's queues of money: payments, refunds that wait, payouts, comparison, inbox."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core import jobs
from marketplace.core.actor import PlatformRole
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.files.forms import taken
from marketplace.ledger import queries as books
from marketplace.organizations.models import Organization
from marketplace.payments import queries
from marketplace.payments.forms import ReasonForm, ReferenceForm
from marketplace.payments.gateway.protocol import GatewayError
from marketplace.payments.models import InboxEvent, PaymentState, PayoutState, Reconciliation
from marketplace.payments.permissions import may_approve
from marketplace.payments.routes.desk import has_provider, open_desk
from marketplace.payments.running import reconcile
from marketplace.payments.services import payouts, refunds
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import flash_refusal, form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)
bp = Blueprint("platform_money", __name__, url_prefix="/platform/payments")

ADMINISTRATORS = for_roles(PlatformRole.ADMINISTRATOR)


@bp.get("")
@ADMINISTRATORS
def index() -> ResponseReturnValue:
    """List all payments, and what stands on the accounts."""
    states = {state.value: state for state in PaymentState}
    chosen = states.get(request.args.get("state", ""))
    words = request.args.get("q", "").strip()[:100]
    found = queries.list_payments(
        db.session,
        actor=current_actor(),
        states=[chosen] if chosen else (),
        words=words,
        number=page_number(),
    )
    return render_template(
        "platform_money/index.html",
        found=found,
        states=list(states.values()),
        chosen=chosen,
        words=words,
        balances=books.balances(db.session),
    )


@bp.get("/refunds")
@ADMINISTRATORS
def refund_queue() -> ResponseReturnValue:
    """List the refunds that wait for a person."""
    found = queries.stuck_refunds(db.session, number=page_number())
    return render_template("platform_money/refunds.html", found=found)


@bp.post("/refunds/<uuid:refund_id>/again")
@ADMINISTRATORS
def refund_again(refund_id: UUID) -> ResponseReturnValue:
    """Order a failed refund anew, or by bank transfer."""
    refunds.retry(
        db.session,
        actor=current_actor(),
        refund_id=refund_id,
        now=now(),
        by_bank=bool(request.form.get("by_bank")),
    )
    flash(gettext("The refund is ordered."))
    return see_other(url_for(".refund_queue"))


@bp.get("/payouts")
@ADMINISTRATORS
def payout_queue() -> ResponseReturnValue:
    """List what is due to payees, and the payouts on their way."""
    due = queries.due_payees(db.session)
    names = {
        one.id: one
        for one in db.session.query(Organization).where(
            Organization.id.in_([id_ for id_, _ in due])
        )
    }
    found = queries.list_payouts(db.session, number=page_number())
    actor = current_actor()
    return render_template(
        "platform_money/payouts.html",
        due=[(names[payee_id], amount) for payee_id, amount in due],
        found=found,
        approvable={payout.id for payout in found.items if may_approve(actor, payout)},
    )


@bp.post("/payouts/<uuid:payee_id>/prepare")
@ADMINISTRATORS
def prepare_payout(payee_id: UUID) -> ResponseReturnValue:
    """Gather what a payee is due into a payout."""
    try:
        payouts.prepare(db.session, actor=current_actor(), payee_id=payee_id, now=now())
    except RuleBroken as error:
        flash_refusal(error)
    else:
        flash(gettext("The payout waits for the approval of another administrator."))
    return see_other(url_for(".payout_queue"))


@bp.get("/payouts/<uuid:payout_id>")
@ADMINISTRATORS
def show_payout(payout_id: UUID) -> ResponseReturnValue:
    """Show a payout with what it consists of."""
    return render_template("platform_money/payout.html", **_payout_page(payout_id))


def _payout_page(payout_id: UUID) -> dict[str, Any]:
    payout = queries.get_payout(db.session, payout_id)
    state = payout.state
    return {
        "payout": payout,
        "transfers": queries.transfers_of(db.session, payout_id),
        "can": {
            "approve": state is PayoutState.PREPARED and may_approve(current_actor(), payout),
            "refuse": state is PayoutState.PREPARED
            or (state is PayoutState.APPROVED and payout.provider.value == "bank"),
            "paid": state is PayoutState.APPROVED and payout.provider.value == "bank",
            "returned": state is PayoutState.PAID,
        },
    }


@bp.post("/payouts/<uuid:payout_id>/approve")
@ADMINISTRATORS
def approve_payout(payout_id: UUID) -> ResponseReturnValue:
    """Approve a payout that somebody else prepared."""
    payouts.approve(db.session, actor=current_actor(), payout_id=payout_id, now=now())
    flash(gettext("The payout is approved."))
    return see_other(url_for(".show_payout", payout_id=payout_id))


@bp.route("/payouts/<uuid:payout_id>/paid", methods=["GET", "POST"])
@ADMINISTRATORS
def payout_paid(payout_id: UUID) -> ResponseReturnValue:
    """Note the bank's reference of a payout that was made."""
    form = ReferenceForm()
    if form.takes(
        lambda: payouts.mark_paid(
            db.session,
            actor=current_actor(),
            payout_id=payout_id,
            bank_reference=text(form.bank_reference),
            upload=taken(form.file),
            now=now(),
        )
    ):
        flash(gettext("The payout counts as made; the payee is told."))
        return see_other(url_for(".show_payout", payout_id=payout_id))
    payout = queries.get_payout(db.session, payout_id)
    return form_page("platform_money/paid.html", form, payout=payout)


def _with_reason(payout_id: UUID, step: Any, done: str, title: str) -> ResponseReturnValue:  # noqa: ANN401 — a service
    form = ReasonForm()
    if form.accepted():
        step(
            db.session,
            actor=current_actor(),
            payout_id=payout_id,
            reason=text(form.reason),
            now=now(),
        )
        flash(done)
        return see_other(url_for(".show_payout", payout_id=payout_id))
    payout = queries.get_payout(db.session, payout_id)
    return form_page("platform_money/reason.html", form, payout=payout, title=title)


@bp.route("/payouts/<uuid:payout_id>/refuse", methods=["GET", "POST"])
@ADMINISTRATORS
def refuse_payout(payout_id: UUID) -> ResponseReturnValue:
    """Give a payout up before money moves."""
    return _with_reason(
        payout_id,
        payouts.refuse,
        gettext("The payout is given up; the sum is due again."),
        gettext("Refuse the payout"),
    )


@bp.route("/payouts/<uuid:payout_id>/returned", methods=["GET", "POST"])
@ADMINISTRATORS
def return_payout(payout_id: UUID) -> ResponseReturnValue:
    """Note that the bank sent the money back."""
    return _with_reason(
        payout_id,
        payouts.mark_returned,
        gettext("The payout is taken back; the sum is due again."),
        gettext("The bank returned the payout"),
    )


@bp.get("/comparison")
@ADMINISTRATORS
def comparison() -> ResponseReturnValue:
    """List the daily comparisons of the provider's balance with the books."""
    found = queries.list_reconciliations(db.session, number=page_number())
    return render_template("platform_money/comparison.html", found=found, online=has_provider())


@bp.post("/comparison")
@ADMINISTRATORS
def compare() -> ResponseReturnValue:
    """Compare today up to now."""
    moment = now()
    try:
        reconcile.reconcile(open_desk(keep=True), local(moment).date(), until=moment)
    except GatewayError as error:
        log.warning("no comparison: %s", error)
        flash(gettext("Stripe does not answer at the moment. Try again in a minute."), "error")
    return see_other(url_for(".comparison"))


@bp.get("/comparison/<uuid:reconciliation_id>")
@ADMINISTRATORS
def differences(reconciliation_id: UUID) -> ResponseReturnValue:
    """Show what one comparison found."""
    found = db.session.get(Reconciliation, reconciliation_id)
    if found is None:
        raise NotFound
    return render_template("platform_money/differences.html", found=found)


@bp.get("/inbox")
@ADMINISTRATORS
def events() -> ResponseReturnValue:
    """List the provider's events."""
    waiting = request.args.get("show") != "all"
    found = queries.list_inbox(db.session, waiting=waiting, number=page_number())
    return render_template("platform_money/inbox.html", found=found, waiting=waiting)


@bp.post("/inbox/<event_id>/again")
@ADMINISTRATORS
def event_again(event_id: str) -> ResponseReturnValue:
    """Work on a stored event once more."""
    event = db.session.get(InboxEvent, event_id)
    if event is None:
        raise NotFound
    jobs.ask(db.session, "payments.event", event_id=event.id)
    flash(gettext("The event is worked on again."))
    return see_other(url_for(".events"))
