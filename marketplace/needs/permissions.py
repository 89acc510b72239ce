"""Who may do what with needs and answers, and who sees the company's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, or_, select, true
from sqlalchemy.orm import aliased

from marketplace.needs.models import SHOWN, Answer, Confidentiality, Need, NeedStatus
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor

#: States whose page stays open to readers, so that links to a finished need tell its outcome.
READABLE = (*SHOWN, NeedStatus.MET, NeedStatus.CLOSED_UNMET, NeedStatus.EXPIRED)


def is_overseer(actor: Actor) -> bool:
    """Whether the actor works for the platform and therefore sees every need."""
    return actor.is_reviewer or actor.is_administrator


def may_see(actor: Actor, need: Need, organization: Organization) -> bool:
    """Whether the actor may know of the need; ``visible_to`` is the same rule in SQL.

    A suspended organization's needs are hidden from readers.
    """
    if is_overseer(actor) or actor.is_member(need.organization_id):
        return True
    return need.status in READABLE and organization.status is not OrganizationStatus.SUSPENDED


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``need`` that the actor may know of."""
    if is_overseer(actor):
        return true()
    # The statement around may join organizations itself, so this one goes by another name.
    owner = aliased(Organization)
    suspended = (
        select(owner.id)
        .where(owner.id == Need.organization_id, owner.status == OrganizationStatus.SUSPENDED)
        .exists()
    )
    return or_(
        and_(Need.status.in_(READABLE), ~suspended),
        Need.organization_id.in_(actor.organization_ids) if actor.memberships else false(),
    )


def may_see_name(
    actor: Actor,
    need: Any,  # noqa: ANN401 — a row, or a value with the same two columns
    consents: Collection[UUID] = (),
) -> bool:
    """Whether the company's name stands beside the need for this actor.

    ``consents`` are the organizations to which the owner agreed to be named.
    """
    if is_overseer(actor) or actor.is_member(need.organization_id):
        return True
    if need.confidentiality is Confidentiality.NAMED:
        return True
    if actor.organization_ids & frozenset(consents):
        return True
    return need.confidentiality is Confidentiality.VERIFIED and bool(actor.verified)


def is_named_publicly(need: Any) -> bool:  # noqa: ANN401 — as above
    """Whether everybody may see the name: what search documents and exports carry."""
    return bool(need.confidentiality is Confidentiality.NAMED)


def may_write(actor: Actor, need: Need) -> bool:
    """Whether the actor may change the need and deal with its answers."""
    return actor.may_write_for(need.organization_id)


def may_review(actor: Actor, need: Need) -> bool:
    """Whether the actor may publish or return it; nobody does for their own organization."""
    return actor.is_reviewer and not actor.is_member(need.organization_id)


def may_answer_for(actor: Actor, need: Need, organization_id: UUID) -> bool:
    """Whether the actor may answer in the organization's name; never one's own need."""
    return (
        organization_id != need.organization_id
        and actor.may_write_for(organization_id)
        and not actor.is_member(need.organization_id)
    )


def answering_organizations(actor: Actor, need: Need) -> frozenset[UUID]:
    """Give the organizations in whose name the actor may answer the need."""
    return frozenset(
        organization_id
        for organization_id in actor.organization_ids
        if may_answer_for(actor, need, organization_id)
    )


def may_see_answer(actor: Actor, answer: Answer, need: Need) -> bool:
    """Whether the actor belongs to one of the answer's two sides; nobody else reads it."""
    return actor.is_member(need.organization_id) or actor.is_member(answer.organization_id)


def answers_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``answer`` joined with ``need`` that the actor may read."""
    if not actor.memberships:
        return false()
    return or_(
        Need.organization_id.in_(actor.organization_ids),
        Answer.organization_id.in_(actor.organization_ids),
    )


def may_judge(actor: Actor, need: Need) -> bool:
    """Whether the actor may shortlist, ask, score, choose and decline answers to the need."""
    return actor.may_write_for(need.organization_id)


def may_speak_for(actor: Actor, answer: Answer) -> bool:
    """Whether the actor may reply to questions and withdraw for the answering side."""
    return actor.may_write_for(answer.organization_id)
