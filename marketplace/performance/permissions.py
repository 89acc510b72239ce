"""Who sees and does what with milestones, royalties, splits and commissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, func, or_, select

from marketplace.accounts.models import User
from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.permissions import acting_role
from marketplace.performance.models import SplitShare

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.managers.models import ManagerProfile
    from marketplace.performance.models import Commission

#: Stages in which a contract is in force: statements go on after the closing.
IN_FORCE = frozenset({DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED})
PARTIES = frozenset({DealRole.LICENSOR, DealRole.LICENSEE})


def is_office(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor speaks for the institution in money: its owners and transfer officers."""
    return actor.has_role(organization_id, MemberRole.OWNER, MemberRole.TTO_OFFICER)


def may_read_income(actor: Actor, organization_id: UUID) -> bool:
    """The institution's office and administrators read income and splits."""
    return actor.is_administrator or is_office(actor, organization_id)


def may_split(actor: Actor, deal: Deal) -> bool:
    """The supplier's office shares its income out; nobody else reads how."""
    return is_office(actor, deal.licensor_id)


def may_dispute(actor: Actor, deal: Deal) -> bool:
    """Either party may open a dispute while the contract is in force."""
    return deal.stage in {DealStage.SIGNED, DealStage.PERFORMING} and (
        acting_role(actor, deal) in PARTIES
    )


def shares_of(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``split_share`` that are the actor's own, by account or by e-mail."""
    if actor.user_id is None:
        return false()
    address = (
        select(func.lower(User.email))
        .where(User.id == actor.user_id, User.email_confirmed_at.is_not(None))
        .scalar_subquery()
    )
    return or_(
        SplitShare.person_id == actor.user_id,
        (SplitShare.person_id.is_(None)) & (SplitShare.email != "") & (SplitShare.email == address),
    )


def is_own_share(session: Session, actor: Actor, share: SplitShare) -> bool:
    """Say the same of one share."""
    return (
        session.scalar(select(SplitShare.id).where(SplitShare.id == share.id, shares_of(actor)))
        is not None
    )


def is_earner(actor: Actor, profile: ManagerProfile) -> bool:
    """Whether the commission is the actor's own."""
    return actor.user_id is not None and profile.person_id == actor.user_id


def owes(actor: Actor, commission: Commission) -> bool:
    """Whether the actor writes for the organization that owes the commission."""
    return actor.may_write_for(commission.payer_id)


def may_see_commission(actor: Actor, commission: Commission, profile: ManagerProfile) -> bool:
    """The manager and members of the paying organization; the other side has no part in it."""
    return (
        is_earner(actor, profile) or actor.is_member(commission.payer_id) or actor.is_administrator
    )


def may_rate(actor: Actor, deal: Deal) -> bool:
    """Either party of a closed deal rates its manager."""
    return (
        deal.stage is DealStage.CLOSED
        and deal.manager_id is not None
        and deal.manager_accepted_at is not None
        and acting_role(actor, deal) in PARTIES
    )
