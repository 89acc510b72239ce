"""Measures every ranking, and what the product serves, against needs with known answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from search import embedding
from search.bench import metrics, vectors
from search.documents import Kind
from search.matching import ask, match
from search.visibility import EVERYTHING
from search.weights import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from search.bench.files import Need
    from search.documents import Document
    from search.embedding import Embedder
    from search.engine import Engine
    from search.weights import Weights

#: The name of what the product serves among the rankings.
SERVED: Final = "served"
#: Matches asked of the product: the deepest place that MRR counts.
_SIZE: Final = 50

Report = dict[str, dict[str, metrics.Figures]]


def with_vectors(
    documents: Sequence[Document],
    embedders: Sequence[Embedder],
    folder: Path,
    progress: Callable[[str, int, int], None],
) -> Iterator[Document]:
    """Give the documents with a vector in every space."""
    texts = [embedding.passages(document, embedders) for document in documents]
    spaces = {
        embedder.space.name: vectors.documents(
            embedder, [text[embedder.space.name] for text in texts], folder, progress
        )
        for embedder in embedders
    }
    for number, document in enumerate(documents):
        yield replace(document, vectors={name: rows[number] for name, rows in spaces.items()})


def measure(  # noqa: PLR0917 — what a measurement needs
    engine: Engine,
    documents: Sequence[Document],
    needs: Sequence[Need],
    embedders: Sequence[Embedder],
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _total: None,
    weights: Weights = DEFAULT_WEIGHTS,
) -> Report:
    """Fill the (scratch) engine with the documents and ask it every need."""
    engine.put(Kind.LISTING, with_vectors(documents, embedders, folder, progress))
    engine.refresh()
    places: dict[str, dict[str, list[int | None]]] = {}
    for number, need in enumerate(needs):
        for name, found in _rankings(engine, need.document(number), embedders, weights).items():
            by_language = places.setdefault(name, {})
            by_language.setdefault(need.language, []).append(metrics.place(found, need.answer))
        progress("needs", number + 1, len(needs))
    return {
        name: {language: metrics.figures(found) for language, found in by_language.items()}
        for name, by_language in places.items()
    }


def _rankings(
    engine: Engine, need: Document, embedders: Sequence[Embedder], weights: Weights
) -> Mapping[str, Sequence[str]]:
    asked = embedding.question_vectors(need, embedders)
    candidates = engine.candidates(ask(need, vectors=asked), visible=EVERYTHING).rankings
    alone = {name: [one.id for one in ranking] for name, ranking in candidates.items()}
    served = match(engine, need, visible=EVERYTHING, vectors=asked, weights=weights, size=_SIZE)
    names = ["words", *(embedder.space.name for embedder in embedders)]
    return {
        **{name: alone.get(name, []) for name in names},
        SERVED: [one.id for one in served],
    }
