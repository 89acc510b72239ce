"""Who belongs to an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, g, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.forms import NewAccountForm
from marketplace.accounts.permissions import may_manage_members, may_see_members
from marketplace.accounts.queries import (
    find_user_by_email,
    get_invitation,
    list_invitations,
    list_members,
    list_past_members,
)
from marketplace.accounts.services import memberships
from marketplace.accounts.session import remember
from marketplace.core.actor import MemberRole
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.onboarding.forms import InvitationForm, RoleForm
from marketplace.onboarding.routes.organizations import bp
from marketplace.organizations.queries import get_organization
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import Form, text
from marketplace.web.languages import current_language
from marketplace.web.pages import flash_refusal, form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.organizations.models import Organization


def _loaded(organization_id: UUID) -> Organization:
    organization = get_organization(db.session, organization_id, actor=current_actor())
    if not may_see_members(current_actor(), organization.id):
        raise NotFound
    return organization


def _page(organization: Organization, form: InvitationForm) -> ResponseReturnValue:
    manages = may_manage_members(current_actor(), organization.id)
    moment = now()
    return form_page(
        "organizations/members.html",
        form,
        organization=organization,
        members=list_members(db.session, organization.id, at=moment),
        past=list_past_members(db.session, organization.id, at=moment) if manages else [],
        invitations=list_invitations(db.session, organization.id, at=moment) if manages else [],
        manages=manages,
        roles=list(MemberRole),
        at=moment,
    )


@bp.route("/organizations/<uuid:organization_id>/members", methods=["GET", "POST"])
@limiter.limit("60 per hour", methods=["POST"])
def members(organization_id: UUID) -> ResponseReturnValue:
    """List who belongs here; owners invite."""
    organization = _loaded(organization_id)
    form = InvitationForm()
    if not form.accepted():
        return _page(organization, form)
    try:
        memberships.invite(
            db.session,
            actor=current_actor(),
            organization_id=organization.id,
            email=text(form.email),
            role=MemberRole(text(form.role)),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _page(organization, form)
    flash(gettext("The invitation is sent."))
    return see_other(url_for(".members", organization_id=organization.id))


@bp.post("/organizations/<uuid:organization_id>/invitations/<uuid:invitation_id>/withdraw")
def withdraw_invitation(organization_id: UUID, invitation_id: UUID) -> ResponseReturnValue:
    """Make an invitation worthless."""
    memberships.withdraw_invitation(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        invitation_id=invitation_id,
        now=now(),
    )
    flash(gettext("The invitation is withdrawn."))
    return see_other(url_for(".members", organization_id=organization_id))


@bp.post("/organizations/<uuid:organization_id>/members/<uuid:membership_id>/role")
def change_role(organization_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """Give a member another role from now on."""
    _loaded(organization_id)
    form = RoleForm()
    try:
        if not form.accepted():
            raise RuleBroken(N_("Choose the role"))  # noqa: TRY301 — one place shows it
        memberships.change_role(
            db.session,
            actor=current_actor(),
            organization_id=organization_id,
            membership_id=membership_id,
            role=MemberRole(text(form.role)),
            now=now(),
        )
    except RuleBroken as error:
        flash_refusal(error)
    else:
        flash(gettext("The role is changed."))
    return see_other(url_for(".members", organization_id=organization_id))


@bp.post("/organizations/<uuid:organization_id>/members/<uuid:membership_id>/end")
def end_membership(organization_id: UUID, membership_id: UUID) -> ResponseReturnValue:
    """End a membership, one's own or another's."""
    try:
        memberships.end_membership(
            db.session,
            actor=current_actor(),
            organization_id=organization_id,
            membership_id=membership_id,
            now=now(),
        )
    except RuleBroken as error:
        flash_refusal(error)
        return see_other(url_for(".members", organization_id=organization_id))
    flash(gettext("The membership has ended."))
    # Who has left may not see the page of members any more.
    return see_other(url_for("accounts.profile"))


@bp.route("/invitations/<token>", methods=["GET", "POST"])
@public
def accept(token: str) -> ResponseReturnValue:
    """Accept an invitation: as the person it was sent to, or by making an account."""
    try:
        invitation = get_invitation(db.session, token, at=now())
    except NotFound:
        return render_template("accounts/link_over.html"), 410
    if g.user is None and find_user_by_email(db.session, invitation.email) is None:
        return _accept_as_newcomer(token)
    if g.user is None:
        return see_other(url_for("accounts.sign_in", next=url_for(".accept", token=token)))
    form = Form()
    if not form.accepted():
        return form_page("organizations/accept.html", form, invitation=invitation)
    try:
        memberships.accept_invitation(db.session, actor=current_actor(), token=token, now=now())
    except RuleBroken as error:
        form.reject(error)
        return form_page("organizations/accept.html", form, invitation=invitation)
    flash(gettext("You belong to the organization now."))
    return see_other(url_for(".show", organization_id=invitation.organization_id))


def _accept_as_newcomer(token: str) -> ResponseReturnValue:
    invitation = get_invitation(db.session, token, at=now())
    form = NewAccountForm()
    values = {"email": invitation.email, "invitation": invitation}
    if not form.accepted():
        return form_page("accounts/new_account.html", form, **values)
    try:
        user = memberships.accept_as_newcomer(
            db.session,
            token=token,
            name=text(form.name),
            password=text(form.password),
            language=current_language(),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("accounts/new_account.html", form, **values)
    remember(db.session, user, at=now())
    flash(gettext("You belong to the organization now."))
    return see_other(url_for(".show", organization_id=invitation.organization_id))
