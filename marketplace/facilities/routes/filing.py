"""Applications for the city's file: the district's word, the city's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import Actor, require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.facilities import permissions, queries
from marketplace.facilities.forms.decisions import FileForm, RecommendForm
from marketplace.facilities.models import Recommendation
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.services import filing
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


def _judges(actor: Actor) -> bool:
    return actor.is_reviewer or actor.is_administrator or actor.is_city_officer


@bp.get("/facilities/applications")
def applications() -> ResponseReturnValue:
    """List the applications that the actor's district or the city has to speak on."""
    actor = current_actor()
    districts = queries.districts_of(db.session, actor)
    judges = _judges(actor)
    if not judges and not districts:
        raise NotFound
    page = queries.list_applications(
        db.session, districts=None if judges else districts, number=page_number()
    )
    return render_template("facilities/applications.html", page=page, judges=judges)


@bp.route("/facilities/<uuid:facility_id>/recommend", methods=["GET", "POST"])
def recommend(facility_id: UUID) -> ResponseReturnValue:
    """Say for the district whether the city should take it on file."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    districts = queries.districts_of(db.session, actor)
    require(permissions.may_recommend(actor, facility, districts))
    form = RecommendForm()
    if form.takes(
        lambda: filing.recommend_facility(
            db.session,
            actor=actor,
            facility_id=facility_id,
            recommendation=Recommendation(form.recommendation.data),
            text=text(form.text),
            now=now(),
        )
    ):
        flash(gettext("The district's word is kept; the operator is told."), "success")
        return see_other(url_for(".applications"))
    return form_page("facilities/recommend.html", form, facility=facility)


@bp.route("/facilities/<uuid:facility_id>/file", methods=["GET", "POST"])
def file(facility_id: UUID) -> ResponseReturnValue:
    """Enter what the city decided: number and day, or the grounds of a refusal."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    if not _judges(actor):
        raise NotFound
    require(permissions.may_file(actor, facility))
    form = FileForm()
    if form.takes(lambda: _decide(facility_id, form)):
        flash(gettext("The decision is kept; the operator is told."), "success")
        return see_other(url_for(".applications"))
    return form_page("facilities/file.html", form, facility=facility)


def _decide(facility_id: UUID, form: FileForm) -> None:
    actor = current_actor()
    if request.form.get("decision") == "refuse":
        filing.refuse_filing(
            db.session, actor=actor, facility_id=facility_id, reason=text(form.reason), now=now()
        )
        return
    if form.filed_on.data is None:
        raise RuleBroken("Give the day on which it was filed.", field="filed_on")
    filing.file_facility(
        db.session,
        actor=actor,
        facility_id=facility_id,
        number=text(form.number),
        filed_on=form.filed_on.data,
        now=now(),
    )
