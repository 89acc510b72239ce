"""Who sees a deal, as whom they act, and what they may do in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, true

from marketplace.deals.models import Deal, DealRole

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor


def is_manager(actor: Actor, deal: Deal) -> bool:
    """Whether the actor is the deal's manager and has accepted."""
    return (
        actor.user_id is not None
        and deal.manager_person_id == actor.user_id
        and deal.manager_accepted_at is not None
    )


def role_of(actor: Actor, deal: Deal) -> DealRole | None:
    """Give as whom the actor stands in the deal, None for everybody else.

    The manager is the manager even as a member of a party: nobody brokers and signs at once.
    Administrators read without a role.
    """
    if is_manager(actor, deal):
        return DealRole.MANAGER
    if actor.is_member(deal.licensor_id):
        return DealRole.LICENSOR
    if actor.is_member(deal.licensee_id):
        return DealRole.LICENSEE
    return None


def may_see(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may know of the deal; ``visible_to`` is the same rule in SQL."""
    return actor.is_administrator or role_of(actor, deal) is not None


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``deal`` that the actor may know of."""
    if actor.is_administrator:
        return true()
    return _own(actor)


def _own(actor: Actor) -> ColumnElement[bool]:
    if actor.is_visitor:
        return false()
    mine = [
        and_(Deal.manager_person_id == actor.user_id, Deal.manager_accepted_at.is_not(None)),
    ]
    if actor.memberships:
        mine += [
            Deal.licensor_id.in_(actor.organization_ids),
            Deal.licensee_id.in_(actor.organization_ids),
        ]
    return or_(*mine)


def own_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows in which the actor has a role: what their own board shows."""
    return _own(actor)


def may_act(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may do things in the deal: its manager, and who writes for a party."""
    role = role_of(actor, deal)
    if role is DealRole.MANAGER:
        return True
    if role is DealRole.LICENSOR:
        return actor.may_write_for(deal.licensor_id)
    return role is DealRole.LICENSEE and actor.may_write_for(deal.licensee_id)


def acting_role(actor: Actor, deal: Deal) -> DealRole | None:
    """Give the role in which the actor may do things now, None for who only reads."""
    return role_of(actor, deal) if may_act(actor, deal) else None


def is_invited(actor: Actor, deal: Deal) -> bool:
    """Whether the actor is the manager whom a party asked and who hasn't answered yet."""
    return (
        actor.user_id is not None
        and deal.manager_person_id == actor.user_id
        and deal.manager_accepted_at is None
    )


def organization_of(role: DealRole, deal: Deal) -> UUID | None:
    """Give the organization behind a party's role; a manager stands for themself."""
    return {DealRole.LICENSOR: deal.licensor_id, DealRole.LICENSEE: deal.licensee_id}.get(role)
