"""Copies rows as they now are into the index, under their versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from marketplace.core.messages import N_
from marketplace.indexing.models import EmbeddingWanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.indexing.sources import Source
    from marketplace.indexing.vectors import Vectors
    from search.documents import Document
    from search.engine import Engine

#: The version under which a document is removed whose row is gone: higher than any row's.
GONE = 2**62
#: Rounds after which rows that change without end are left to the next job.
ROUNDS = 5

CHANGING = N_("The rows changed while they were copied.")


class StillChanging(Exception):
    """Rows changed in every round."""


@dataclass(frozen=True)
class Loaded:
    """Rows at one moment: documents to write, versions to remove, and what lacks vectors."""

    documents: list[Document]
    removed: dict[str, int]
    lacking: list[str]
    versions: dict[UUID, int]


def load(session: Session, source: Source, ids: Sequence[UUID], vectors: Vectors) -> Loaded:
    """Read rows as they now are, with the vectors that are kept for them."""
    session.expire_all()
    versions = source.versions(session, ids)
    found = source.load(session, ids)
    documents = [document for document in found.values() if document is not None]
    filled, lacking = vectors.attach(session, documents)
    written = {UUID(document.id) for document in documents}
    removed = {str(one): versions.get(one, GONE) for one in ids if one not in written}
    return Loaded(filled, removed, lacking, versions)


def sync(
    session: Session, engine: Engine, source: Source, ids: Sequence[UUID], vectors: Vectors
) -> list[str]:
    """Make the index say what the rows say; give the ids that lack vectors.

    Two jobs may copy one row at the same time, and a document that was removed leaves no version
    behind that would hold off an older one. So whoever has written looks once more whether the
    rows are still the same, and copies those that are not.
    """
    lacking: dict[str, None] = {}
    left = list(ids)
    for _ in range(ROUNDS):
        loaded = load(session, source, left, vectors)
        if loaded.documents:
            engine.put(source.kind, loaded.documents)
        if loaded.removed:
            engine.remove(source.kind, loaded.removed)
        lacking |= dict.fromkeys(loaded.lacking)
        now = source.versions(session, left)
        left = [one for one in left if now.get(one) != loaded.versions.get(one)]
        if not left:
            return list(lacking)
    raise StillChanging(CHANGING)


def want_vectors(session: Session, kind: str, ids: Sequence[str]) -> None:
    """Note records whose vectors have to be computed; a repeated wish is a fresh one."""
    if ids:
        statement = insert(EmbeddingWanted)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "record_id"], set_={"since": func.clock_timestamp()}
            ),
            [{"kind": kind, "record_id": one} for one in sorted(ids)],
        )
