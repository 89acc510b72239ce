"""A payment's own pages: what happened, choosing how to pay, coming back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.files.services import list_attachments
from marketplace.payments import permissions, queries
from marketplace.payments.forms import InvoiceForm, IssuedForm, RefundForm
from marketplace.payments.gateway.protocol import GatewayError
from marketplace.payments.models import Payment, PaymentState, SlipState
from marketplace.payments.purposes import rules_of
from marketplace.payments.routes.desk import has_provider, leading_out, open_desk
from marketplace.payments.rules import PAID
from marketplace.payments.running.checkout import Addresses, open_page
from marketplace.payments.running.sync import sync_payment
from marketplace.payments.services import accounts, refunds
from marketplace.payments.services.slips import FILE_KIND
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)
bp = Blueprint("payments", __name__, url_prefix="/payments")

_WAITING = (PaymentState.SESSION_OPEN, PaymentState.PROCESSING)


def shown_page(payment: Payment) -> dict[str, Any]:
    """Gather what a payment's page shows."""
    actor = current_actor()
    slips = queries.slips_of(db.session, payment.id)
    is_payer = permissions.may_pay(db.session, actor, payment)
    return {
        "payment": payment,
        "timeline": queries.timeline(db.session, payment.id),
        "refunds": queries.refunds_of(db.session, payment.id),
        "disputes": queries.disputes_of(db.session, payment.id),
        "slips": slips,
        "files": {
            file.id: file
            for file in list_attachments(
                db.session, actor, object_kind=FILE_KIND, object_id=payment.id
            )
        },
        "invoice": queries.invoice_of(db.session, payment.id),
        "back_url": rules_of(payment.purpose).return_url(payment),
        "can": {
            "pay": is_payer and payment.state in (PaymentState.CREATED, PaymentState.SESSION_OPEN),
            "report": is_payer and not payment.is_paid,
            "confirm": permissions.may_confirm(actor, payment)
            and any(slip.state is SlipState.WAITING for slip in slips),
            "refund": permissions.may_refund(actor, payment)
            and payment.state in PAID
            and payment.kept_minor > 0,
            "invoice": is_payer,
            "issue": permissions.handles_money(actor, payment.payee_id),
            "settle": actor.is_administrator or permissions.handles_money(actor, payment.payee_id),
        },
    }


@bp.get("/<uuid:payment_id>")
def show(payment_id: UUID) -> ResponseReturnValue:
    """Show a payment: amounts, state, timeline."""
    payment = queries.get_payment(db.session, payment_id, actor=current_actor())
    return render_template("payments/show.html", **shown_page(payment))


@bp.get("/<uuid:payment_id>/pay")
def pay(payment_id: UUID) -> ResponseReturnValue:
    """Let the payer choose how to pay."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.may_pay(db.session, actor, payment))
    if payment.state not in (PaymentState.CREATED, PaymentState.SESSION_OPEN):
        return see_other(url_for(".show", payment_id=payment.id))
    page = render_template(
        "payments/pay.html",
        payment=payment,
        online=has_provider(),
        account=queries.payee_account(db.session, payment.payee_id),
        slips=queries.slips_of(db.session, payment.id),
        back_url=rules_of(payment.purpose).return_url(payment),
    )
    return leading_out(page)


@bp.post("/<uuid:payment_id>/pay")
def checkout(payment_id: UUID) -> ResponseReturnValue:
    """Open the provider's page and send the payer there."""
    actor = current_actor()
    queries.get_payment(db.session, payment_id, actor=actor)
    base = settings().base_url
    addresses = Addresses(
        success_url=base + url_for(".back", payment_id=payment_id),
        cancel_url=base + url_for(".pay", payment_id=payment_id),
        language=current_language(),
    )
    try:
        url = open_page(open_desk(keep=True), payment_id, actor=actor, addresses=addresses)
    except GatewayError as error:
        log.warning("no page for payment %s: %s", payment_id, error)
        flash(
            gettext(
                "The payment provider does not answer at the moment. Nothing was charged. "
                "Try again in a minute, or pay by bank transfer."
            ),
            "error",
        )
        return see_other(url_for(".pay", payment_id=payment_id))
    return see_other(url)


@bp.get("/<uuid:payment_id>/return")
def back(payment_id: UUID) -> ResponseReturnValue:
    """Take in the payer who comes back from the provider's page.

    The provider sends people back with a GET. What it looks up is noted in transactions of its
    own, the same way as by inbox and sweep; the request itself writes nothing.
    """
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    if not payment.is_paid:
        try:
            sync_payment(open_desk(keep=False), payment_id)
        except (GatewayError, DBAPIError) as error:
            # The inbox or the sweep brings it; the page goes on asking.
            log.warning("payment %s is looked up later: %s", payment_id, error)
    db.session.expire_all()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    return render_template("payments/return.html", **_progress(payment))


@bp.get("/<uuid:payment_id>/state")
def state(payment_id: UUID) -> ResponseReturnValue:
    """Give the part of the return page that is asked for again and again."""
    payment = queries.get_payment(db.session, payment_id, actor=current_actor())
    return render_template("payments/_state.html", **_progress(payment))


def _progress(payment: Payment) -> dict[str, Any]:
    return {
        "payment": payment,
        "waits": payment.state in _WAITING,
        "back_url": rules_of(payment.purpose).return_url(payment),
    }


@bp.route("/<uuid:payment_id>/refund", methods=["GET", "POST"])
def give_back(payment_id: UUID) -> ResponseReturnValue:
    """Order a refund by hand."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.may_refund(actor, payment))
    form = RefundForm()
    if not form.is_submitted():
        form.amount.data = payment.kept_minor
    if form.takes(
        lambda: refunds.refund_by_hand(
            db.session,
            actor=actor,
            payment_id=payment_id,
            amount_minor=form.amount.data,
            seen_minor=str(form.seen.data or ""),
            reason=text(form.reason),
            now=now(),
        )
    ):
        flash(gettext("The refund is ordered."))
        return see_other(url_for(".show", payment_id=payment_id))
    form.show_again(payment.refunded_minor)
    return form_page("payments/refund.html", form, payment=payment)


@bp.route("/<uuid:payment_id>/invoice", methods=["GET", "POST"])
def invoice(payment_id: UUID) -> ResponseReturnValue:
    """Ask for an invoice with the organization's title."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.may_pay(db.session, actor, payment))
    kept = queries.invoice_of(db.session, payment_id) or queries.invoice_profile(
        db.session, payment.payer_id
    )
    form = InvoiceForm(obj=kept)
    if not form.is_submitted() and kept is None:
        form.title.data, form.tax_number.data = payment.payer.name, payment.payer.credit_code
    if form.accepted():
        title = form.to_title()
        try:
            accounts.ask_invoice(
                db.session, actor=actor, payment_id=payment_id, title=title, now=now()
            )
            if permissions.handles_money(actor, payment.payer_id):
                accounts.set_invoice_profile(
                    db.session, actor=actor, organization_id=payment.payer_id, title=title
                )
        except RuleBroken as error:
            form.reject(error)
        else:
            flash(gettext("The payee sees what the invoice must say."))
            return see_other(url_for(".show", payment_id=payment_id))
    return form_page("payments/invoice.html", form, payment=payment)


@bp.route("/<uuid:payment_id>/invoice/issued", methods=["GET", "POST"])
def issued(payment_id: UUID) -> ResponseReturnValue:
    """Note the number of the issued invoice."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.handles_money(actor, payment.payee_id))
    form = IssuedForm()
    if form.takes(
        lambda: accounts.note_issued(
            db.session,
            actor=actor,
            payment_id=payment_id,
            number=text(form.number),
            now=now(),
        )
    ):
        flash(gettext("The invoice's number is noted."))
        return see_other(url_for(".show", payment_id=payment_id))
    return form_page(
        "payments/issued.html",
        form,
        payment=payment,
        invoice=queries.invoice_of(db.session, payment_id),
    )
