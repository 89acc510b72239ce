"""A manager's commissions, and those that an organization owes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.managers.queries.register import find_own
from marketplace.performance import permissions
from marketplace.performance.forms.steps import InvoiceForm, PartForm, ReasonForm, SettleForm
from marketplace.performance.models import CommissionState
from marketplace.performance.queries import figures, income, plans
from marketplace.performance.routes.blueprint import bp, is_english, payments_of, tried
from marketplace.performance.rules.statements import COMMISSION
from marketplace.performance.services import commissions as services
from marketplace.performance.services import parts
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.performance.models import Commission
    from marketplace.web.forms import Form

_ONE = "/commissions/<uuid:commission_id>"


def _title(row: Commission) -> str:
    return (row.deal.title_en or row.deal.title) if is_english() else row.deal.title


def _payer(row: Commission) -> str:
    return (row.payer.name_en or row.payer.name) if is_english() else row.payer.name


@bp.get("/commissions")
def commissions() -> ResponseReturnValue:
    """List commissions with how each stands, and the manager's own lines of the book."""
    actor = current_actor()
    profile = find_own(db.session, actor)
    rows = income.list_commissions(db.session, actor=actor)
    return render_template(
        "performance/commissions.html",
        profile=profile,
        rows=rows,
        standing=figures.standings(db.session, figures.COMMISSION, [row.id for row in rows]),
        book=income.fee_statement(db.session, person_id=profile.person_id, number=page_number())
        if profile
        else None,
        expected=sum(
            row.amount_minor
            for row in rows
            if profile and row.manager_id == profile.id and row.state in services.OPEN
        ),
        title_of=_title,
        payer_of=_payer,
    )


@bp.get(_ONE)
def commission(commission_id: UUID) -> ResponseReturnValue:
    """Show a commission: how it was worked out, its invoice, payments, and a dispute."""
    return _page(commission_id, {})


def _page(
    commission_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    actor = current_actor()
    row, profile = services.get_commission(db.session, commission_id, actor=actor)
    earner, owes = permissions.is_earner(actor, profile), permissions.owes(actor, row)
    asked = plans.list_parts(db.session, [row.id])
    body = render_template(
        "performance/commission.html",
        commission=row,
        title=_title(row),
        payer=_payer(row),
        profile=profile,
        parts=asked,
        payments=payments_of(asked),
        open_part=parts.open_part(asked),
        left_minor=row.amount_minor - parts.settled_minor(asked),
        standing=figures.standings(db.session, figures.COMMISSION, [row.id])[row.id],
        is_earner=earner,
        may_invoice=earner and COMMISSION.allows(row.state, "invoice"),
        may_waive=earner and COMMISSION.allows(row.state, "waive"),
        may_dispute=owes and COMMISSION.allows(row.state, "dispute"),
        may_settle=(owes or earner) and row.state is CommissionState.DISPUTED,
        may_pay=owes and row.state is CommissionState.INVOICED,
        invoice_form=forms.get("invoice") or InvoiceForm(formdata=None),
        dispute_form=forms.get("dispute") or ReasonForm(formdata=None),
        settle_form=forms.get("settle") or SettleForm(formdata=None),
        waive_form=forms.get("waive") or ReasonForm(formdata=None),
        part_form=forms.get("part") or PartForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


def _step(
    name: str, form: Form, commission_id: UUID, step: Callable[[], object]
) -> ResponseReturnValue:
    services.get_commission(db.session, commission_id, actor=current_actor())
    if tried(form, step):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".commission", commission_id=commission_id))
    status = 409 if form.general_errors else 422
    return _page(commission_id, {name: form}, status=status)


@bp.post(f"{_ONE}/invoice")
def invoice_commission(commission_id: UUID) -> ResponseReturnValue:
    """Send the invoice."""
    form = InvoiceForm()
    return _step(
        "invoice",
        form,
        commission_id,
        lambda: services.invoice(
            db.session,
            actor=current_actor(),
            commission_id=commission_id,
            number=text(form.number),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/dispute")
def dispute_commission(commission_id: UUID) -> ResponseReturnValue:
    """Dispute a commission."""
    form = ReasonForm()
    return _step(
        "dispute",
        form,
        commission_id,
        lambda: services.dispute(
            db.session,
            actor=current_actor(),
            commission_id=commission_id,
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/settle")
def settle_commission(commission_id: UUID) -> ResponseReturnValue:
    """End a quarrel about a commission."""
    form = SettleForm()
    return _step(
        "settle",
        form,
        commission_id,
        lambda: services.settle_dispute(
            db.session,
            actor=current_actor(),
            commission_id=commission_id,
            outcome=text(form.outcome),
            amount_minor=form.amount.minor,
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/waive")
def waive_commission(commission_id: UUID) -> ResponseReturnValue:
    """Give a commission up."""
    form = ReasonForm()
    return _step(
        "waive",
        form,
        commission_id,
        lambda: services.waive(
            db.session,
            actor=current_actor(),
            commission_id=commission_id,
            outcome=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_ONE}/pay")
def pay_commission(commission_id: UUID) -> ResponseReturnValue:
    """Ask for a payment and go to its page."""
    form = PartForm()
    if form.accepted():
        try:
            asked = services.pay(
                db.session,
                actor=current_actor(),
                commission_id=commission_id,
                amount_minor=form.amount.minor,
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(url_for("payments.pay", payment_id=asked.payment_id))
    return _page(commission_id, {"part": form}, status=409 if form.general_errors else 422)
