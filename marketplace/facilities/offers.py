"""What higher domains say of a facility's time and prices, kept beside it for search.

Bookings know both and stand above; they register a source, and facilities ask it now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.facilities.services.life import note_offer


@dataclass(frozen=True)
class Offered:
    """A facility's next free day, and the span of its prices in minor units."""

    next_free_on: date | None = None
    price_minor: int | None = None
    price_max_minor: int | None = None


Source = Callable[[Session, Sequence[UUID], datetime], Mapping[UUID, Offered]]

#: Facilities asked about at once.
BATCH = 100
_sources: list[Source] = []


def register(source: Source) -> None:
    """Add who knows of free days and prices; the last one that knows a facility counts."""
    if source not in _sources:
        _sources.append(source)


def refresh(session: Session, *, now: datetime, only: Sequence[UUID] | None = None) -> int:
    """Ask all sources about the published facilities (or some); give how many changed.

    All is asked before the first row is written: asking takes long where there are many, and a
    written row is locked for its operator until the end.
    """
    kept = _kept(session, only)
    ids = list(kept)
    known: dict[UUID, Offered] = {}
    for first in range(0, len(ids), BATCH):
        for source in _sources:
            known |= source(session, ids[first : first + BATCH], now)
    changed = 0
    for identity, before in kept.items():
        fresh = known.get(identity, Offered())
        if fresh != before:
            changed += note_offer(
                session,
                identity,
                next_free_on=fresh.next_free_on,
                price_minor=fresh.price_minor,
                price_max_minor=fresh.price_max_minor,
            )
    return changed


def _kept(session: Session, only: Sequence[UUID] | None) -> dict[UUID, Offered]:
    """Give what is kept of each published facility, in the order in which rows are locked."""
    statement = select(
        Facility.id, Facility.next_free_on, Facility.price_minor, Facility.price_max_minor
    ).where(Facility.status == FacilityStatus.PUBLISHED)
    if only is not None:
        statement = statement.where(Facility.id.in_(only))
    return {
        identity: Offered(day, lowest, highest)
        for identity, day, lowest, highest in session.execute(statement.order_by(Facility.id))
    }
