"""An organization's own facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.messages import N_
from marketplace.drafting.services import own_organization
from marketplace.facilities import permissions, queries
from marketplace.facilities.forms.decisions import DraftForm
from marketplace.facilities.models import FacilityKind
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.services import drafts
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

#: Tabs in the order shown, with their names.
TAB_NAMES: dict[str, str] = {
    "all": N_("All"),
    "draft": N_("Drafts"),
    "under_review": N_("Under review"),
    "returned": N_("Returned"),
    "published": N_("Published"),
    "suspended": N_("Suspended"),
    "withdrawn": N_("Withdrawn"),
}


@bp.get("/organizations/<uuid:organization_id>/facilities")
def index(organization_id: UUID) -> ResponseReturnValue:
    """List the organization's own facilities under the chosen tab."""
    organization = own_organization(db.session, current_actor(), organization_id)
    actor = current_actor()
    tab = request.args.get("tab", "all")
    return render_template(
        "facilities/index.html",
        organization=organization,
        tab=tab if tab in TAB_NAMES else "all",
        tabs=TAB_NAMES,
        counts=queries.count_tabs(db.session, organization_id),
        page=queries.list_own(db.session, organization_id, tab=tab, number=page_number()),
        may_draft=permissions.writes_for(actor, organization_id),
        is_verified=organization_id in actor.verified,
        open_questions=queries.count_open_questions(db.session, actor),
    )


@bp.route("/organizations/<uuid:organization_id>/facilities/new", methods=["GET", "POST"])
def create(organization_id: UUID) -> ResponseReturnValue:
    """Start a draft; the steps go on from there."""
    organization = own_organization(db.session, current_actor(), organization_id)
    form = DraftForm()
    if not form.accepted():
        return form_page("facilities/create.html", form, organization=organization)
    facility = drafts.draft_facility(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        name=text(form.name),
        kind=FacilityKind(form.kind.data),
        now=now(),
    )
    flash(gettext("Draft saved. Every step saves itself while you write."), "success")
    return see_other(url_for(".edit", facility_id=facility.id, step="basics"))
