"""Bank transfers: reporting one, saying whether it arrived, and refunds that go by bank."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.files.forms import taken
from marketplace.payments import permissions, queries, services
from marketplace.payments.forms import ReasonForm, ReferenceForm, TransferForm
from marketplace.payments.models import Refund, RefundState
from marketplace.payments.routes.paying import bp
from marketplace.payments.services import refunds
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.route("/<uuid:payment_id>/transfer", methods=["GET", "POST"])
def report_transfer(payment_id: UUID) -> ResponseReturnValue:
    """Report a bank transfer with its slip."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.may_pay(db.session, actor, payment))
    form = TransferForm()
    if not form.is_submitted():
        form.amount.data, form.paid_on.data = payment.amount_minor, local(now()).date()
    if form.takes(
        lambda: services.record_transfer(
            db.session,
            actor=actor,
            payment_id=payment_id,
            amount_minor=form.amount.data,
            paid_on=form.paid_on.data or local(now()).date(),
            bank_reference=text(form.bank_reference),
            upload=taken(form.file),
            now=now(),
        )
    ):
        flash(gettext("The payee is asked whether the transfer arrived."))
        return see_other(url_for(".show", payment_id=payment_id))
    return form_page(
        "payments/transfer.html",
        form,
        payment=payment,
        account=queries.payee_account(db.session, payment.payee_id),
    )


@bp.post("/<uuid:payment_id>/transfers/<uuid:slip_id>/confirm")
def confirm_transfer(payment_id: UUID, slip_id: UUID) -> ResponseReturnValue:
    """Say that the money arrived."""
    services.confirm_transfer(
        db.session, actor=current_actor(), payment_id=payment_id, slip_id=slip_id, now=now()
    )
    flash(gettext("The payment counts as paid."))
    return see_other(url_for(".show", payment_id=payment_id))


@bp.route("/<uuid:payment_id>/transfers/<uuid:slip_id>/refuse", methods=["GET", "POST"])
def refuse_transfer(payment_id: UUID, slip_id: UUID) -> ResponseReturnValue:
    """Say that no such money arrived, with the reason."""
    actor = current_actor()
    payment = queries.get_payment(db.session, payment_id, actor=actor)
    require(permissions.may_confirm(actor, payment))
    form = ReasonForm()
    if form.accepted():
        services.refuse_transfer(
            db.session,
            actor=actor,
            payment_id=payment_id,
            slip_id=slip_id,
            reason=text(form.reason),
            now=now(),
        )
        flash(gettext("The payer is told."))
        return see_other(url_for(".show", payment_id=payment_id))
    return form_page("payments/refuse.html", form, payment=payment)


@bp.route("/refunds/<uuid:refund_id>/settle", methods=["GET", "POST"])
def settle_refund(refund_id: UUID) -> ResponseReturnValue:
    """Note that a refund went back by bank transfer."""
    actor = current_actor()
    order = db.session.get(Refund, refund_id)
    if order is None:
        raise NotFound
    payment = queries.get_payment(db.session, order.payment_id, actor=actor)
    require(actor.is_administrator or permissions.handles_money(actor, payment.payee_id))
    if order.state is not RefundState.BY_HAND:
        return see_other(url_for(".show", payment_id=payment.id))
    form = ReferenceForm()
    if form.accepted():
        refunds.settle_by_bank(
            db.session,
            actor=actor,
            refund_id=refund_id,
            bank_reference=text(form.bank_reference),
            now=now(),
        )
        flash(gettext("The refund counts as made."))
        return see_other(url_for(".show", payment_id=payment.id))
    return form_page("payments/settle.html", form, payment=payment, refund=order)
