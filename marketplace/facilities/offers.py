"""What higher domains say of a facility's time and prices, kept beside it for search.

Bookings know both and stand above; they register a source, and facilities ask it now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.facilities.services.life import note_offer

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    """Ask all sources about the published facilities (or some); give how many changed."""
    changed = 0
    for ids in _batches(session, only):
        known: dict[UUID, Offered] = {}
        for source in _sources:
            known |= source(session, ids, now)
        for identity in ids:
            offered = known.get(identity, Offered())
            changed += note_offer(
                session,
                identity,
                next_free_on=offered.next_free_on,
                price_minor=offered.price_minor,
                price_max_minor=offered.price_max_minor,
            )
    return changed


def _batches(session: Session, only: Sequence[UUID] | None) -> Iterator[Sequence[UUID]]:
    statement = select(Facility.id).where(Facility.status == FacilityStatus.PUBLISHED)
    if only is not None:
        statement = statement.where(Facility.id.in_(only))
    ids = session.scalars(statement.order_by(Facility.id)).all()
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]
