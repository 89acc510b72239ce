"""Which tables the index copies, and how a row becomes a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from search.documents import Document, Kind

#: Rows loaded at once when a whole table is walked.
WALK_BATCH = 500


@dataclass(frozen=True)
class Source:
    """A table whose rows are copied, and what makes documents of them."""

    kind: Kind
    table: type[Any]
    load: Callable[[Session, Sequence[UUID]], Mapping[UUID, Document | None]]

    def versions(self, session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
        """Give the present version of each row that exists."""
        rows = session.execute(
            select(self.table.id, self.table.version).where(self.table.id.in_(ids))
        )
        return {identity: version for identity, version in rows}  # noqa: C416 — rows are not tuples

    def count(self, session: Session) -> int:
        """Give the number of rows, found or not."""
        return session.scalar(select(func.count()).select_from(self.table)) or 0

    def after(self, session: Session, last: UUID | None) -> list[UUID]:
        """Give the ids that follow in order."""
        statement = select(self.table.id).order_by(self.table.id).limit(WALK_BATCH)
        if last is not None:
            statement = statement.where(self.table.id > last)
        return list(session.scalars(statement))


_sources: dict[Kind, Source] = {}


def register(source: Source) -> None:
    """Add a table to what the index copies; the last one of a kind counts."""
    _sources[source.kind] = source


def source_of(kind: Kind | str) -> Source:
    """Give the source of a kind; raise NotFound for a kind that nobody copies."""
    for known, source in _sources.items():
        if known == kind:
            return source
    raise NotFound


def sources() -> tuple[Source, ...]:
    """Give all sources, in the order in which they were added."""
    return tuple(_sources.values())
