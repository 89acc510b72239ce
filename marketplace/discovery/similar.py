"""What is like a listing: near in meaning and in words, without itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.discovery.asking import open_engine, search
from marketplace.discovery.queries import fallback
from marketplace.indexing.vectors import Vectors
from marketplace.indexing.visibility import visible_for
from search.documents import Kind
from search.embedding import QUESTION_LIMIT
from search.queries import Query

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.discovery.vectors import QueryVectors
    from marketplace.listings.models import Listing
    from search.embedding import Embedder
    from search.results import Hit

#: Listings shown.
SIZE = 4
#: Keywords that are asked for; any one is enough.
KEYWORDS = 6


def to_listing(
    session: Session,
    listing: Listing,
    *,
    parts: Any,  # noqa: ANN401 — the application's parts, or a test's
    vectors: QueryVectors,
    actor: Actor,
) -> list[Hit]:
    """Give the public listings most like one, be it on offer or gone. Raises SearchUnavailable."""
    # First of all: without an engine no vectors are needed, and none may be had.
    engine = open_engine(parts)
    near = _kept(session, listing, parts.embedders) or vectors.of_plain(_said(listing)).vectors
    query = Query(
        kind=Kind.LISTING,
        text=_plain(listing.title) if near else _any_keyword(listing),
        size=SIZE + 1,
        vectors=near,
        facet_size=1,
    )
    hits = search(engine, query, visible_for(actor)).hits
    return [hit for hit in hits if hit.document.id != str(listing.id)][:SIZE]


def _kept(
    session: Session, listing: Listing, embedders: Sequence[Embedder]
) -> Mapping[str, np.ndarray]:
    """Give the vectors that the index has of a listing on offer; they cost no model."""
    documents = fallback.load(session, Kind.LISTING, [listing.id])
    filled, _lacking = Vectors(embedders).attach(session, documents)
    return filled[0].vectors if filled else {}


def _said(listing: Listing) -> str:
    parts = (listing.title, listing.summary, listing.abstract)
    return "。".join(part for part in parts if part)[:QUESTION_LIMIT]


def _any_keyword(listing: Listing) -> str:
    """Give the question that words alone can answer: any of the keywords, or the title."""
    keywords = (_plain(keyword) for keyword in listing.keywords[:KEYWORDS])
    return " OR ".join(f'"{one}"' for one in keywords if one) or _plain(listing.title)


def _plain(text: str) -> str:
    """Give a text without signs that a query would read as operators."""
    return " ".join(text.replace('"', " ").split())
