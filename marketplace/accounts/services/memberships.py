"""Belonging to an organization, as grants with a start and an end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.accounts import permissions
from marketplace.accounts.models import Invitation, Membership, User
from marketplace.accounts.queries import find_user_by_email, get_invitation, own_user, plain_email
from marketplace.accounts.services.registration import create_user
from marketplace.accounts.tokens import fresh
from marketplace.core import audit
from marketplace.core.actor import Actor, MemberRole, require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.mail.services import send
from marketplace.organizations.models import Organization
from marketplace.organizations.queries import get_organization
from marketplace.organizations.services import create_organization

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.organizations.rules import OrganizationDraft

LIFETIME = timedelta(days=14)


def apply_for_organization(
    session: Session, *, actor: Actor, draft: OrganizationDraft, now: datetime
) -> Organization:
    """Apply for an organization; who applies is its first owner."""
    user = own_user(session, actor)
    organization = create_organization(session, actor=actor, draft=draft, now=now)
    _grant(session, actor, user.id, organization.id, MemberRole.OWNER, now=now)
    return organization


def invite(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    email: str,
    role: MemberRole,
    now: datetime,
) -> Invitation:
    """Offer a role to a mailbox; whoever reads it accepts by the link."""
    organization = get_organization(session, organization_id, actor=actor)
    require(permissions.may_manage_members(actor, organization.id))
    inviter = own_user(session, actor)
    email = plain_email(email)
    invited = find_user_by_email(session, email)
    if invited is not None:
        _require_no_such_grant(session, invited.id, organization.id, role)
    token, digest = fresh()
    invitation = Invitation(
        organization_id=organization.id,
        email=email,
        role=role,
        token_hash=digest,
        invited_by=inviter.id,
        invited_at=now,
        expires_at=now + LIFETIME,
    )
    with judged(session):
        session.add(invitation)
    _record(session, actor, organization.id, "membership.invited", now, role=role)
    send(
        session,
        topic="invitation",
        to=email,
        language=(invited or inviter).language,
        values={
            "inviter": actor.name,
            "organization": organization.name,
            "organization_en": organization.name_en or organization.name,
            "role": role.label,
            "token": token,
        },
        now=now,
    )
    return invitation


def withdraw_invitation(
    session: Session, *, actor: Actor, organization_id: UUID, invitation_id: UUID, now: datetime
) -> None:
    """Make an invitation's link worthless."""
    organization = get_organization(session, organization_id, actor=actor)
    require(permissions.may_manage_members(actor, organization.id))
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if (
        invitation is None
        or invitation.organization_id != organization.id
        or invitation.accepted_at is not None
        or invitation.withdrawn_at is not None
    ):
        raise NotFound
    invitation.withdrawn_at = now
    _record(session, actor, organization.id, "membership.invitation_withdrawn", now)


def accept_invitation(session: Session, *, actor: Actor, token: str, now: datetime) -> Invitation:
    """Accept a role as the signed-in person, whose address must be the invited one."""
    invitation = get_invitation(session, token, at=now, lock=True)
    user = own_user(session, actor)
    if user.email != invitation.email:
        raise RuleBroken(
            N_("This invitation was sent to another address. Sign in with that one to accept it.")
        )
    return _accept(session, actor, user, invitation, now)


def accept_as_newcomer(
    session: Session, *, token: str, name: str, password: str, language: str, now: datetime
) -> User:
    """Accept a role without an account yet: the link proves the address, so one is made."""
    invitation = get_invitation(session, token, at=now, lock=True)
    user = create_user(
        session,
        email=invitation.email,
        name=name,
        password=password,
        language=language,
        now=now,
    )
    actor = Actor(user_id=user.id, name=user.name)
    _accept(session, actor, user, invitation, now)
    return user


def _accept(
    session: Session, actor: Actor, user: User, invitation: Invitation, now: datetime
) -> Invitation:
    invitation.accepted_at = now
    if not _holds(session, user.id, invitation.organization_id, invitation.role):
        _grant(
            session,
            actor,
            user.id,
            invitation.organization_id,
            invitation.role,
            now=now,
            granted_by=invitation.invited_by,
        )
    return invitation


def change_role(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    membership_id: UUID,
    role: MemberRole,
    now: datetime,
) -> Membership:
    """End a grant and start one of another role, so that the past stays as it was."""
    grant = _open_grant(session, actor, organization_id, membership_id)
    require(permissions.may_manage_members(actor, organization_id))
    if grant.role is role:
        return grant
    if grant.role is MemberRole.OWNER:
        require_an_owner_left(session, grant)
    _require_no_such_grant(session, grant.user_id, organization_id, role)
    grant.ended_at = now
    session.flush()
    return _grant(
        session,
        actor,
        grant.user_id,
        organization_id,
        role,
        now=now,
        granted_by=actor.user_id,
    )


def end_membership(
    session: Session, *, actor: Actor, organization_id: UUID, membership_id: UUID, now: datetime
) -> None:
    """Dismiss a member, or leave; an organization with people keeps an owner."""
    grant = _open_grant(session, actor, organization_id, membership_id)
    own = grant.user_id == actor.user_id
    require(own or permissions.may_manage_members(actor, organization_id))
    require_an_owner_left(session, grant)
    grant.ended_at = now
    _record(
        session,
        actor,
        organization_id,
        "membership.left" if own else "membership.ended",
        now,
        person=grant.user_id,
        role=grant.role,
    )


def require_an_owner_left(session: Session, grant: Membership, *, closing: bool = False) -> None:
    """Refuse to end the last owner's grant; on closing an account, only if others would be left."""
    if grant.role is not MemberRole.OWNER:
        return
    # One at a time per organization: two owners who leave at once must not both succeed.
    session.execute(
        select(Organization.id).where(Organization.id == grant.organization_id).with_for_update()
    )
    others = select(func.count(func.distinct(Membership.user_id))).where(
        Membership.organization_id == grant.organization_id,
        Membership.user_id != grant.user_id,
        Membership.ended_at.is_(None),
    )
    if session.scalar(others.where(Membership.role == MemberRole.OWNER)):
        return
    if closing and not session.scalar(others):
        return
    raise RuleBroken(
        N_("An organization keeps at least one owner. Make another member an owner first.")
    )


def _open_grant(
    session: Session, actor: Actor, organization_id: UUID, membership_id: UUID
) -> Membership:
    organization = get_organization(session, organization_id, actor=actor)
    if not permissions.may_see_members(actor, organization.id):
        raise NotFound
    grant = session.get(Membership, membership_id, with_for_update=True)
    if grant is None or grant.organization_id != organization.id or grant.ended_at is not None:
        raise NotFound
    return grant


def _holds(session: Session, user_id: UUID, organization_id: UUID, role: MemberRole) -> bool:
    return bool(
        session.scalar(
            select(func.count()).where(
                Membership.user_id == user_id,
                Membership.organization_id == organization_id,
                Membership.role == role,
                Membership.ended_at.is_(None),
            )
        )
    )


def _require_no_such_grant(
    session: Session, user_id: UUID, organization_id: UUID, role: MemberRole
) -> None:
    if _holds(session, user_id, organization_id, role):
        raise RuleBroken(N_("This person already holds this role."), field="role")


def _grant(
    session: Session,
    actor: Actor,
    user_id: UUID,
    organization_id: UUID,
    role: MemberRole,
    *,
    now: datetime,
    granted_by: UUID | None = None,
) -> Membership:
    grant = Membership(
        user_id=user_id,
        organization_id=organization_id,
        role=role,
        started_at=now,
        granted_by=granted_by,
    )
    with judged(session):
        session.add(grant)
    _record(session, actor, organization_id, "membership.started", now, person=user_id, role=role)
    return grant


def _record(
    session: Session,
    actor: Actor,
    organization_id: UUID,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="organization",
        object_id=organization_id,
        now=now,
        **details,
    )
