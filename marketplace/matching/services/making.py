"""Keeps what the matcher found: one living match per pair, each under its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select

from marketplace.core import jobs
from marketplace.listings.models import Listing, ListingStatus
from marketplace.matching.models import Match, MatchRequest, MatchState, MatchWeights, Side
from marketplace.matching.rules import BATCH, INDEX_LAG, MANY
from marketplace.needs.models import SHOWN, Need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

_LOCK = 0x4D415443  # "MATC": held while matches are written, so that no pair is made twice
_TAKING = 0x4D415454  # "MATT": held by the one job that works off what waits


@dataclass(frozen=True)
class Found:
    """A counterpart as the matcher found it; ``score`` lies between 0 and 1."""

    id: UUID
    score: float
    ranks: Mapping[str, int]
    reasons: Sequence[Mapping[str, Any]]


def request(session: Session, side: Side, ids: Sequence[UUID], *, now: datetime) -> None:
    """Let records be matched soon, once the index has taken them in."""
    _wait(session, side, ids)
    if ids:
        jobs.ask(session, "matching.work_off", at=now + INDEX_LAG)


def shown_ids(session: Session, side: Side) -> list[UUID]:
    """Give the records of a side that are matched, the newest first."""
    table: Any = Need if side is Side.NEED else Listing
    shown = (
        Need.status.in_(SHOWN) if side is Side.NEED else Listing.status == ListingStatus.PUBLISHED
    )
    return list(session.scalars(select(table.id).where(shown).order_by(table.published_at.desc())))


def take_requests(session: Session) -> list[tuple[Side, UUID]]:
    """Take the next records that wait; they come back if the transaction fails.

    Gives nothing while another job takes: that one goes on until nothing waits. After a large
    import it is the needs, far fewer than listings, that are matched: the same pairs are found
    from their side.
    """
    if not session.scalar(select(func.pg_try_advisory_xact_lock(_TAKING))):
        return []
    listings = (
        session.scalar(
            select(func.count(MatchRequest.record_id.distinct())).where(
                MatchRequest.side == Side.LISTING
            )
        )
        or 0
    )
    if listings > MANY:
        needs = shown_ids(session, Side.NEED)
        if len(needs) < listings:
            session.execute(delete(MatchRequest).where(MatchRequest.side == Side.LISTING))
            _wait(session, Side.NEED, needs)
    first = func.min(MatchRequest.number)
    rows = session.execute(
        select(MatchRequest.side, MatchRequest.record_id, func.max(MatchRequest.number))
        .group_by(MatchRequest.side, MatchRequest.record_id)
        .order_by(first)
        .limit(BATCH)
    ).all()
    for side, record_id, last in rows:
        # A request of this very moment has a higher number and stays.
        session.execute(
            delete(MatchRequest).where(
                MatchRequest.side == side,
                MatchRequest.record_id == record_id,
                MatchRequest.number <= last,
            )
        )
    return [(side, record_id) for side, record_id, _ in rows]


def _wait(session: Session, side: Side, ids: Sequence[UUID]) -> None:
    if ids:
        session.execute(
            insert(MatchRequest),
            [{"side": side, "record_id": record_id} for record_id in dict.fromkeys(ids)],
        )


def are_waiting(session: Session) -> bool:
    """Whether further records wait to be matched."""
    return bool(session.scalar(select(select(MatchRequest.record_id).exists())))


def is_waiting(session: Session, side: Side, record_id: UUID) -> bool:
    """Whether this record waits to be matched."""
    mine = (MatchRequest.side == side, MatchRequest.record_id == record_id)
    return bool(session.scalar(select(select(MatchRequest.number).where(*mine).exists())))


def lock(session: Session) -> None:
    """Let one transaction write matches at a time; taken after all the searching is done."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def keep(
    session: Session,
    side: Side,
    record_id: UUID,
    found: Sequence[Found],
    *,
    weights: MatchWeights,
    now: datetime,
) -> list[Match]:
    """Bring a record's matches in line with what was found; give them, best first.

    What is found no more from either side is gone. A match that somebody built on keeps the
    version it was made with; any other is made anew when the weights have changed.
    """
    column = Match.need_id if side is Side.NEED else Match.listing_id
    present = {
        match.listing_id if side is Side.NEED else match.need_id: match
        for match in session.scalars(
            select(Match).where(column == record_id, Match.state != MatchState.SUPERSEDED)
        )
    }
    kept = []
    for one in found:
        match = present.pop(one.id, None)
        if match is not None and match.weights_id != weights.id and not match.was_acted_on:
            match.state = MatchState.SUPERSEDED
            session.flush()
            match = _made(session, side, record_id, one, weights=weights, now=now, old=match)
        elif match is None:
            match = _made(session, side, record_id, one, weights=weights, now=now)
        elif match.weights_id == weights.id:
            match.score, match.ranks = one.score, dict(one.ranks)
            match.reasons = [dict(reason) for reason in one.reasons]
        _mark(match, side, found=True)
        kept.append(match)
    for match in present.values():
        _mark(match, side, found=False)
    session.flush()
    return kept


def _made(
    session: Session,
    side: Side,
    record_id: UUID,
    one: Found,
    *,
    weights: MatchWeights,
    now: datetime,
    old: Match | None = None,
) -> Match:
    match = Match(
        need_id=record_id if side is Side.NEED else one.id,
        listing_id=one.id if side is Side.NEED else record_id,
        weights_id=weights.id,
        score=one.score,
        ranks=dict(one.ranks),
        reasons=[dict(reason) for reason in one.reasons],
        made_at=now,
        for_need=old.for_need if old else side is Side.NEED,
        for_listing=old.for_listing if old else side is Side.LISTING,
    )
    session.add(match)
    return match


def _mark(match: Match, side: Side, *, found: bool) -> None:
    if side is Side.NEED:
        match.for_need = found
    else:
        match.for_listing = found
    match.state = MatchState.CURRENT if match.for_need or match.for_listing else MatchState.GONE


def drop(session: Session, side: Side, record_id: UUID) -> None:
    """End all matches of a record that readers see no more."""
    column = Match.need_id if side is Side.NEED else Match.listing_id
    for match in session.scalars(
        select(Match).where(column == record_id, Match.state == MatchState.CURRENT)
    ):
        match.for_need = match.for_listing = False
        match.state = MatchState.GONE
    session.flush()
