"""Who sees and does what in the register, with mandates, and with introductions."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, or_, select, true

from marketplace.managers import rules
from marketplace.managers.models import (
    LISTED,
    Introduction,
    ManagerProfile,
    ManagerStatus,
    Mandate,
)

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from marketplace.core.actor import Actor


class Side(StrEnum):
    """Where a person stands in a mandate."""

    CLIENT = "client"
    MANAGER = "manager"


def is_own(actor: Actor, profile: ManagerProfile) -> bool:
    """Whether the entry is the actor's."""
    return actor.user_id is not None and profile.person_id == actor.user_id


def oversees(actor: Actor) -> bool:
    """Whether the actor sees every entry, whatever its state."""
    return actor.is_reviewer or actor.is_administrator


def may_see(actor: Actor, profile: ManagerProfile) -> bool:
    """Everybody sees licensed and expired entries; their holders and the platform see the rest."""
    return profile.is_listed or is_own(actor, profile) or oversees(actor)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say the same in SQL."""
    if oversees(actor):
        return true()
    return or_(
        ManagerProfile.status.in_(LISTED),
        false() if actor.is_visitor else ManagerProfile.person_id == actor.user_id,
    )


def may_apply_for(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor may enter the register as somebody of this organization.

    Its members may, once it is verified.
    """
    return actor.is_member(organization_id) and organization_id in actor.verified


def may_edit(actor: Actor, profile: ManagerProfile) -> bool:
    """Whether the actor may change the entry: its holder, unless it is suspended."""
    return is_own(actor, profile) and profile.status is not ManagerStatus.SUSPENDED


def may_review(actor: Actor, profile: ManagerProfile) -> bool:
    """Reviewers judge entries, but never their own nor one of their own organization."""
    return (
        actor.is_reviewer
        and not is_own(actor, profile)
        and not actor.is_member(profile.organization_id)
    )


def may_suspend(actor: Actor, profile: ManagerProfile) -> bool:
    """Reviewers and administrators suspend and restore, under the same bounds."""
    return (
        (actor.is_reviewer or actor.is_administrator)
        and not is_own(actor, profile)
        and not actor.is_member(profile.organization_id)
    )


def may_open_deals(profile: ManagerProfile, today: date) -> bool:
    """Whether the manager may take on new deals and mandates; running ones go on in any case.

    The day decides, not the job that marks the entry as expired.
    """
    return profile.status is ManagerStatus.LICENSED and not rules.has_expired(
        profile.expires_on, today
    )


def may_draft_mandate(actor: Actor, client_id: UUID, profile: ManagerProfile) -> bool:
    """Whether the actor may write a mandate between the two: who speaks for one of the sides.

    Nobody is a manager for the organization they belong to.
    """
    if client_id == profile.organization_id:
        return False
    if is_own(actor, profile):
        return not actor.is_member(client_id)
    return actor.may_write_for(client_id)


def sides_of(actor: Actor, mandate: Mandate, profile: ManagerProfile) -> frozenset[Side]:
    """Give the sides for which the actor speaks; nobody ever speaks for both."""
    if is_own(actor, profile):
        return frozenset({Side.MANAGER})
    if actor.may_write_for(mandate.client_organization_id):
        return frozenset({Side.CLIENT})
    return frozenset()


def mandates_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``mandate`` whose sides the actor speaks for; to others they don't exist."""
    if actor.is_visitor:
        return false()
    own = select(ManagerProfile.id).where(ManagerProfile.person_id == actor.user_id)
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return or_(Mandate.manager_id.in_(own), Mandate.client_organization_id.in_(writes))


def may_see_introduction(actor: Actor, introduction: Introduction, profile: ManagerProfile) -> bool:
    """The three of it see it: the manager, and the members of both organizations."""
    return (
        is_own(actor, profile)
        or actor.is_member(introduction.licensor_id)
        or actor.is_member(introduction.licensee_id)
    )


def introductions_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say the same in SQL."""
    if actor.is_visitor:
        return false()
    own = select(ManagerProfile.id).where(ManagerProfile.person_id == actor.user_id)
    return or_(
        Introduction.manager_id.in_(own),
        Introduction.licensor_id.in_(actor.organization_ids),
        Introduction.licensee_id.in_(actor.organization_ids),
    )
