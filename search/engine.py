"""The one protocol that both engines keep; ``tests/search/contract`` holds them to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    import numpy as np

    from search.documents import Document, Kind
    from search.embedding import VectorSpace
    from search.queries import Query, Question
    from search.results import Candidates, Health, Results, Scored, Suggestion
    from search.visibility import Visible


class SearchUnavailable(Exception):
    """The engine does not answer; the caller does without it and says so."""


class StaleSpaces(Exception):
    """The index was built for other vector spaces; a rebuild mends it."""


class Rebuild(Protocol):
    """A fresh generation of one kind's index, filled while the old one answers."""

    def put(self, documents: Iterable[Document]) -> None:
        """Write documents into the fresh generation only."""


class Engine(Protocol):
    """An index of documents per kind, each under the version of its row.

    Every method raises SearchUnavailable when the engine can't be reached. Writes of an older
    version than the stored one do nothing, so repeats and swapped order do no harm. What was
    written is found after ``refresh``; engines also refresh by themselves within a second.

    Vectors of a space that the index was not built for are passed over by ``put`` and ``search``
    (words and visibility must stay right); ``near`` and ``candidates`` raise StaleSpaces for them.
    """

    name: str
    spaces: Sequence[VectorSpace]

    def put(self, kind: Kind, documents: Iterable[Document]) -> None:
        """Write documents, also into a generation that is being built."""

    def remove(self, kind: Kind, versions: Mapping[str, int]) -> None:
        """Remove documents by id, unless a newer version than the given one is stored."""

    def refresh(self) -> None:
        """Make what was written findable now."""

    def search(self, query: Query, *, visible: Visible) -> Results:
        """Give one page of hits with facets and the exact total."""

    def candidates(self, question: Question, *, visible: Visible) -> Candidates:
        """Give the rankings that matching fuses: by words, and by each space of the question."""

    def near(
        self, kind: Kind, space: str, vector: np.ndarray, *, visible: Visible, size: int = 20
    ) -> Sequence[Scored]:
        """Give the nearest documents by cosine, best first."""

    def fetch(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Document]:
        """Give stored documents (without vectors) by id; unknown ids are left out."""

    def suggest(
        self, kind: Kind, text: str, *, visible: Visible, size: int = 8
    ) -> Sequence[Suggestion]:
        """Complete what is being typed: titles, keywords, names (characters, pinyin, initials)."""

    def did_you_mean(self, kind: Kind, text: str, *, visible: Visible) -> str | None:
        """Give a likelier spelling (English typos, Chinese homophones), or None."""

    def versions(self, kind: Kind) -> Iterator[tuple[str, int]]:
        """Give every stored id with its version, by id."""

    def rebuild(self, kind: Kind) -> AbstractContextManager[Rebuild]:
        """Build a fresh generation; published when the block ends well, thrown away otherwise."""

    def health(self) -> Health:
        """Say whether the engine answers; never raises."""

    def close(self) -> None:
        """Let go of files and connections."""
