"""An organization's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.accounts.permissions import may_manage_members, may_see_members
from marketplace.accounts.services.memberships import apply_for_organization
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.files.forms import taken
from marketplace.onboarding import proof
from marketplace.onboarding.forms import ApplicationForm, EditForm
from marketplace.organizations import queries, services
from marketplace.organizations.models import OrganizationKind
from marketplace.organizations.permissions import may_edit, may_review, may_suspend
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("organizations", __name__)


@bp.get("/organizations")
@public
def index() -> ResponseReturnValue:
    """List the organizations, to be found by name and kind."""
    kinds = {kind.value: kind for kind in OrganizationKind}
    chosen = kinds.get(request.args.get("kind", ""))
    words = request.args.get("q", "").strip()[:100]
    found = queries.list_organizations(
        db.session, actor=current_actor(), words=words, kind=chosen, number=page_number()
    )
    return render_template(
        "organizations/index.html",
        found=found,
        words=words,
        kinds=list(kinds.values()),
        kind=chosen,
    )


@bp.route("/organizations/new", methods=["GET", "POST"])
@limiter.limit("10 per hour", methods=["POST"])
def create() -> ResponseReturnValue:
    """Apply for an organization, with a scan that proves it."""
    form = ApplicationForm()
    if not form.accepted():
        return form_page("organizations/create.html", form)
    try:
        upload = taken(form.file)
        if upload is None:
            raise RuleBroken(proof.PROOF_MISSING, field="file")  # noqa: TRY301 — one place shows it
        organization = apply_for_organization(
            db.session, actor=current_actor(), draft=form.to_draft(), now=now()
        )
        proof.add_proof(
            db.session,
            actor=current_actor(),
            organization=organization,
            upload=upload,
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("organizations/create.html", form)
    flash(gettext("The application is sent. A reviewer looks at it, usually within two days."))
    return see_other(url_for(".show", organization_id=organization.id))


@bp.get("/organizations/<uuid:organization_id>")
@public
def show(organization_id: UUID) -> ResponseReturnValue:
    """Show an organization: facts, and what other domains add."""
    actor = current_actor()
    organization = queries.get_organization(db.session, organization_id, actor=actor)
    return render_template(
        "organizations/show.html",
        organization=organization,
        proofs=proof.list_proofs(db.session, actor=actor, organization_id=organization.id),
        can={
            "edit": may_edit(actor, organization.id),
            "members": may_see_members(actor, organization.id),
            "manage": may_manage_members(actor, organization.id),
            "review": may_review(actor, organization.id),
            "suspend": may_suspend(actor, organization.id),
        },
    )


@bp.route("/organizations/<uuid:organization_id>/edit", methods=["GET", "POST"])
def edit(organization_id: UUID) -> ResponseReturnValue:
    """Change what the organization says of itself."""
    actor = current_actor()
    organization = queries.get_organization(db.session, organization_id, actor=actor)
    require(may_edit(actor, organization.id))
    form = EditForm(obj=organization)
    proofs = proof.list_proofs(db.session, actor=actor, organization_id=organization.id)
    values = {"organization": organization, "proofs": proofs}
    if not form.accepted():
        return form_page("organizations/edit.html", form, **values)
    try:
        upload = taken(form.file)
        services.edit_organization(
            db.session,
            actor=actor,
            organization_id=organization.id,
            draft=form.to_draft(),
            version=form.version.data,
            now=now(),
        )
        if upload is not None:
            proof.add_proof(
                db.session, actor=actor, organization=organization, upload=upload, now=now()
            )
        if request.form.get("apply"):
            proof.apply_again(db.session, actor=actor, organization_id=organization.id, now=now())
    except RuleBroken as error:
        db.session.rollback()
        organization = queries.get_organization(db.session, organization_id, actor=actor)
        form.reject(error)
        return form_page(
            "organizations/edit.html", form, organization=organization, proofs=values["proofs"]
        )
    flash(gettext("Saved."))
    return see_other(url_for(".show", organization_id=organization.id))


@bp.post("/organizations/<uuid:organization_id>/proofs/<uuid:attachment_id>/remove")
def remove_proof(organization_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Take a proof off again."""
    actor = current_actor()
    organization = queries.get_organization(db.session, organization_id, actor=actor)
    proof.remove_proof(
        db.session,
        actor=actor,
        organization=organization,
        attachment_id=attachment_id,
        now=now(),
    )
    flash(gettext("The file is removed."))
    return see_other(url_for(".edit", organization_id=organization.id))
