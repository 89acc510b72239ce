"""How fast the engine answers beside the bare libraries it stands on, asked the same in one run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search import page, plan
from search.analysis import analyse
from search.bench_records import CENTERS, Corpus, Typed, corpus, questions, records
from search.documents import Document, Kind
from search.embedded import translate
from search.embedded.engine import EmbeddedEngine
from search.embedded.folder import Folder
from search.embedded.generation import Generation
from search.matching import match
from search.queries import FACETS_OF, Query, Question
from search.syntax import parse
from search.visibility import PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import tantivy

    from search.embedding import Embedder, VectorSpace

_KIND: Final = Kind.LISTING
#: Documents written at once.
_BATCH: Final = 2_000
#: Questions whose vectors are compared with an exact search.
_RECALLED: Final = 40
#: Terms of a need's question, and candidates of each ranking.
_TERMS: Final = 30
_CANDIDATES: Final = 200
_MEBIBYTE: Final = 1 << 20
_MILLISECONDS: Final = 1000.0


@dataclass(frozen=True)
class Times:
    """Percentiles of times (milliseconds)."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """Take the percentiles of some times."""
        p50, p95, p99 = np.percentile(np.asarray(seconds) * _MILLISECONDS, (50, 95, 99))
        return cls(round(float(p50), 2), round(float(p95), 2), round(float(p99), 2))


@dataclass(frozen=True)
class Measured:
    """What one run measured."""

    records: int
    engine: str
    index_seconds: float
    make_seconds: float
    disk_mebibytes: int
    #: What the reader adds to the process: memory of its own, and pages of mapped files, which
    #: the system takes back when it needs them.
    memory_mebibytes: int
    mapped_mebibytes: int
    load: float
    times: Mapping[str, Times]
    #: Share of the ten nearest that the engine finds, by space.
    recall: Mapping[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give plain values."""
        return asdict(self)


def centers(
    entries: Sequence[Mapping[str, Any]], embedders: Sequence[Embedder]
) -> dict[str, np.ndarray]:
    """Embed a few texts of the corpus: what the made vectors lie between."""
    step = max(1, len(entries) // CENTERS)
    texts = [f"{entry['title']}。{entry['abstract']}" for entry in entries[::step][:CENTERS]]
    return {embedder.space.name: embedder.documents(texts) for embedder in embedders}


def measure(
    folder: Path,
    entries: Sequence[Mapping[str, Any]],
    embedders: Sequence[Embedder],
    count: int,
    *,
    asked: int = 200,
    tell: Callable[[str], None] = print,
) -> Measured:
    """Index ``count`` made records in a fresh folder and measure the embedded engine.

    Another process builds the index, so that the memory measured here is a reader's alone.
    """
    source = corpus(entries, centers(entries, embedders))
    spaces = [embedder.space for embedder in embedders]
    tell(f"indexing {count} records")
    build = multiprocessing.get_context("spawn").Process(
        target=build_index, args=(folder, source, spaces, count)
    )
    started = time.perf_counter()
    build.start()
    build.join()
    if build.exitcode:
        message = f"indexing failed with exit code {build.exitcode}"
        raise RuntimeError(message)
    index_seconds = time.perf_counter() - started
    make_seconds = _time(lambda: _exhaust(source, min(count, 20_000))) * max(1, count / 20_000)
    tell("asking")
    typed = questions(source, asked)
    gc.collect()
    before = _memory()
    engine = EmbeddedEngine(folder, spaces)
    times = _engine_times(engine, typed)
    after = _memory()
    bare, recall = _bare_times(folder, engine, typed)
    engine.close()
    return Measured(
        records=count,
        engine=engine.name,
        index_seconds=round(index_seconds, 1),
        make_seconds=round(make_seconds, 1),
        disk_mebibytes=_disk(folder),
        memory_mebibytes=after.own - before.own,
        mapped_mebibytes=after.mapped - before.mapped,
        load=os.getloadavg()[0],
        times={**times, **bare},
        recall=recall,
    )


def build_index(folder: Path, source: Corpus, spaces: Sequence[VectorSpace], count: int) -> None:
    """Fill a fresh generation, as ``flask search rebuild`` does."""
    engine = EmbeddedEngine(folder, spaces)
    made = records(source, count)
    with engine.rebuild(_KIND) as fresh:
        while some := list(islice(made, _BATCH)):
            fresh.put(some)
    engine.close()


def _exhaust(source: Corpus, count: int) -> None:
    for _document in records(source, count):
        pass


def _time(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _page(one: Typed, *, meaning: bool) -> Query:
    return Query(
        kind=_KIND, text=one.text, chosen=one.chosen, vectors=one.vectors if meaning else {}
    )


def _question(one: Typed) -> Question:
    tokens = list(dict.fromkeys(analyse(one.need)))[:_TERMS]
    terms = dict.fromkeys(tokens, 1.0)
    return Question(kind=_KIND, terms=terms, vectors=one.vectors, size=_CANDIDATES)


def _need(one: Typed) -> Document:
    return Document(kind=Kind.NEED, id="asked", version=1, title=one.need)


def _engine_times(engine: EmbeddedEngine, typed: Sequence[Typed]) -> dict[str, Times]:
    """Time pages with facets, pages that also find by meaning, and a need's full match."""
    asks: dict[str, Callable[[Typed], object]] = {
        "facet search": lambda one: engine.search(_page(one, meaning=False), visible=PUBLIC),
        "facet search with meaning": lambda one: engine.search(
            _page(one, meaning=True), visible=PUBLIC
        ),
        "match of one need": lambda one: engine.candidates(_question(one), visible=PUBLIC),
        "match of one need, fused and explained": lambda one: match(
            engine, _need(one), visible=PUBLIC, vectors=one.vectors
        ),
    }
    times: dict[str, Times] = {}
    for name, ask in asks.items():
        for one in typed[:20]:
            ask(one)
        times[name] = Times.of([_time(partial(ask, one)) for one in typed])
    return times


def _bare_times(
    folder: Path, engine: EmbeddedEngine, typed: Sequence[Typed]
) -> tuple[dict[str, Times], dict[str, float]]:
    """Time plain tantivy and plain numpy with the same questions, and compare the neighbors."""
    kind = Folder(folder / _KIND.value)
    generation = Generation(kind.path / str(kind.current()))
    searcher = generation.searcher()
    searches = [_time(ask) for ask in [_bare_search(searcher, one) for one in typed]]
    words = [_time(ask) for ask in [_bare_words(searcher, one) for one in typed]]
    vectors = np.zeros(len(typed))
    recall: dict[str, float] = {}
    for space in engine.spaces:
        seconds, recall[space.name] = _bare_vectors(generation, engine, space.name, typed)
        vectors[: len(seconds)] += seconds
    generation.close()
    matches = (
        np.asarray(words)[: min(len(typed), _RECALLED)] + vectors[: min(len(typed), _RECALLED)]
    )
    return {
        "facet search, bare tantivy": Times.of(searches),
        "match of one need, bare tantivy and numpy": Times.of([float(one) for one in matches]),
    }, recall


def _bare_search(searcher: tantivy.Searcher, one: Typed) -> Callable[[], None]:
    """Prepare the same search and the same counts without anything of ours around them."""
    ask = page.Ask(
        node=plan.text(parse(one.text)),
        visible=plan.visible(PUBLIC),
        chosen=plan.ticked(_page(one, meaning=False)),
    )
    seen = [ask.visible] if ask.visible else []
    filters = {name: plan.OneOf(name, values) for name, values in ask.chosen.items()}
    query = translate.filtered(ask.node, [*seen, *filters.values()])
    wider = {
        name: translate.filtered(
            ask.node, [*seen, *(other for key, other in filters.items() if key != name)]
        )
        for name in filters
    }
    free = {name: _terms(name) for name in FACETS_OF[_KIND] if name not in filters}

    def search() -> None:
        searcher.search(query, limit=20, order_by_field=None if one.text else "newest")
        searcher.aggregate(query, free)
        for name, widened in wider.items():
            searcher.aggregate(widened, {name: _terms(name)})

    return search


def _terms(name: str) -> dict[str, Any]:
    return {"terms": {"field": name, "size": 60_000, "segment_size": 60_000}}


def _bare_words(searcher: tantivy.Searcher, one: Typed) -> Callable[[], None]:
    seen = plan.visible(PUBLIC)
    query = translate.filtered(plan.question(_question(one)), [seen] if seen else [])

    def search() -> None:
        searcher.search(query, limit=_CANDIDATES, count=False)

    return search


def _bare_vectors(
    generation: Generation, engine: EmbeddedEngine, space: str, typed: Sequence[Typed]
) -> tuple[list[float], float]:
    """Compare every visible vector in plain numpy: the time it takes, and whom it finds."""
    keys, matrix = generation.matrix(space, PUBLIC)
    ids = generation.store.ids([int(key) for key in keys])
    seconds: list[float] = []
    found = wanted = 0
    for one in typed[:_RECALLED]:
        vector = one.vectors[space]
        seconds.append(_time(partial(_exact, matrix, vector)))
        exact = {ids[int(key)] for key in keys[_exact(matrix, vector)[:10]]}
        near = engine.near(_KIND, space, vector, visible=PUBLIC, size=10)
        found += len(exact & {scored.id for scored in near})
        wanted += len(exact)
    return seconds, round(found / wanted, 4) if wanted else 1.0


def _exact(matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
    scores = matrix @ vector
    size = min(_CANDIDATES, len(scores))
    best = np.argpartition(-scores, size - 1)[:size]
    ranked: np.ndarray = best[np.argsort(-scores[best])]
    return ranked


@dataclass(frozen=True)
class Memory:
    """The resident memory of this process (MiB)."""

    own: int
    mapped: int


def _memory() -> Memory:
    """Give what this process holds itself and what it has mapped from files (MiB)."""
    with open("/proc/self/status", encoding="ascii") as file:  # noqa: PTH123 — no file of ours
        lines = dict(line.split(":", 1) for line in file)
    own, mapped = (int(lines[name].split()[0]) // 1024 for name in ("RssAnon", "RssFile"))
    return Memory(own=own, mapped=mapped)


def _disk(folder: Path) -> int:
    return (
        sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())
        // _MEBIBYTE
    )
