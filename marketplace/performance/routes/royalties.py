"""One royalty statement: report, confirmation, dispute, inspection, payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures_of
from marketplace.core.errors import RuleBroken
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.performance import settings
from marketplace.performance.forms.steps import (
    FindingForm,
    InspectionForm,
    PartForm,
    ReasonForm,
    ReportForm,
)
from marketplace.performance.models import StatementState
from marketplace.performance.queries import figures, late, plans
from marketplace.performance.routes.blueprint import (
    bp,
    files_of,
    found,
    page_of,
    payments_of,
    today,
    tried,
    upload_of,
)
from marketplace.performance.rules import royalty as rules
from marketplace.performance.rules.statements import STATEMENT
from marketplace.performance.services import inspections, parts
from marketplace.performance.services import royalties as services
from marketplace.terms.value import from_json
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.web.forms import Form

_BASE = "/deals/<uuid:deal_id>/royalties/<uuid:statement_id>"


@bp.get(_BASE)
def statement(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Show a royalty statement."""
    return _page(deal_id, statement_id, {})


def _page(
    deal_id: UUID, statement_id: UUID, forms: Mapping[str, Form], *, status: int = 200
) -> ResponseReturnValue:
    deal = found(deal_id)
    row = plans.get_statement(db.session, deal, statement_id)
    performance = plans.get_performance(db.session, deal.id)
    asked = plans.list_parts(db.session, [row.id])
    role = acting_role(current_actor(), deal)
    overdue = late.list_all_late(db.session, today=today(), deal_id=deal.id)
    body = render_template(
        "performance/statement.html",
        **page_of(deal),
        statement=row,
        terms=rules.standing(
            from_json(performance.terms),
            plans.former_terms(db.session, performance),
            row.to_on,
        ),
        files=files_of([row.evidence_id]),
        inspections=plans.list_inspections(db.session, row.id),
        parts=asked,
        payments=payments_of(asked),
        open_part=parts.open_part(asked),
        left_minor=row.amount_minor - parts.settled_minor(asked),
        standing=figures.standings(db.session, figures.STATEMENT, [row.id])[row.id],
        late=next((one for one in overdue if one.subject_id == row.id), None),
        interest=figures_of.get_rule(db.session, settings.INTEREST_BP),
        may_report=role is DealRole.LICENSEE and STATEMENT.allows(row.state, "report"),
        may_judge=role is DealRole.LICENSOR and row.state is StatementState.REPORTED,
        may_pay=role is DealRole.LICENSEE and row.state is StatementState.CONFIRMED,
        is_licensor=role is DealRole.LICENSOR,
        report_form=forms.get("report") or ReportForm(formdata=None, base=row.base_minor),
        reason_form=forms.get("dispute") or ReasonForm(formdata=None),
        inspection_form=forms.get("inspection") or InspectionForm(formdata=None),
        finding_form=forms.get("finding") or FindingForm(formdata=None),
        part_form=forms.get("part") or PartForm(formdata=None),
        refused=next(iter(forms), ""),
    )
    return body, status


def _step(
    name: str, form: Form, deal_id: UUID, statement_id: UUID, step: Callable[[], object]
) -> ResponseReturnValue:
    plans.get_statement(db.session, found(deal_id), statement_id)
    if tried(form, step):
        flash(gettext("The step was taken."), "success")
        return see_other(url_for(".statement", deal_id=deal_id, statement_id=statement_id))
    status = 409 if form.general_errors else 422
    return _page(deal_id, statement_id, {name: form}, status=status)


@bp.post(f"{_BASE}/report")
def report(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Report the base of a period."""
    form = ReportForm()

    def step() -> None:
        services.report(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            statement_id=statement_id,
            report=services.Report(
                base_minor=form.base.minor or 0,
                note=text(form.note),
                upload=upload_of(form.file),
            ),
            now=now(),
        )

    return _step("report", form, deal_id, statement_id, step)


@bp.post(f"{_BASE}/confirm")
def confirm_statement(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Confirm a statement; a rule that stands against it answers 409."""
    services.confirm(
        db.session,
        actor=current_actor(),
        deal_id=deal_id,
        statement_id=statement_id,
        now=now(),
    )
    flash(gettext("The step was taken."), "success")
    return see_other(url_for(".statement", deal_id=deal_id, statement_id=statement_id))


@bp.post(f"{_BASE}/dispute")
def dispute_statement(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Dispute a statement."""
    form = ReasonForm()
    return _step(
        "dispute",
        form,
        deal_id,
        statement_id,
        lambda: services.dispute(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            statement_id=statement_id,
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_BASE}/inspections")
def inspect(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Ask to read the books."""
    form = InspectionForm()
    return _step(
        "inspection",
        form,
        deal_id,
        statement_id,
        lambda: inspections.ask_inspection(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            statement_id=statement_id,
            planned_on=form.planned_on.data or today(),
            reason=text(form.reason),
            now=now(),
        ),
    )


@bp.post(f"{_BASE}/inspections/<uuid:inspection_id>")
def inspected(deal_id: UUID, statement_id: UUID, inspection_id: UUID) -> ResponseReturnValue:
    """Write down what an inspection found."""
    form = FindingForm()
    return _step(
        "finding",
        form,
        deal_id,
        statement_id,
        lambda: inspections.note_finding(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            statement_id=statement_id,
            inspection_id=inspection_id,
            finding=text(form.finding),
            now=now(),
        ),
    )


@bp.post(f"{_BASE}/pay")
def pay_statement(deal_id: UUID, statement_id: UUID) -> ResponseReturnValue:
    """Ask for a payment and go to its page."""
    form = PartForm()
    if form.accepted():
        try:
            asked = services.pay(
                db.session,
                actor=current_actor(),
                deal_id=deal_id,
                statement_id=statement_id,
                amount_minor=form.amount.minor,
                now=now(),
            )
        except RuleBroken as error:
            form.reject(error)
        else:
            return see_other(url_for("payments.pay", payment_id=asked.payment_id))
    return _page(deal_id, statement_id, {"part": form}, status=409 if form.general_errors else 422)
