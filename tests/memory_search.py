"""A search engine and embedders in memory, exact in what indexing and exchange rely on."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from search.embedding import VectorSpace
from search.engine import SearchUnavailable, StaleSpaces
from search.results import Health, Hit, Results

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from search.documents import Document, Kind
    from search.queries import Query
    from search.results import Scored
    from search.visibility import Visible


class MemoryEngine:
    """Keeps documents under their versions; ``down`` makes it unreachable."""

    name = "memory"

    def __init__(self, spaces: Sequence[VectorSpace] = ()) -> None:
        self.spaces = spaces
        self.documents: dict[str, dict[str, Document]] = {}
        self.building: dict[str, dict[str, Document]] = {}
        self.down = False
        self.puts = 0
        #: Names of spaces that this index was not built for.
        self.stale: set[str] = set()

    def _answer(self) -> None:
        if self.down:
            raise SearchUnavailable("switched off by the test")

    def _store(self, kind: Kind) -> dict[str, Document]:
        return self.documents.setdefault(kind.value, {})

    def put(self, kind: Kind, documents: Iterable[Document]) -> None:
        self._answer()
        self.puts += 1
        for document in documents:
            for store in (self._store(kind), self.building.get(kind.value)):
                if store is not None:
                    _write(store, document)

    def remove(self, kind: Kind, versions: Mapping[str, int]) -> None:
        self._answer()
        for one, version in versions.items():
            for store in (self._store(kind), self.building.get(kind.value, {})):
                if one in store and store[one].version <= version:
                    del store[one]

    def refresh(self) -> None:
        self._answer()

    def versions(self, kind: Kind) -> Iterator[tuple[str, int]]:
        self._answer()
        store = self._store(kind)
        return iter([(one, store[one].version) for one in sorted(store)])

    def fetch(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Document]:
        """Give documents by id."""
        self._answer()
        kept = self.documents.get(kind, {})
        return {identity: kept[identity] for identity in ids if identity in kept}

    def search(self, query: Query, *, visible: Visible) -> Results:
        self._answer()
        found = [
            document
            for document in self._store(query.kind).values()
            if visible.allows(document) and query.text in document.title
        ]
        found.sort(key=lambda document: document.id)
        start = (query.page - 1) * query.size
        return Results(
            hits=[Hit(document, 1.0) for document in found[start : start + query.size]],
            total=len(found),
        )

    def near(
        self, kind: Kind, space: str, vector: np.ndarray, *, visible: Visible, size: int = 20
    ) -> Sequence[Scored]:
        self._answer()
        if space in self.stale:
            raise StaleSpaces(space)
        return []

    @contextmanager
    def rebuild(self, kind: Kind) -> Iterator[_Fresh]:
        self._answer()
        fresh = self.building[kind.value] = {}
        try:
            yield _Fresh(self, fresh)
            self._answer()
            self.documents[kind.value] = fresh
        finally:
            del self.building[kind.value]

    def health(self) -> Health:
        return Health(ok=not self.down, engine=self.name, message="off" if self.down else "")

    def close(self) -> None:
        pass


class _Fresh:
    def __init__(self, engine: MemoryEngine, store: dict[str, Document]) -> None:
        self.engine = engine
        self.store = store

    def put(self, documents: Iterable[Document]) -> None:
        self.engine._answer()
        for document in documents:
            _write(self.store, document)


def _write(store: dict[str, Document], document: Document) -> None:
    held = store.get(document.id)
    if held is None or held.version <= document.version:
        store[document.id] = document


class CountingEmbedder:
    """Gives vectors that depend on the text's length, and remembers every text it saw."""

    def __init__(self, name: str = "counting-1", dimensions: int = 4) -> None:
        self.space = VectorSpace(name, dimensions)
        self.seen: list[str] = []

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        self.seen += texts
        rows = np.ones((len(texts), self.space.dimensions), dtype=np.float32)
        rows[:, 0] += [len(text) for text in texts]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.documents(texts)


@dataclass
class MemoryParts:
    """Stands in for the application's parts."""

    settings: Any
    search: MemoryEngine = field(default_factory=MemoryEngine)
    embedders: tuple[CountingEmbedder, ...] = ()

    @property
    def home(self) -> Path:
        return self.settings.home
