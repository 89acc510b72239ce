"""Who offers, accepts, prices, publishes, objects and settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import MemberRole
from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.permissions import acting_role, may_see
from marketplace.organizations.models import OrganizationKind
from marketplace.terms.kinds import Side
from marketplace.terms.models import NoticeStatus, TrialStatus

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.organizations.models import Organization
    from marketplace.terms.models import Objection, PriceNotice, TermsOffer, Trial

__all__ = ["may_see"]

#: Stages in which nothing is signed yet.
UNSIGNED = frozenset(
    {
        DealStage.INQUIRY,
        DealStage.CONFIDENTIALITY,
        DealStage.DUE_DILIGENCE,
        DealStage.TERMS,
        DealStage.NOTICE,
    }
)


def acting_side(actor: Actor, deal: Deal) -> Side | None:
    """Give the side for which the actor may write; a technology manager has none."""
    role = acting_role(actor, deal)
    return Side(role.value) if role in (DealRole.LICENSOR, DealRole.LICENSEE) else None


def organization_of(side: Side, deal: Deal) -> UUID:
    """Give the organization on a side."""
    return deal.licensor_id if side is Side.LICENSOR else deal.licensee_id


def may_offer(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may send an offer now: who writes for a party, while terms are open."""
    return acting_side(actor, deal) is not None and deal.stage is DealStage.TERMS


def may_prepare(actor: Actor, deal: Deal, side: Side) -> bool:
    """Whether the actor may write the unsent offer of a side: the side itself, or the manager."""
    if deal.stage not in UNSIGNED:
        return False
    return acting_role(actor, deal) is DealRole.MANAGER or acting_side(actor, deal) is side


def may_read_draft(actor: Actor, deal: Deal, side: Side) -> bool:
    """Whether the actor may read a side's unsent offer: never the other side."""
    if acting_role(actor, deal) is DealRole.MANAGER:
        return True
    return actor.is_member(organization_of(side, deal)) and may_see(actor, deal)


def may_answer(actor: Actor, deal: Deal, offer: TermsOffer) -> bool:
    """Whether the actor may accept or decline an offer: who writes for the side it was made to.

    A technology manager accepts for nobody, whatever memberships they hold.
    """
    return deal.stage is DealStage.TERMS and acting_side(actor, deal) is offer.side.other


def may_withdraw(actor: Actor, deal: Deal, offer: TermsOffer) -> bool:
    """Whether the actor may take an offer back: who writes for the side that made it."""
    return deal.stage is DealStage.TERMS and acting_side(actor, deal) is offer.side


def is_public_body(organization: Organization) -> bool:
    """Whether the rules of state-held results bind it: universities and research institutes."""
    return organization.kind in (OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE)


def may_set_tiers(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor keeps the institution's approval tiers."""
    return actor.has_role(organization_id, MemberRole.OWNER, MemberRole.TTO_OFFICER)


def may_price(actor: Actor, deal: Deal) -> bool:
    """Whether the actor records pricing, decisions and notices of the providing side."""
    return (
        acting_side(actor, deal) is Side.LICENSOR
        and may_set_tiers(actor, deal.licensor_id)
        and deal.stage in UNSIGNED
    )


def may_read_diligence(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may open the file of how the price came about: the institution's own."""
    return actor.is_member(deal.licensor_id) or actor.is_administrator


def may_object(actor: Actor, notice: PriceNotice) -> bool:
    """Whether the actor may object: any signed-in person, while the notice runs."""
    return not actor.is_visitor and notice.status is NoticeStatus.RUNNING


def may_settle(actor: Actor, notice: PriceNotice, objection: Objection) -> bool:
    """Whether the actor may settle an objection: the institution's officers, never one's own."""
    return (
        may_set_tiers(actor, notice.organization_id)
        and notice.status is NoticeStatus.RUNNING
        and objection.raised_by != actor.user_id
    )


def may_read_objection(actor: Actor, notice: PriceNotice, objection: Objection) -> bool:
    """Whether the actor reads who objected and why; others see that there is one, and its end."""
    return (
        actor.is_member(notice.organization_id)
        or actor.is_administrator
        or (actor.user_id is not None and objection.raised_by == actor.user_id)
    )


def may_answer_trial(actor: Actor, deal: Deal, trial: Trial) -> bool:
    """Whether the actor may accept a proposed trial: the side to which it was proposed."""
    return (
        trial.status is TrialStatus.PROPOSED
        and acting_side(actor, deal) is trial.proposed_by_side.other
    )


def may_propose_trial(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may propose a trial: who writes for a party, before signing."""
    return acting_side(actor, deal) is not None and deal.stage in UNSIGNED


def may_record_export(actor: Actor, deal: Deal) -> bool:
    """Whether the actor may record export papers: who writes for the providing side."""
    return acting_side(actor, deal) is Side.LICENSOR and deal.is_running
