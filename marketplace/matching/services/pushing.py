"""Tells people of their best new matches, each pair once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.accounts.models import User
from marketplace.listings.models import Listing
from marketplace.matching.models import Match, MatchMute, MatchWeights, Side
from marketplace.matching.permissions import living
from marketplace.matching.rules import FOR_LISTING, FOR_NEED, PUSHED
from marketplace.needs.models import Need
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def push(
    session: Session, matches: Sequence[Match], *, weights: MatchWeights, now: datetime
) -> int:
    """Make notices of the best of these matches for both sides; give how many were made.

    Whoever switched personal matching off, and organizations that silenced the pair or each
    other, are left in peace; whoever heard of the pair before hears nothing again.
    """
    best = sorted(
        (match for match in matches if match.score >= weights.push_from),
        key=lambda match: -match.score,
    )[:PUSHED]
    if not best:
        return 0
    rows = session.execute(
        select(Match, Need, Listing)
        .join(Need, Need.id == Match.need_id)
        .join(Listing, Listing.id == Match.listing_id)
        .where(Match.id.in_([match.id for match in best]), living())
        .order_by(Match.score.desc(), Match.id)
    ).all()
    return sum(_push_pair(session, need, listing, now=now) for _, need, listing in rows)


def _push_pair(session: Session, need: Need, listing: Listing, *, now: datetime) -> int:
    values = {
        "need": both(need.title, need.title_en),
        "listing": both(listing.title, listing.title_en),
    }
    made = 0
    for side in Side:
        own, across = (need, listing) if side is Side.NEED else (listing, need)
        if _is_muted(session, own.organization_id, across.organization_id, need.id, listing.id):
            continue
        place = f"/needs/{need.id}" if side is Side.NEED else f"/listings/{listing.id}"
        made += len(
            notify(
                session,
                people=_willing(session, own.organization_id, now=now),
                topic=FOR_NEED if side is Side.NEED else FOR_LISTING,
                dedupe=f"match:{need.id}:{listing.id}",
                values=values,
                link=f"{place}/matches",
                now=now,
            )
        )
    return made


def _willing(session: Session, organization_id: UUID, *, now: datetime) -> list[UUID]:
    people = members_of(session, [organization_id], now=now)
    return list(session.scalars(select(User.id).where(User.id.in_(people), User.personal_matching)))


def _is_muted(
    session: Session, organization_id: UUID, across: UUID, need_id: UUID, listing_id: UUID
) -> bool:
    return bool(
        session.scalar(
            select(
                select(MatchMute.id)
                .where(
                    MatchMute.organization_id == organization_id,
                    or_(
                        (MatchMute.need_id == need_id) & (MatchMute.listing_id == listing_id),
                        MatchMute.muted_organization_id == across,
                    ),
                )
                .exists()
            )
        )
    )
