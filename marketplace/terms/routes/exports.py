"""The export question of a deal with a foreign receiving side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.codes import rules as figures
from marketplace.codes.holidays import add_working_days, load_table
from marketplace.deals.routes.blueprint import frame
from marketplace.files.forms import taken
from marketplace.listings.models import ExportControl
from marketplace.terms import permissions, settings
from marketplace.terms.forms.decisions import ExportForm
from marketplace.terms.queries import offers
from marketplace.terms.queries import trials as queries
from marketplace.terms.queries.diligence import list_files
from marketplace.terms.routes.blueprint import bp, the_deal
from marketplace.terms.rules import export as rules
from marketplace.terms.services import exports as services
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.route("/deals/<uuid:deal_id>/terms/exports", methods=["GET", "POST"])
def exports(deal_id: UUID) -> ResponseReturnValue:
    """Show what the export rules ask, and record license and registration."""
    deal = the_deal(deal_id)
    record = queries.find_export(db.session, deal_id)
    names = ("control", "license_number", "applied_on", "registration_number", "registered_on")
    form = ExportForm(data={name: getattr(record, name) for name in names} if record else {})
    if form.takes(
        lambda: services.record_export(
            db.session,
            actor=current_actor(),
            deal_id=deal_id,
            control=_control(text(form.control)),
            license_number=text(form.license_number),
            license_file=taken(form.license_file),
            applied_on=form.applied_on.data,
            registration_number=text(form.registration_number),
            registered_on=form.registered_on.data,
            now=now(),
        )
    ):
        flash(gettext("The export papers are recorded."), "success")
        return see_other(url_for(".exports", deal_id=deal_id))
    latest = offers.latest_offer(db.session, deal_id)
    terms = offers.agreed_terms(db.session, deal) or (latest.terms if latest else None)
    found = services.standing_of(db.session, deal, terms)
    files = list_files(db.session, deal_id, purpose=services.LICENSE_FILE)
    return form_page(
        "terms/exports.html",
        form,
        **frame(deal, "terms.index"),
        standing=found,
        obstacle=rules.obstacle(found),
        record=record,
        file=next((one for one in files if record and one.id == record.license_file_id), None),
        answer_by=_answer_by(record.applied_on) if record and record.applied_on else None,
        may_record=permissions.may_record_export(current_actor(), deal),
    )


def _control(typed: str) -> ExportControl:
    """Give the mark that was chosen; a deal with a listing sends none."""
    known = {one.value for one in ExportControl}
    return ExportControl(typed) if typed in known else ExportControl.UNCHECKED


def _answer_by(applied_on: date) -> date:
    """Give the working day by which the registration is answered."""
    days = figures.number(db.session, settings.REGISTRATION_DAYS)
    return add_working_days(applied_on, days, load_table(db.session))
