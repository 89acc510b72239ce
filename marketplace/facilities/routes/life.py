"""Steps after publication, each one button or one reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.facilities import permissions, queries
from marketplace.facilities.forms.decisions import ReasonForm
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.services import life, reviews
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.post("/facilities/<uuid:facility_id>/recall")
def recall(facility_id: UUID) -> ResponseReturnValue:
    """Take the text back from the reviewers."""
    reviews.recall_facility(db.session, actor=current_actor(), facility_id=facility_id, now=now())
    flash(gettext("Taken back. You can go on writing."), "success")
    return see_other(url_for(".check", facility_id=facility_id))


@bp.post("/facilities/<uuid:facility_id>/reopen")
def reopen(facility_id: UUID) -> ResponseReturnValue:
    """Make a withdrawn facility a draft again."""
    life.reopen_facility(db.session, actor=current_actor(), facility_id=facility_id, now=now())
    flash(gettext("It is a draft again."), "success")
    return see_other(url_for(".check", facility_id=facility_id))


@bp.post("/facilities/<uuid:facility_id>/restore")
def restore(facility_id: UUID) -> ResponseReturnValue:
    """Show a suspended facility again."""
    life.restore_facility(db.session, actor=current_actor(), facility_id=facility_id, now=now())
    flash(gettext("It is shown again."), "success")
    return see_other(url_for(".show", facility_id=facility_id))


@bp.route("/facilities/<uuid:facility_id>/suspend", methods=["GET", "POST"])
def suspend(facility_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, then hide the facility."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    require("suspend" in permissions.steps_for(actor, facility))
    form = ReasonForm()
    if not form.accepted():
        return form_page("facilities/reason.html", form, facility=facility, step="suspend")
    life.suspend_facility(
        db.session, actor=actor, facility_id=facility_id, reason=text(form.reason), now=now()
    )
    flash(gettext("Suspended; the operator is told your reason."), "success")
    return see_other(url_for(".show", facility_id=facility_id))


@bp.route("/facilities/<uuid:facility_id>/withdraw", methods=["GET", "POST"])
def withdraw(facility_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, then take the facility off the register."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    require("withdraw" in permissions.steps_for(actor, facility))
    form = ReasonForm()
    if not form.accepted():
        return form_page("facilities/reason.html", form, facility=facility, step="withdraw")
    life.withdraw_facility(
        db.session, actor=actor, facility_id=facility_id, reason=text(form.reason), now=now()
    )
    flash(gettext("Withdrawn. Its address says so to whoever opens it."), "success")
    if actor.is_member(facility.organization_id):
        return see_other(url_for(".index", organization_id=facility.organization_id))
    return see_other(url_for(".show", facility_id=facility_id))
