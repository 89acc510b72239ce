"""What became of matches, written down as facts are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.listings.models import Listing
from marketplace.matching import permissions
from marketplace.matching.models import Match, MatchState, Stage
from marketplace.needs.models import Need

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def reach(
    session: Session, stage: Stage, *conditions: ColumnElement[bool], now: datetime
) -> list[Match]:
    """Note that the pairs under the conditions (on match, need, listing) came to a stage."""
    matches = list(
        session.scalars(
            select(Match)
            .join(Need, Need.id == Match.need_id)
            .join(Listing, Listing.id == Match.listing_id)
            .where(Match.state != MatchState.SUPERSEDED, *conditions)
            .order_by(Match.id)
            .with_for_update(of=Match)
        )
    )
    for match in matches:
        match.reach(stage, at=now)
    session.flush()
    return matches


def enquired(
    session: Session, *, listing_id: UUID, organization_id: UUID, stage: Stage, now: datetime
) -> list[Match]:
    """An organization wrote about a listing (or was answered): its needs' matches moved on."""
    return reach(
        session,
        stage,
        Match.listing_id == listing_id,
        Need.organization_id == organization_id,
        now=now,
    )


def answered(
    session: Session,
    *,
    need_id: UUID,
    organization_id: UUID,
    listing_id: UUID | None,
    stage: Stage,
    now: datetime,
) -> list[Match]:
    """An organization answered a need (or was chosen): with one listing, or with free text."""
    offered = (
        Match.listing_id == listing_id
        if listing_id is not None
        else Listing.organization_id == organization_id
    )
    return reach(session, stage, Match.need_id == need_id, offered, now=now)


def seen(
    session: Session, *, actor: Actor, match_ids: Collection[UUID], now: datetime
) -> list[Match]:
    """The actor looked at these matches; those of other organizations are left alone."""
    if actor.is_visitor or not actor.memberships:
        return []
    # An administrator who looks on is no party: only the two sides count.
    own = Need.organization_id.in_(actor.organization_ids) | Listing.organization_id.in_(
        actor.organization_ids
    )
    return reach(
        session,
        Stage.SEEN,
        Match.id.in_(match_ids),
        Match.seen_at.is_(None),
        own,
        permissions.living(),
        now=now,
    )
