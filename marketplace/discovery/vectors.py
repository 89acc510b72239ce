"""Vectors of what people type: remembered, and never waited for longer than a page can bear."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from search.embedding import query_vectors
from search.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np

    from search.embedding import Embedder

log = logging.getLogger(__name__)

#: A page waits this long for vectors (seconds); the first question of a process has to load the
#: models and is answered by words alone.
PATIENCE = 0.6
#: Texts whose vectors are remembered; about 4 KB each.
REMEMBERED = 2000
#: Texts that may be in work at once; beyond it the words must do.
IN_WORK = 8


@dataclass(frozen=True)
class Asked:
    """The vectors of a text by space, and whether they are late and will be there next time."""

    vectors: Mapping[str, np.ndarray] = field(default_factory=dict)
    late: bool = False


class QueryVectors:
    """Embeds typed texts in threads of its own; safe to call from any thread."""

    def __init__(
        self, embedders: Callable[[], Iterable[Embedder]], *, patience: float = PATIENCE
    ) -> None:
        self._embedders = embedders
        self._patience = patience
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Mapping[str, np.ndarray]] = OrderedDict()
        self._running: dict[str, Future[Mapping[str, np.ndarray]]] = {}
        self._pool: ThreadPoolExecutor | None = None

    def of(self, text: str) -> Asked:
        """Give the vectors of what was typed; none when words alone are meant."""
        return self.of_plain(meant(text))

    def of_plain(self, plain: str) -> Asked:
        """Give the vectors of a text without operators.

        A model that fails or is slow costs the page no more than the patience.
        """
        if not plain:
            return Asked()
        with self._lock:
            known = self._known.get(plain)
            if known is not None:
                self._known.move_to_end(plain)
                return Asked(known)
            future = self._started(plain)
        if future is None:
            return Asked(late=True)
        try:
            return Asked(future.result(self._patience))
        except TookTooLong:
            return Asked(late=True)
        except Exception as error:  # noqa: BLE001 — a page must not fail with its model
            log.warning("the query was not embedded: %r", error)
            return Asked(late=True)

    def _started(self, text: str) -> Future[Mapping[str, np.ndarray]] | None:
        running = self._running.get(text)
        if running is None and len(self._running) < IN_WORK:
            # Made here, not earlier: threads do not survive the fork of a web worker.
            self._pool = self._pool or ThreadPoolExecutor(2, "query-vectors")
            running = self._running[text] = self._pool.submit(self._embed, text)
        return running

    def _embed(self, text: str) -> Mapping[str, np.ndarray]:
        try:
            vectors = query_vectors(text, self._embedders())
            with self._lock:
                self._known[text] = vectors
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
            return vectors
        finally:
            with self._lock:
                self._running.pop(text, None)


def meant(text: str) -> str:
    """Give the part of a query whose meaning may be looked for, without operators and numbers."""
    parsed = parse(text)
    if parsed.words and all(word.number for word in parsed.words):
        return ""
    return parsed.plain
