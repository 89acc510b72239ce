"""Tries weights on recent needs, beside the weights in use, before anybody is matched by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.indexing.sources import source_of
from marketplace.listings.models import Listing
from marketplace.matching.cards import title_of
from marketplace.matching.finding import matcher_of
from marketplace.matching.models import Side
from marketplace.matching.services.making import shown_ids
from marketplace.needs.models import Need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.matching.cards import Reader
    from marketplace.matching.services.making import Found

#: Needs that are tried, and places shown of each.
NEEDS, PLACES = 3, 5


@dataclass(frozen=True)
class Place:
    """A listing at a place of a need's list; ``before`` is its place with the present weights."""

    title: str
    listing_id: UUID
    percent: int
    before: int | None


@dataclass(frozen=True)
class Compared:
    """One need's list as the tried weights would order it."""

    need_id: UUID
    title: str
    places: Sequence[Place]
    #: Listings among the first places with the present weights that would leave them.
    leaving: Sequence[str]


def compare(
    session: Session,
    parts: Any,  # noqa: ANN401 — the application's parts, or a test's
    *,
    present: Mapping[str, Any],
    tried: Mapping[str, Any],
    reader: Reader,
) -> list[Compared]:
    """Match the newest needs by both weights; raise SearchUnavailable if the engine is silent."""
    matcher = matcher_of(parts)
    compared = []
    for need_id in shown_ids(session, Side.NEED)[:NEEDS]:
        document = source_of(Side.NEED.value).load(session, [need_id])[need_id]
        if document is None:
            continue
        before = matcher(document, present)
        after = matcher(document, tried)
        compared.append(_compared(session, need_id, before, after, reader))
    return compared


def _compared(
    session: Session,
    need_id: UUID,
    before: Sequence[Found],
    after: Sequence[Found],
    reader: Reader,
) -> Compared:
    ids = [one.id for one in (*before, *after)]
    titles = {
        listing.id: title_of(listing, reader.language)
        for listing in session.scalars(select(Listing).where(Listing.id.in_(ids)))
    }
    order = {one.id: place for place, one in enumerate(before, start=1)}
    first = [one for one in after if one.id in titles][:PLACES]
    kept = {one.id for one in first}
    return Compared(
        need_id=need_id,
        title=title_of(session.get_one(Need, need_id), reader.language),
        places=[
            Place(titles[one.id], one.id, round(one.score * 100), order.get(one.id))
            for one in first
        ],
        leaving=[
            titles[one.id] for one in before[:PLACES] if one.id in titles and one.id not in kept
        ],
    )
