"""Compares the index with the tables by id and version, both ways, and mends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from marketplace.core.messages import N_
from marketplace.indexing.sync import sync, want_vectors
from search.engine import StaleSpaces
from search.visibility import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine

    from marketplace.indexing.parts import Index
    from marketplace.indexing.sources import Source

PHASE = N_("Comparing the index with the records")


@dataclass
class Difference:
    """What the index says otherwise than the tables of one kind."""

    kind: str
    #: Documents that ought to be there.
    records: int = 0
    missing: list[str] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Every id at which the two differ."""
        return [*self.missing, *self.outdated, *self.surplus]


def stale_spaces(index: Index, source: Source) -> list[str]:
    """Give the vector spaces of the present models that the index of a kind was not built for."""
    stale = []
    for embedder in index.vectors.embedders:
        space = embedder.space
        probe = np.full(space.dimensions, space.dimensions**-0.5, dtype=np.float32)
        try:
            index.engine.near(source.kind, space.name, probe, visible=EVERYTHING, size=1)
        except StaleSpaces:
            stale.append(space.name)
    return stale


def compare(
    bind: Engine | Connection,
    index: Index,
    source: Source,
    *,
    advance: Callable[[int], None] = lambda _done: None,
) -> Difference:
    """Walk rows and documents side by side, both in the order of their ids."""
    difference = Difference(source.kind.value)
    stored = _Stored(index.engine.versions(source.kind))
    walked = 0
    for ids in walk(bind, source):
        with Session(bind, join_transaction_mode="create_savepoint") as session:
            found = source.load(session, ids)
        expected = {
            str(one): document.version for one, document in found.items() if document is not None
        }
        _judge(difference, expected, stored.up_to(str(ids[-1])))
        walked += len(ids)
        advance(walked)
    difference.surplus += [one for one, _version in stored.rest()]
    return difference


def _judge(difference: Difference, expected: dict[str, int], stored: dict[str, int]) -> None:
    difference.records += len(expected)
    difference.missing += [one for one in expected if one not in stored]
    difference.outdated += [
        one for one, version in expected.items() if one in stored and stored[one] != version
    ]
    difference.surplus += [one for one in stored if one not in expected]


def mend(
    bind: Engine | Connection, index: Index, source: Source, ids: Sequence[str], *, batch: int = 200
) -> None:
    """Copy the named rows again."""
    for start in range(0, len(ids), batch):
        some = [UUID(one) for one in ids[start : start + batch]]
        with (
            Session(bind, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            lacking = sync(session, index.engine, source, some, index.vectors)
            want_vectors(session, source.kind.value, lacking)
    index.engine.refresh()


def walk(bind: Engine | Connection, source: Source) -> Iterator[list[UUID]]:
    """Give the ids of all rows in batches, in order; each batch is read in its own transaction."""
    last: UUID | None = None
    while True:
        with Session(bind, join_transaction_mode="create_savepoint") as session:
            ids = source.after(session, last)
        if not ids:
            return
        yield ids
        last = ids[-1]


class _Stored:
    """The index's versions, read along with the rows."""

    def __init__(self, versions: Iterator[tuple[str, int]]) -> None:
        self._versions = iter(versions)
        self._next: tuple[str, int] | None = next(self._versions, None)

    def up_to(self, last: str) -> dict[str, int]:
        """Give what lies at or before the id."""
        found: dict[str, int] = {}
        while self._next is not None and self._next[0] <= last:
            found[self._next[0]] = self._next[1]
            self._next = next(self._versions, None)
        return found

    def rest(self) -> Iterator[tuple[str, int]]:
        """Give what lies behind the last row."""
        if self._next is not None:
            yield self._next
        yield from self._versions
