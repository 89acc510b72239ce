"""A manager takes a match to both sides in one step, and introduces them on record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.deals.models import Deal, DealOrigin, DealStage
from marketplace.deals.services.opening import Opening, find_origin, open_deal, opening_manager
from marketplace.listings.models import Listing
from marketplace.matching.models import Match
from marketplace.matching.permissions import living
from marketplace.needs.models import Need

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def send_match(
    session: Session, *, actor: Actor, match_id: UUID, opening: Opening, now: datetime
) -> Deal:
    """Open the deal of a match as its manager: both sides are told of it and of each other.

    Denied for who isn't a licensed manager between the two; RuleBroken when another manager has
    introduced them before, or a deal is open already.
    """
    found = find_origin(session, DealOrigin.MATCH, match_id, actor=actor, now=now)
    if found is None:
        raise NotFound
    require(opening_manager(session, actor, found, now=now) is not None)
    return open_deal(
        session,
        actor=actor,
        origin=DealOrigin.MATCH,
        origin_id=match_id,
        opening=opening,
        now=now,
    )


def list_unassigned(session: Session, *, actor: Actor, most: int) -> Sequence[Match]:
    """Give the best living matches that no deal has taken up and in which the actor has no side."""
    taken = (
        select(Deal.id)
        .where(
            Deal.need_id == Match.need_id,
            Deal.listing_id == Match.listing_id,
            Deal.stage != DealStage.LAPSED,
        )
        .exists()
    )
    mine = actor.organization_ids
    return (
        session.scalars(
            select(Match)
            .join(Need, Need.id == Match.need_id)
            .join(Listing, Listing.id == Match.listing_id)
            .where(
                living(),
                ~taken,
                Need.organization_id.not_in(mine),
                Listing.organization_id.not_in(mine),
            )
            .options(
                contains_eager(Match.need).joinedload(Need.organization),
                contains_eager(Match.listing).joinedload(Listing.organization),
            )
            .order_by(Match.score.desc(), Match.id)
            .limit(most)
        )
        .unique()
        .all()
    )
