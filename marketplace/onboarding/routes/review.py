"""The reviewers' side: applications that wait, and what is decided about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.accounts.queries import list_members
from marketplace.core.actor import PlatformRole
from marketplace.onboarding import proof
from marketplace.onboarding.forms import ReasonForm
from marketplace.organizations import queries, services
from marketplace.organizations.permissions import may_review, may_suspend
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.organizations.models import Organization

bp = Blueprint("verification", __name__, url_prefix="/platform/organizations")

REVIEWERS = for_roles(PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


@bp.get("/waiting")
@REVIEWERS
def index() -> ResponseReturnValue:
    """List the applications that wait, the oldest first."""
    return render_template(
        "verification/index.html", found=queries.list_waiting(db.session, number=page_number())
    )


def _page(organization: Organization, form: ReasonForm) -> ResponseReturnValue:
    actor = current_actor()
    return form_page(
        "verification/show.html",
        form,
        organization=organization,
        proofs=proof.list_proofs(db.session, actor=actor, organization_id=organization.id),
        members=list_members(db.session, organization.id, at=now()),
        can={
            "review": may_review(actor, organization.id),
            "suspend": may_suspend(actor, organization.id),
        },
    )


@bp.get("/<uuid:organization_id>")
@REVIEWERS
def show(organization_id: UUID) -> ResponseReturnValue:
    """Show an organization with its proof and the steps that are possible."""
    organization = queries.get_organization(db.session, organization_id, actor=current_actor())
    return _page(organization, ReasonForm())


@bp.post("/<uuid:organization_id>/verify")
@REVIEWERS
def verify(organization_id: UUID) -> ResponseReturnValue:
    """Say that the proof fits."""
    proof.verify(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        now=now(),
        version=whole_number(request.form.get("version")),
    )
    flash(gettext("The organization is verified; its owners get a mail."))
    return see_other(url_for(".index"))


def _with_reason(
    organization_id: UUID, service: Callable[..., Organization], done: str, onward: str
) -> ResponseReturnValue:
    """Take a step that says why; without a reason the page asks for it."""
    organization = queries.get_organization(db.session, organization_id, actor=current_actor())
    form = ReasonForm()
    if not form.accepted():
        return _page(organization, form)
    service(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        reason=text(form.reason),
        now=now(),
    )
    flash(done)
    return see_other(onward)


@bp.post("/<uuid:organization_id>/return")
@REVIEWERS
def send_back(organization_id: UUID) -> ResponseReturnValue:
    """Return an application with reasons."""
    done = gettext("The application is returned; its owners get a mail.")
    return _with_reason(organization_id, services.return_organization, done, url_for(".index"))


@bp.post("/<uuid:organization_id>/suspend")
@REVIEWERS
def suspend(organization_id: UUID) -> ResponseReturnValue:
    """Hide a verified organization."""
    done = gettext("The organization is suspended.")
    onward = url_for(".show", organization_id=organization_id)
    return _with_reason(organization_id, services.suspend_organization, done, onward)


@bp.post("/<uuid:organization_id>/restore")
@REVIEWERS
def restore(organization_id: UUID) -> ResponseReturnValue:
    """Show a suspended organization again."""
    services.restore_organization(
        db.session, actor=current_actor(), organization_id=organization_id, now=now()
    )
    flash(gettext("The organization is shown again."))
    return see_other(url_for(".show", organization_id=organization_id))
