"""An institution's income from contracts, with its table as a file, and its policy of sharing."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import Response, flash, render_template, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound
from marketplace.exchange.tables import harmless
from marketplace.organizations.models import Organization
from marketplace.performance import permissions, settings
from marketplace.performance.forms.splits import PolicyForm
from marketplace.performance.queries import income as queries
from marketplace.performance.queries import splits
from marketplace.performance.routes.blueprint import bp, is_english, tried
from marketplace.performance.services import splits as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.performance.queries.income import IncomeRow

COLUMNS = (
    "deal",
    "title",
    "licensee",
    "stage",
    "currency",
    "open_minor",
    "earned_minor",
    "unshared_minor",
    "cost_minor",
    "awards_minor",
    "college_minor",
    "university_minor",
)
_SUMMED = COLUMNS[5:]


def _organization(organization_id: UUID) -> Organization:
    row = db.session.get(Organization, organization_id)
    if row is None or not permissions.may_read_income(current_actor(), organization_id):
        raise NotFound
    return row


def _title(row: IncomeRow) -> str:
    return (row.deal.title_en or row.deal.title) if is_english() else row.deal.title


@bp.get("/organizations/<uuid:organization_id>/income")
def income(organization_id: UUID) -> ResponseReturnValue:
    """Show what each contract brought in and how it was shared out."""
    organization = _organization(organization_id)
    rows = queries.list_income(db.session, organization.id)
    return render_template(
        "performance/income.html",
        organization=organization,
        rows=rows,
        totals={
            currency: {
                name: sum(getattr(row, name) for row in rows if row.currency == currency)
                for name in _SUMMED
            }
            for currency in sorted({row.currency for row in rows})
        },
        title_of=_title,
        policy=splits.policy_of(db.session, organization.id),
        may_set=permissions.is_office(current_actor(), organization.id),
    )


@bp.get("/organizations/<uuid:organization_id>/income.csv")
def income_csv(organization_id: UUID) -> ResponseReturnValue:
    """Give the same table as a file; amounts in minor units."""
    organization = _organization(organization_id)
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(COLUMNS)
    for row in queries.list_income(db.session, organization.id):
        table.writerow(
            harmless(cell)
            for cell in (
                row.deal.reference,
                _title(row),
                row.deal.licensee.name,
                row.deal.stage.value,
                row.currency,
                *(str(getattr(row, name)) for name in _SUMMED),
            )
        )
    response = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=income.csv"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/organizations/<uuid:organization_id>/split-policy", methods=["GET", "POST"])
def policy(organization_id: UUID) -> ResponseReturnValue:
    """Show and set how an institution shares its income."""
    organization = _organization(organization_id)
    form = PolicyForm()
    current = splits.policy_of(db.session, organization.id)
    if not form.is_submitted():
        form.show_rates(current.rates)
        form.source.data = current.source if current.own else ""
    if tried(
        form,
        lambda: services.set_policy(
            db.session,
            actor=current_actor(),
            organization_id=organization_id,
            rates=form.rates(),
            source=text(form.source),
            now=now(),
        ),
    ):
        flash(gettext("The policy holds from now on."), "success")
        return see_other(url_for(".policy", organization_id=organization_id))
    return form_page(
        "performance/policy.html",
        form,
        organization=organization,
        policy=current,
        history=splits.list_policies(db.session, organization.id),
        floor=figures_of.get_rule(db.session, settings.INVENTOR_FLOOR_BP),
        hubei=figures_of.get_rule(db.session, settings.HUBEI_BP),
        may_set=permissions.is_office(current_actor(), organization.id),
    )
