"""What a party says of the manager once its deal is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.errors import StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import permissions
from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.queries.deals import get_deal
from marketplace.managers import services as managers

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.managers.models import ManagerRating

_PARTIES = (DealRole.LICENSOR, DealRole.LICENSEE)


def rating_side(actor: Actor, deal: Deal) -> UUID | None:
    """Give the organization for which the actor may rate the deal's manager, or None."""
    role = permissions.acting_role(actor, deal)
    brokered = deal.manager_id is not None and deal.manager_accepted_at is not None
    if role not in _PARTIES or deal.stage is not DealStage.CLOSED or not brokered:
        return None
    return permissions.organization_of(role, deal)


def rate_manager(
    session: Session, *, actor: Actor, deal_id: UUID, stars: int, text: str, now: datetime
) -> ManagerRating:
    """Rate the manager of a closed deal, once for each side."""
    deal = get_deal(session, deal_id, actor=actor)
    require(permissions.acting_role(actor, deal) in _PARTIES)
    side = rating_side(actor, deal)
    if side is None or deal.manager_id is None:
        raise StepNotAllowed(N_("A manager is rated once the deal is closed."))
    return managers.rate(
        session,
        actor=actor,
        manager_id=deal.manager_id,
        deal_id=deal.id,
        organization_id=side,
        stars=stars,
        text=text,
        now=now,
    )
