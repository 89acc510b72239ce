"""Search by the tables alone, for the time in which the engine does not answer.

Words are looked for as parts of texts, filters hold as usual, and nothing is counted per facet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal, or_, select

from marketplace.discovery.queries.directory import FACILITIES, MANAGERS
from marketplace.discovery.queries.tables import LISTINGS, NEEDS
from marketplace.listings.models import Listing
from search.documents import Kind
from search.queries import Sort
from search.results import FacetValue, Hit, Results
from search.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.documents import Document
    from search.queries import Query
    from search.syntax import Atom, Parsed

#: Quotation marks of both languages.
_QUOTES = str.maketrans(dict.fromkeys("“”„「」『』＂", '"'))
#: Quoted texts that are asked for, not excluded.
_PHRASE = re.compile(r'(?<![-－])"([^"]+)"')
#: Words beyond these are not looked for: each one costs a look at every text.
WORDS_LIMIT = 8

TABLES = {
    Kind.LISTING: LISTINGS,
    Kind.NEED: NEEDS,
    Kind.FACILITY: FACILITIES,
    Kind.MANAGER: MANAGERS,
}


def search(session: Session, query: Query, *, actor: Actor) -> Results:
    """Give one page of what the actor may find, with the exact total."""
    statement = TABLES[query.kind].found_by(actor)
    parsed = parse(query.text)
    words = [word.raw for word in parsed.words][:WORDS_LIMIT]
    statement = statement.where(*_asked(query, parsed, words))
    for facet, values in query.chosen.items():
        statement = statement.where(TABLES[query.kind].facets[facet](values))
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    ids = session.scalars(
        statement.order_by(*_order(query, words))
        .limit(query.size)
        .offset((query.page - 1) * query.size)
    ).all()
    return Results(
        hits=_hits(session, query.kind, ids),
        total=total or 0,
        facets=_choices(query),
        tokens=parsed.tokens,
        notice=parsed.notice,
    )


def _asked(query: Query, parsed: Parsed, words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Give what a record must hold: every word, every phrase, one of each group."""
    for word in words:
        yield _holds(query.kind, word)
    for phrase in _PHRASE.findall(query.text.translate(_QUOTES)):
        yield _holds(query.kind, phrase)
    for group in parsed.required:
        ways = [_every(query.kind, atom) for atom in group if atom.words or atom.number]
        if ways:
            yield or_(*ways)
    for atom in parsed.excluded:
        if atom.words or atom.number:
            yield ~_every(query.kind, atom)


def _every(kind: Kind, atom: Atom) -> ColumnElement[bool]:
    texts = [word.raw for word in atom.words] or [atom.number]
    return and_(*(_holds(kind, text) for text in texts))


def _choices(query: Query) -> dict[str, list[FacetValue]]:
    """Give what can be ticked: short lists whole, of the others what is ticked already."""
    offered = TABLES[query.kind].offered
    return {
        facet: [
            FacetValue(str(value), 0, chosen=value in query.chosen.get(facet, ()))
            for value in offered.get(facet, query.chosen.get(facet, ()))
        ]
        for facet in {**offered, **query.chosen}
    }


def published_of(session: Session, organization_id: UUID, *, actor: Actor, size: int) -> Results:
    """Give an organization's newest public listings and how many there are."""
    statement = LISTINGS.found_by(actor).where(Listing.organization_id == organization_id)
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    ids = session.scalars(
        statement.order_by(Listing.published_at.desc(), Listing.id).limit(size)
    ).all()
    return Results(hits=_hits(session, Kind.LISTING, ids), total=total or 0)


def load(session: Session, kind: Kind, ids: Sequence[UUID]) -> list[Document]:
    """Give documents by id in the order asked for; those that nobody may find are left out."""
    found = TABLES[kind].load(session, ids)
    return [document for one in ids if (document := found.get(one)) is not None]


def _hits(session: Session, kind: Kind, ids: Sequence[UUID]) -> list[Hit]:
    return [Hit(document, 0.0) for document in load(session, kind, ids)]


def _holds(kind: Kind, word: str) -> ColumnElement[bool]:
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    table = TABLES[kind]
    return or_(*(column.ilike(pattern) for column in table.texts), *table.holds(pattern))


def _order(query: Query, words: Sequence[str]) -> tuple[ColumnElement[Any], ...]:
    table = TABLES[query.kind]
    newest = table.newest.desc()
    if query.sort is Sort.SOONEST:
        return (table.due.asc().nulls_last(), newest, table.identity)
    if query.sort is Sort.RELEVANCE and words:
        near = func.word_similarity(literal(" ".join(words)), table.title)
        return (near.desc(), newest, table.identity)
    return (newest, table.identity)
