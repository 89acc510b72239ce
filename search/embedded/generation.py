"""One generation of one kind's index: documents, words and vectors in a folder of its own."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from search.documents import Audience
from search.embedded.columns import Column
from search.embedded.schema import fill, open_index, with_key
from search.embedded.store import Store
from search.embedded.vectors import Vectors
from search.engine import StaleSpaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import tantivy

    from search.documents import Document
    from search.embedding import VectorSpace
    from search.visibility import Visible

#: Memory of the writer (bytes): for single documents, and for a whole generation.
SMALL_HEAP: Final = 15_000_000
LARGE_HEAP: Final = 128_000_000
#: What the audience column holds; 0 stands for no document.
_AUDIENCES: Final = {audience: at for at, audience in enumerate(Audience, start=1)}
#: Documents indexed in one commit: of single writes, and of a whole generation.
FEW: Final = 1_000
BULK: Final = 10_000
_FORMAT: Final = 1


class Generation:
    """Reads and writes one generation; writes only under the writer's lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        about = json.loads((path / "about.json").read_text(encoding="utf-8"))
        self.spaces: Mapping[str, int] = about["spaces"]
        self.store = Store(path / "documents.sqlite")
        self._index = open_index(path / "words")
        self._committed = 0
        self._audience = Column(path / "audience", np.uint8)
        self._organization = Column(path / "organization", np.uint64)
        self._vectors = {
            name: Vectors(path / f"vectors-{at}", dimensions)
            for at, (name, dimensions) in enumerate(self.spaces.items())
        }

    @classmethod
    def create(cls, path: Path, spaces: Sequence[VectorSpace]) -> Generation:
        """Lay out a generation in an empty folder."""
        store = Store(path / "documents.sqlite")
        store.create()
        store.close()
        about = {"format": _FORMAT, "spaces": {space.name: space.dimensions for space in spaces}}
        (path / "about.json").write_text(json.dumps(about), encoding="utf-8")
        return cls(path)

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()

    # Writing

    def put(self, documents: Iterable[Document]) -> None:
        """Keep documents and their vectors; words wait until ``index_waiting``."""
        with self.store.writing():
            written = self.store.put(documents)
            if not written:
                return
            self._note(written)
            for name, vectors in self._vectors.items():
                fits = partial(_fitting, name, self.spaces[name])
                vectors.put([(key, fits(document)) for key, document in written])

    def remove(self, versions: Mapping[str, int]) -> None:
        """Mark documents as removed; words wait until ``index_waiting``."""
        with self.store.writing():
            keys = self.store.remove(versions)
            if keys:
                self._audience.grow(max(keys) + 1)
                self._organization.grow(max(keys) + 1)
                self._audience.write()[keys] = 0

    def _note(self, written: Sequence[tuple[int, Document]]) -> None:
        keys = [key for key, _document in written]
        self._organization.grow(max(keys) + 1)
        self._audience.grow(max(keys) + 1)
        self._organization.write()[keys] = [
            organization_hash(document.organization_id) for _key, document in written
        ]
        self._audience.write()[keys] = [_AUDIENCES[document.audience] for _key, document in written]

    def index_waiting(self, writer: tantivy.IndexWriter | None = None, batch: int = FEW) -> None:
        """Bring the words up to the store, with a given writer or one of its own.

        The note that a document waits is taken away after the commit, so a kill in between
        only means that it is indexed again.
        """
        own = writer is None
        writer = writer or self.writer()
        while waiting := self.store.waiting(batch):
            for one in waiting:
                writer.delete_documents_by_query(with_key(one.key))
                if one.document is not None:
                    writer.add_document(fill(one.document, one.key))
            writer.commit()
            self.store.indexed(waiting)
        if own:
            writer.wait_merging_threads()

    def train(self) -> None:
        """Let vectors fit their codes to what is stored now; only under the writer's lock."""
        used = self.store.last_key() + 1
        for vectors in self._vectors.values():
            vectors.train(used)

    def writer(self, heap: int = SMALL_HEAP) -> tantivy.IndexWriter:
        """Open the words for writing; tantivy lets one writer at a time."""
        return self._index.writer(heap, 1)

    # Reading

    def searcher(self) -> tantivy.Searcher:
        """Give a view of the words as last committed."""
        changed = (self.path / "words" / "meta.json").stat().st_mtime_ns
        if changed != self._committed:
            self._index.reload()
            self._committed = changed
        return self._index.searcher()

    def near(
        self,
        space: str,
        vector: np.ndarray,
        *,
        visible: Visible,
        size: int,
        without: frozenset[str] = frozenset(),
    ) -> list[tuple[str, float]]:
        """Give the nearest documents' ids with their cosines, best first."""
        if space not in self._vectors:
            message = f"the index holds no vectors of {space}"
            raise StaleSpaces(message)
        allowed = self._allowed(visible, without)
        found = self._vectors[space].near(vector, allowed, size)
        ids = self.store.ids([key for key, _score in found])
        return [(ids[key], score) for key, score in found if key in ids]

    def matrix(self, space: str, visible: Visible) -> tuple[np.ndarray, np.ndarray]:
        """Give keys and vectors (single precision) of all that may be found, for measuring."""
        return self._vectors[space].matrix(self._allowed(visible, frozenset()))

    def _allowed(self, visible: Visible, without: frozenset[str]) -> np.ndarray:
        """Give a mask by key: what a viewer may find, without some bodies' own."""
        audience = self._audience.read()
        organization = self._organization.read()[: len(audience)]
        audience = audience[: len(organization)]
        table = np.zeros(256, np.bool_)
        open_to = Audience if visible.everything else visible.audiences
        table[[_AUDIENCES[one] for one in open_to]] = True
        allowed: np.ndarray = table[audience]
        if not visible.everything:
            for one in visible.organization_ids:
                allowed |= (organization == organization_hash(one)) & (audience != 0)
        for one in without:
            allowed &= organization != organization_hash(one)
        return allowed


def organization_hash(identity: str) -> np.uint64:
    """Give the number that a body's documents are marked with; 0 for none."""
    if not identity:
        return np.uint64(0)
    digest = hashlib.blake2b(identity.encode("utf-8", "replace"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest))


def _fitting(space: str, dimensions: int, document: Document) -> np.ndarray | None:
    vector = document.vectors.get(space)
    return vector if vector is not None and len(vector) == dimensions else None
