"""The engine in a folder, kept by any number of processes at once."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

import tantivy

from search import page, plan, spelling
from search.documents import Document, Kind
from search.embedded import translate
from search.embedded.folder import Folder
from search.embedded.generation import BULK, LARGE_HEAP, Generation
from search.engine import SearchUnavailable
from search.queries import Query, Question, Sort
from search.results import Candidates, Health, Results, Scored, Suggestion
from search.suggesting import prefixes, suggestions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np

    from search.embedding import VectorSpace
    from search.visibility import Visible

T = TypeVar("T")

#: Values counted per facet and segment; more kinds of values than these are cut.
_VALUES: Final = 60_000
#: How often a reader looks for the current generation when it is swapped under its hands.
_TRIES: Final = 3
_ORDERS: Final = {
    Sort.NEWEST: ("newest", tantivy.Order.Desc),
    Sort.SOONEST: ("soonest", tantivy.Order.Asc),
}


class EmbeddedEngine:
    """Engine (see ``search.engine``) on tantivy, SQLite and mapped vectors."""

    name = "embedded"

    def __init__(self, folder: Path, spaces: Sequence[VectorSpace]) -> None:
        self.spaces: Sequence[VectorSpace] = tuple(spaces)
        self._folders = {kind: Folder(folder / kind.value) for kind in Kind}
        self._opened: dict[Kind, tuple[str, Generation]] = {}
        self._guard = threading.Lock()

    # Generations

    def _current(self, kind: Kind) -> Generation | None:
        """Give the generation that answers now."""
        name = self._folders[kind].current()
        if name is None:
            return None
        opened = self._opened.get(kind)
        if opened is not None and opened[0] == name:
            return opened[1]
        with self._guard:
            opened = self._opened.get(kind)
            if opened is None or opened[0] != name:
                opened = (name, Generation(self._folders[kind].path / name))
                self._opened[kind] = opened
        return opened[1]

    def _reading(self, kind: Kind, read: Callable[[Generation], T], otherwise: T) -> T:
        """Read from the current generation, again if it was swapped meanwhile."""
        failure: Exception | None = None
        for _attempt in range(_TRIES):
            try:
                generation = self._current(kind)
                return otherwise if generation is None else read(generation)
            except (OSError, ValueError, sqlite3.Error) as error:
                failure = error
                with self._guard:
                    self._opened.pop(kind, None)
        message = f"the search folder can't be read: {failure}"
        raise SearchUnavailable(message) from failure

    @contextmanager
    def _writing(self, kind: Kind) -> Iterator[tuple[Generation, Generation | None]]:
        """Give the current generation, made if there is none, and the one being built."""
        folder = self._folders[kind]
        try:
            with folder.locked("writer"):
                current = self._current(kind) or self._first(kind)
                upcoming = folder.upcoming()
                fresh = Generation(folder.path / upcoming) if upcoming else None
                try:
                    yield current, fresh
                finally:
                    if fresh is not None:
                        fresh.close()
        except (OSError, ValueError, sqlite3.Error) as error:
            message = f"the search folder can't be written: {error}"
            raise SearchUnavailable(message) from error

    def _first(self, kind: Kind) -> Generation:
        """Lay out the first generation of a kind."""
        folder = self._folders[kind]
        name = folder.fresh()
        generation = Generation.create(folder.path / name, self.spaces)
        folder.point("current", name)
        with self._guard:
            self._opened[kind] = (name, generation)
        return generation

    # Writing

    def put(self, kind: Kind, documents: Iterable[Document]) -> None:
        """Write documents, also into a generation that is being built."""
        several = list(documents)
        if not several:
            return
        with self._writing(kind) as (current, fresh):
            current.put(several)
            if fresh is not None:
                fresh.put(several)
            current.index_waiting()
            current.train()

    def remove(self, kind: Kind, versions: Mapping[str, int]) -> None:
        """Remove documents by id, unless a newer version is stored."""
        if not versions:
            return
        with self._writing(kind) as (current, fresh):
            current.remove(versions)
            if fresh is not None:
                fresh.remove(versions)
            current.index_waiting()

    def refresh(self) -> None:
        """Index what a killed process left waiting; all else is findable once written."""
        for kind in Kind:
            if self._reading(kind, lambda generation: generation.store.any_waiting(), False):  # noqa: FBT003
                with self._writing(kind) as (current, _fresh):
                    current.index_waiting()

    @contextmanager
    def rebuild(self, kind: Kind) -> Iterator[Rebuilding]:
        """Build a fresh generation while the current one answers."""
        folder = self._folders[kind]
        with folder.locked("rebuild"):
            with folder.locked("writer"):
                name = folder.fresh()
                generation = Generation.create(folder.path / name, self.spaces)
                folder.point("next", name)
            writer = generation.writer(LARGE_HEAP)
            try:
                yield Rebuilding(folder, generation, writer)
                generation.index_waiting(writer, BULK)
                with folder.locked("writer"):
                    generation.index_waiting(writer, BULK)
                    writer.wait_merging_threads()
                    generation.train()
                    folder.point("current", name)
                    folder.point("next", None)
            except BaseException:
                folder.point("next", None)
                raise
            finally:
                del writer
                generation.close()
        with folder.locked("writer"):
            folder.sweep()

    # Reading

    def search(self, query: Query, *, visible: Visible) -> Results:
        """Give one page of hits with facets and the exact total."""
        nothing: frozenset[str] = frozenset()
        known = self._reading(query.kind, lambda generation: frozenset(generation.spaces), nothing)
        spaces = [space for space in self.spaces if space.name in known]
        return page.search(query, visible=visible, engine=self, spaces=spaces)

    def run(self, kind: Kind, asks: Sequence[page.Ask]) -> Sequence[page.Answer]:
        """Answer several questions, in order, from one view of the index."""

        def read(generation: Generation) -> list[page.Answer]:
            searcher = generation.searcher()
            return [_answer(generation, searcher, ask) for ask in asks]

        empty = page.Answer(hits=(), total=0, facets={})
        return self._reading(kind, read, [empty for _ask in asks])

    def candidates(self, question: Question, *, visible: Visible) -> Candidates:
        """Give the rankings that matching fuses."""
        without = question.exclude_organizations

        def read(generation: Generation) -> dict[str, list[Scored]]:
            rankings: dict[str, list[Scored]] = {}
            if question.terms or question.grams:
                seen = plan.visible(visible)
                query = translate.filtered(plan.question(question), [seen] if seen else [])
                hits = _top(generation, generation.searcher(), query, question.size)
                rankings["words"] = [Scored(identity, score) for identity, score in hits]
            for space, vector in question.vectors.items():
                near = generation.near(
                    space, vector, visible=visible, size=question.size, without=without
                )
                rankings[space] = [Scored(identity, score) for identity, score in near]
            return rankings

        return Candidates(rankings=self._reading(question.kind, read, {}))

    def near(
        self, kind: Kind, space: str, vector: np.ndarray, *, visible: Visible, size: int = 20
    ) -> Sequence[Scored]:
        """Give the nearest documents by cosine, best first."""

        def read(generation: Generation) -> list[Scored]:
            found = generation.near(space, vector, visible=visible, size=size)
            return [Scored(identity, score) for identity, score in found]

        return self._reading(kind, read, [])

    def fetch(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Document]:
        """Give stored documents by id."""
        return self._reading(kind, lambda generation: generation.store.documents(ids), {})

    def suggest(
        self, kind: Kind, text: str, *, visible: Visible, size: int = 8
    ) -> Sequence[Suggestion]:
        """Complete what is being typed."""
        rows = [
            row
            for prefix in prefixes(text)
            for row in self.vocabulary(kind, "suggestions", [prefix], visible=visible)
        ]
        return suggestions(rows, size)

    def did_you_mean(self, kind: Kind, text: str, *, visible: Visible) -> str | None:
        """Give a likelier spelling, or None."""

        def known(starts: Sequence[str]) -> Mapping[str, int]:
            return dict(self.vocabulary(kind, "spellings", starts, visible=visible))

        return spelling.likelier(text, known)

    def vocabulary(
        self, kind: Kind, field: str, starts: Sequence[str], *, visible: Visible
    ) -> list[tuple[str, int]]:
        """Give the terms of a field that begin so, with the number of visible documents."""
        seen = plan.visible(visible)
        narrowed = translate.node(seen) if seen is not None else None

        def read(generation: Generation) -> list[tuple[str, int]]:
            searcher = generation.searcher()
            return [
                row
                for start in starts
                for row in searcher.terms_with_prefix(field, start, narrowed, spelling.TERMS)
            ]

        return self._reading(kind, read, [])

    def versions(self, kind: Kind) -> Iterator[tuple[str, int]]:
        """Give every stored id with its version, by id."""
        nothing: Iterator[tuple[str, int]] = iter(())
        return self._reading(kind, lambda generation: generation.store.versions(), nothing)

    def health(self) -> Health:
        """Say what the folder holds; never raises."""
        try:
            counts = {
                kind.value: self._reading(kind, lambda generation: generation.store.count(), 0)
                for kind in Kind
            }
        except SearchUnavailable as error:
            return Health(ok=False, engine=self.name, message=str(error))
        return Health(ok=True, engine=self.name, counts=counts)

    def close(self) -> None:
        """Let go of the files."""
        with self._guard:
            for _name, generation in self._opened.values():
                generation.close()
            self._opened.clear()


class Rebuilding:
    """Fills a generation that does not answer yet."""

    def __init__(self, folder: Folder, generation: Generation, writer: tantivy.IndexWriter) -> None:
        self._folder = folder
        self._generation = generation
        self._writer = writer
        self._count = 0

    def put(self, documents: Iterable[Document]) -> None:
        """Write documents into the fresh generation only."""
        several = list(documents)
        with self._folder.locked("writer"):
            self._generation.put(several)
        self._count += len(several)
        if self._count >= BULK:
            self._generation.index_waiting(self._writer, BULK)
            self._count = 0


def _answer(generation: Generation, searcher: tantivy.Searcher, ask: page.Ask) -> page.Answer:
    """Run one question."""
    seen = [] if ask.visible is None else [ask.visible]
    filters = {name: plan.OneOf(name, values) for name, values in ask.chosen.items()}
    query = translate.filtered(ask.node, [*seen, *filters.values()])
    hits, total = _hits(generation, searcher, query, ask)
    facets: dict[str, Mapping[str, int]] = {}
    free = [name for name in ask.facets if name not in filters]
    if free:
        facets.update(_counts(searcher, query, free))
    for name in ask.facets:
        if name in filters:
            others = [one for other, one in filters.items() if other != name]
            widened = translate.filtered(ask.node, [*seen, *others])
            facets.update(_counts(searcher, widened, [name]))
    return page.Answer(hits=hits, total=total, facets=facets)


def _hits(
    generation: Generation, searcher: tantivy.Searcher, query: tantivy.Query, ask: page.Ask
) -> tuple[list[tuple[str, float]], int]:
    field, order = _ORDERS.get(ask.sort, (None, tantivy.Order.Desc))
    found: Any = searcher.search(
        query,
        limit=max(ask.size, 1),
        offset=ask.offset,
        order_by_field=field,
        order=order,
    )
    if not ask.size:
        return [], found.count
    scores = [0.0 if field else float(score) for score, _address in found.hits]
    ids = _ids(generation, searcher, [address for _score, address in found.hits])
    return [
        (identity, score) for identity, score in zip(ids, scores, strict=True) if identity
    ], found.count


def _top(
    generation: Generation, searcher: tantivy.Searcher, query: tantivy.Query, size: int
) -> list[tuple[str, float]]:
    found = searcher.search(query, limit=size, count=False)
    ids = _ids(generation, searcher, [address for _score, address in found.hits])
    return [
        (identity, float(score))
        for identity, (score, _address) in zip(ids, found.hits, strict=True)
        if identity
    ]


def _ids(
    generation: Generation, searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]
) -> list[str | None]:
    keys = [int(key or 0) for key in searcher.fast_field_values("key", addresses)]
    ids = generation.store.ids(keys)
    return [ids.get(key) for key in keys]


def _counts(
    searcher: tantivy.Searcher, query: tantivy.Query, names: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Count the values of facets."""
    wanted = {
        name: {"terms": {"field": name, "size": _VALUES, "segment_size": _VALUES}} for name in names
    }
    answer = searcher.aggregate(query, wanted)
    return {
        name: {str(bucket["key"]): bucket["doc_count"] for bucket in answer[name]["buckets"]}
        for name in names
    }
