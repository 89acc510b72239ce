"""What is like a listing: near in meaning and in words, without itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.discovery.asking import open_engine, search
from marketplace.discovery.queries import fallback
from marketplace.indexing.visibility import visible_for
from search.documents import Kind
from search.embedding import question
from search.queries import Query

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.discovery.vectors import QueryVectors
    from search.documents import Document
    from search.results import Hit

#: Listings shown.
SIZE = 4
#: Keywords that are asked for; any one is enough.
KEYWORDS = 6


def to_listing(
    session: Session, listing_id: UUID, *, parts: object, vectors: QueryVectors, actor: Actor
) -> list[Hit]:
    """Give the listings most like one; none for a listing that nobody may find.

    Raises SearchUnavailable.
    """
    documents = fallback.load(session, Kind.LISTING, [listing_id])
    if not documents:
        return []
    document = documents[0]
    near = vectors.of_plain(question(document)).vectors
    query = Query(
        kind=Kind.LISTING,
        text=_plain(document.title) if near else _any_keyword(document),
        size=SIZE + 1,
        vectors=near,
        facet_size=1,
    )
    hits = search(open_engine(parts), query, visible_for(actor)).hits
    return [hit for hit in hits if hit.document.id != document.id][:SIZE]


def _any_keyword(document: Document) -> str:
    """Give the question that words alone can answer: any of the keywords, or the title."""
    keywords = (_plain(keyword) for keyword in document.keywords[:KEYWORDS])
    return " OR ".join(f'"{one}"' for one in keywords if one) or _plain(document.title)


def _plain(text: str) -> str:
    """Give a text without signs that a query would read as operators."""
    return " ".join(text.replace('"', " ").split())
