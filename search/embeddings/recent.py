"""A small memory of vectors just asked for: one question goes to several spaces at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np


class Recent:
    """Remembers the vectors of the last texts; safe for threads."""

    def __init__(self, embed: Callable[[Sequence[str]], np.ndarray], *, size: int = 512) -> None:
        self._embed = embed
        self._size = size
        self._vectors: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, text: str) -> np.ndarray:
        """Give the text's vector."""
        return self.all([text])[0]

    def all(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Give the vectors of texts; those not remembered are embedded in one go."""
        found: dict[str, np.ndarray] = {}
        with self._lock:
            for text in texts:
                if text in self._vectors:
                    self._vectors.move_to_end(text)
                    found[text] = self._vectors[text]
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            vectors = self._embed(missing)
            vectors.setflags(write=False)
            found.update(zip(missing, vectors, strict=True))
            self._remember({text: found[text] for text in missing})
        return [found[text] for text in texts]

    def _remember(self, vectors: Mapping[str, np.ndarray]) -> None:
        with self._lock:
            self._vectors.update(vectors)
            while len(self._vectors) > self._size:
                self._vectors.popitem(last=False)
