"""Search engines as tests need them: a real one in a scratch folder, and one that is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np

from marketplace.discovery.queries.fallback import TABLES
from search.documents import Kind
from search.embedding import EmbeddingUnavailable, VectorSpace, question_vectors
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from search.engine import Engine

SPACE = VectorSpace("fake_whole", 4)


class GoneEngine:
    """Answers nothing: every call says that the engine is away."""

    name = "gone"
    spaces: Sequence[VectorSpace] = ()

    def __getattr__(self, name: str) -> Any:
        def call(*_args: object, **_kwargs: object) -> Any:
            raise SearchUnavailable(f"{name}: nobody answers")

        return call


class FakeEmbedder:
    """Knows the meaning of a few words; ``broken`` makes it fail."""

    space = SPACE

    def __init__(self, meanings: dict[str, Sequence[float]] | None = None) -> None:
        self.meanings = meanings or {}
        self.broken = False
        self.asked: list[str] = []

    def _vector(self, text: str) -> list[float]:
        for word, vector in self.meanings.items():
            if word in text:
                return list(vector)
        return [0.0, 0.0, 0.0, 1.0]

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        return np.asarray([self._vector(text) for text in texts], np.float32)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        if self.broken:
            raise EmbeddingUnavailable("switched off by the test")
        self.asked += texts
        return self.documents(texts)


def copy(
    session: Session, engine: Engine, *records: Any, embedders: Sequence[FakeEmbedder] = ()
) -> None:
    """Put made records into the index as they are now, with the vectors of the embedders."""
    for record in records:
        kind = Kind(record.search_kind)
        session.expire(record)
        documents = TABLES[kind].load(session, [UUID(str(record.id))])
        engine.put(
            kind,
            [
                replace(one, vectors=question_vectors(one, embedders))
                for one in documents.values()
                if one is not None
            ],
        )
    engine.refresh()
