"""Who may see and do what with an organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, true

from marketplace.core.actor import MemberRole
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor


def sees_all(actor: Actor) -> bool:
    """Whether the actor sees every organization, whatever its state."""
    return actor.is_reviewer or actor.is_administrator or actor.is_city_officer


def may_see(actor: Actor, organization: Organization) -> bool:
    """Everybody sees the verified ones; members and the platform see the others."""
    return organization.is_verified or actor.is_member(organization.id) or sees_all(actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say the same in SQL."""
    if sees_all(actor):
        return true()
    return or_(
        Organization.status == OrganizationStatus.VERIFIED,
        Organization.id.in_(actor.organization_ids),
    )


def may_edit(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor speaks for the organization."""
    return actor.has_role(organization_id, MemberRole.OWNER)


def may_review(actor: Actor, organization_id: UUID) -> bool:
    """Reviewers judge organizations, but never one that they belong to."""
    return actor.is_reviewer and not actor.is_member(organization_id)


def may_suspend(actor: Actor, organization_id: UUID) -> bool:
    """Reviewers and administrators suspend and restore, never their own."""
    platform = actor.is_reviewer or actor.is_administrator
    return platform and not actor.is_member(organization_id)
