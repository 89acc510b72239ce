"""Reads matches for the people of their two sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.listings.models import Listing
from marketplace.listings.permissions import visible_to as listings_visible_to
from marketplace.matching import permissions
from marketplace.matching.models import Match, MatchFeedback, MatchMute, Side
from marketplace.needs.models import Need, NeedConsent
from marketplace.needs.permissions import visible_to as needs_visible_to
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True)
class Show:
    """Which part of a list is asked for: what is suggested, or what was set aside."""

    aside: bool = False
    page: int = 1
    size: int = 20


def _with_both(statement: Select[Match]) -> Select[Match]:
    return (
        statement.join(Need, Need.id == Match.need_id)
        .join(Listing, Listing.id == Match.listing_id)
        .options(
            contains_eager(Match.need).joinedload(Need.organization),
            contains_eager(Match.listing).joinedload(Listing.organization),
            joinedload(Match.weights),
        )
    )


def get_match(session: Session, match_id: UUID, *, actor: Actor, lock: bool = False) -> Match:
    """Give a match of one of the actor's organizations with both its records."""
    statement = _with_both(select(Match)).where(
        Match.id == match_id,
        permissions.visible_to(actor),
        needs_visible_to(actor),
        listings_visible_to(actor),
    )
    if lock:
        statement = statement.with_for_update(of=Match)
    match = session.scalar(statement)
    if match is None:
        raise NotFound
    return match


def _muted(side: Side) -> ColumnElement[bool]:
    """Whether the organization on a side silenced the pair or its counterpart."""
    own, across = (Need, Listing) if side is Side.NEED else (Listing, Need)
    return (
        select(MatchMute.id)
        .where(
            MatchMute.organization_id == own.organization_id,
            or_(
                and_(MatchMute.need_id == Match.need_id, MatchMute.listing_id == Match.listing_id),
                MatchMute.muted_organization_id == across.organization_id,
            ),
        )
        .exists()
    )


def _refused(side: Side) -> ColumnElement[bool]:
    """Whether somebody of the organization on a side said that it does not fit."""
    own = Need if side is Side.NEED else Listing
    return (
        select(MatchFeedback.id)
        .where(
            MatchFeedback.match_id == Match.id,
            MatchFeedback.organization_id == own.organization_id,
            ~MatchFeedback.fits,
        )
        .exists()
    )


def _suggested(side: Side, actor: Actor) -> Select[Match]:
    return _with_both(select(Match)).where(
        permissions.living(),
        needs_visible_to(actor),
        listings_visible_to(actor),
        ~_muted(side),
        ~_refused(side),
    )


def _aside(side: Side, actor: Actor) -> Select[Match]:
    return _with_both(select(Match)).where(
        permissions.living(),
        needs_visible_to(actor),
        listings_visible_to(actor),
        or_(_muted(side), _refused(side)),
    )


def list_for(
    session: Session, side: Side, record_ids: Collection[UUID], *, actor: Actor, show: Show
) -> Page[Match]:
    """Give the matches of records on one side, best first; the caller judged who may see them."""
    statement = _aside(side, actor) if show.aside else _suggested(side, actor)
    column = Match.need_id if side is Side.NEED else Match.listing_id
    return page_of(
        session,
        statement.where(column.in_(record_ids)).order_by(Match.score.desc(), Match.id),
        number=show.page,
        size=show.size,
    )


def list_for_organizations(
    session: Session, side: Side, organization_ids: Collection[UUID], *, actor: Actor, show: Show
) -> Page[Match]:
    """Give the matches of all records of these organizations, the newest and best first."""
    own = Need if side is Side.NEED else Listing
    statement = _aside(side, actor) if show.aside else _suggested(side, actor)
    return page_of(
        session,
        statement.where(own.organization_id.in_(organization_ids)).order_by(
            func.date_trunc("day", Match.made_at).desc(), Match.score.desc(), Match.id
        ),
        number=show.page,
        size=show.size,
    )


def count_new(session: Session, *, actor: Actor, since: datetime) -> dict[Side, int]:
    """Count the actor's unseen matches made since a moment, for each side."""
    counts = {}
    for side in Side:
        own = Need if side is Side.NEED else Listing
        statement: Select[Any] = (
            _suggested(side, actor)
            .options()
            .where(
                own.organization_id.in_(actor.organization_ids),
                Match.made_at >= since,
                Match.seen_at.is_(None),
            )
        )
        counts[side] = (
            session.scalar(
                select(func.count()).select_from(statement.with_only_columns(Match.id).subquery())
            )
            or 0
        )
    return counts


def feedback_of(
    session: Session, matches: Sequence[Match], *, actor: Actor
) -> dict[UUID, MatchFeedback]:
    """Give the actor's own word on each of these matches."""
    rows = session.scalars(
        select(MatchFeedback).where(
            MatchFeedback.match_id.in_([match.id for match in matches]),
            MatchFeedback.person_id == actor.user_id,
        )
    )
    return {row.match_id: row for row in rows}


def consents_of(
    session: Session, matches: Sequence[Match], *, actor: Actor
) -> dict[UUID, frozenset[UUID]]:
    """Give, for each need, those of the actor's organizations that may see its company's name."""
    rows = session.execute(
        select(NeedConsent.need_id, NeedConsent.organization_id).where(
            NeedConsent.need_id.in_([match.need_id for match in matches]),
            NeedConsent.organization_id.in_(actor.organization_ids),
        )
    )
    found: dict[UUID, frozenset[UUID]] = {}
    for need_id, organization_id in rows:
        found[need_id] = found.get(need_id, frozenset()) | {organization_id}
    return found


@dataclass(frozen=True)
class Silenced:
    """A mute with the names of what it silences; the pair, or the other organization."""

    mute: MatchMute
    need: Need | None
    listing: Listing | None
    organization: Organization | None


def list_mutes(session: Session, *, actor: Actor) -> list[Silenced]:
    """Give what the actor's organizations silenced, the newest first."""
    rows = session.execute(
        select(MatchMute, Need, Listing, Organization)
        .outerjoin(Need, Need.id == MatchMute.need_id)
        .outerjoin(Listing, Listing.id == MatchMute.listing_id)
        .outerjoin(Organization, Organization.id == MatchMute.muted_organization_id)
        .where(MatchMute.organization_id.in_(actor.organization_ids))
        .order_by(MatchMute.muted_at.desc(), MatchMute.id)
    )
    return [Silenced(*row) for row in rows]
