"""Who may do what with people and memberships."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import MemberRole

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.core.actor import Actor


def may_see_members(actor: Actor, organization_id: UUID) -> bool:
    """Members see each other; administrators see all."""
    return actor.is_member(organization_id) or actor.is_administrator


def may_manage_members(actor: Actor, organization_id: UUID) -> bool:
    """Owners invite and dismiss; administrators help when no owner is left."""
    return actor.has_role(organization_id, MemberRole.OWNER) or actor.is_administrator
