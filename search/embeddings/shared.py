"""What the models that ship in wheels have in common."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from search.embedding import Part, VectorSpace
from search.embeddings.recent import Recent

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Threads of one model; more only fight for the cores of a small machine.
THREADS: Final = 2
#: What the models can't read: characters without an encoding, and the end mark of C strings.
_UNREADABLE: Final = re.compile("[\x00\ud800-\udfff]")


class Model(Protocol):
    """A model that several spaces share, one a text part."""

    name: str
    dimensions: int
    floor: float

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions."""


class Batched(Protocol):
    """A model that embeds a small batch at a time."""

    batch: int
    dimensions: int

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed one batch of readable texts."""


class PartEmbedder:
    """One model on one text part; parts of the same model ask for a question's vector once."""

    def __init__(self, model: Model, part: Part, recent: Recent | None = None) -> None:
        name = f"{model.name}_{part}"
        self.space = VectorSpace(name, model.dimensions, part, model.floor)
        self._model = model
        self._recent = Recent(model.queries) if recent is None else recent

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""
        return self._model.documents(texts)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions, or give those embedded a moment ago."""
        if not texts:
            return np.empty((0, self.space.dimensions), np.float32)
        return np.stack(self._recent.all(texts))


def of_parts(model: Model, *parts: Part) -> tuple[PartEmbedder, ...]:
    """Give one embedder a part, all on the same model and memory of recent questions."""
    recent = Recent(model.queries)
    return tuple(PartEmbedder(model, part, recent) for part in parts)


def in_batches(model: Batched, texts: Sequence[str], *, threads: int = 1) -> np.ndarray:
    """Embed texts of like length together, so that no short one waits for a long one."""
    vectors = np.empty((len(texts), model.dimensions), np.float32)
    clean = readable(texts)
    order = sorted(range(len(clean)), key=lambda place: -len(clean[place]))
    batches = [order[start : start + model.batch] for start in range(0, len(order), model.batch)]

    def embed(places: list[int]) -> None:
        vectors[places] = model.encode([clean[place] for place in places])

    if threads > 1 and len(batches) > 1:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(embed, batches))
    else:
        for places in batches:
            embed(places)
    return vectors


def readable(texts: Sequence[str]) -> list[str]:
    """Give the texts without what no model can read; a blank becomes a full stop."""
    return [_UNREADABLE.sub(" ", text).strip() or "。" for text in texts]


def versioned(name: str, distribution: str, *more: str) -> str:
    """Give a name that changes with the version of the installed distribution."""
    return "_".join([name, version(distribution).replace(".", "_"), *more])
