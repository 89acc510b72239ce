"""Who may see and do what with matches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, true

from marketplace.listings.models import Listing, ListingStatus
from marketplace.matching.models import Match, MatchState, Side
from marketplace.needs.models import SHOWN, Need

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor


def owner_of(match: Match, side: Side) -> UUID:
    """Give the organization on one side of a match whose need and listing are loaded."""
    return match.need.organization_id if side is Side.NEED else match.listing.organization_id


def other(side: Side) -> Side:
    """Give the side across."""
    return Side.LISTING if side is Side.NEED else Side.NEED


def sides_of(actor: Actor, match: Match) -> tuple[Side, ...]:
    """Give the sides whose organization the actor belongs to."""
    return tuple(side for side in Side if actor.is_member(owner_of(match, side)))


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``match`` joined with ``need`` and ``listing`` that the actor may see."""
    if actor.is_administrator:
        return true()
    if not actor.memberships:
        return false()
    return or_(
        Need.organization_id.in_(actor.organization_ids),
        Listing.organization_id.in_(actor.organization_ids),
    )


def living() -> ColumnElement[bool]:
    """Give the matches that still hold between a need and a listing that readers see."""
    return and_(
        Match.state == MatchState.CURRENT,
        Need.status.in_(SHOWN),
        Listing.status == ListingStatus.PUBLISHED,
        Need.organization_id != Listing.organization_id,
    )


def may_see_for(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor is shown the matches of a record of this organization."""
    return actor.is_member(organization_id) or actor.is_administrator


def may_judge(actor: Actor, match: Match, side: Side) -> bool:
    """Whether the actor may say that it fits or not, for one side."""
    return actor.is_member(owner_of(match, side))


def may_mute(actor: Actor, match: Match, side: Side) -> bool:
    """Whether the actor may silence it for all of the side's organization."""
    return actor.may_write_for(owner_of(match, side))


def may_invite(actor: Actor, match: Match) -> bool:
    """Whether the actor may ask the listing's owner for an answer."""
    return actor.may_write_for(match.need.organization_id)


def may_run(actor: Actor) -> bool:
    """Whether the actor may change weights and match everything again."""
    return actor.is_administrator
