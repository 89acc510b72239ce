"""What is like a listing: near in meaning and in words, without itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.discovery.asking import open_engine, search
from marketplace.indexing.visibility import visible_for
from search.documents import Kind
from search.embedding import QUESTION_LIMIT
from search.queries import Query

if TYPE_CHECKING:
    from marketplace.core.actor import Actor
    from marketplace.discovery.vectors import QueryVectors
    from marketplace.listings.models import Listing
    from search.results import Hit

#: Listings shown.
SIZE = 4
#: Keywords that are asked for; any one is enough.
KEYWORDS = 6


def to_listing(
    listing: Listing, *, parts: object, vectors: QueryVectors, actor: Actor
) -> list[Hit]:
    """Give the public listings most like one, be it on offer or gone. Raises SearchUnavailable."""
    text = "。".join(part for part in (listing.title, listing.summary, listing.abstract) if part)
    near = vectors.of_plain(text[:QUESTION_LIMIT]).vectors
    query = Query(
        kind=Kind.LISTING,
        text=_plain(listing.title) if near else _any_keyword(listing),
        size=SIZE + 1,
        vectors=near,
        facet_size=1,
    )
    hits = search(open_engine(parts), query, visible_for(actor)).hits
    return [hit for hit in hits if hit.document.id != str(listing.id)][:SIZE]


def _any_keyword(listing: Listing) -> str:
    """Give the question that words alone can answer: any of the keywords, or the title."""
    keywords = (_plain(keyword) for keyword in listing.keywords[:KEYWORDS])
    return " OR ".join(f'"{one}"' for one in keywords if one) or _plain(listing.title)


def _plain(text: str) -> str:
    """Give a text without signs that a query would read as operators."""
    return " ".join(text.replace('"', " ").split())
