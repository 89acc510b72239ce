"""Vectors kept in a folder by a hash of their text, so that a second measurement is quick."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from search.embedding import Embedder

#: Texts embedded between two commits: what a kill may lose.
_CHUNK: Final = 32


def documents(
    embedder: Embedder,
    texts: Sequence[str],
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _total: None,
) -> np.ndarray:
    """Embed passages, those that were embedded before from the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = [
        hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts
    ]
    with closing(sqlite3.connect(folder / f"{embedder.space.name}.sqlite3", timeout=60)) as store:
        store.execute("CREATE TABLE IF NOT EXISTS vector (hash BLOB PRIMARY KEY, value BLOB)")
        known = dict(store.execute("SELECT hash, value FROM vector"))
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        waiting = sorted(missing.items(), key=lambda item: len(item[1]))
        for start in range(0, len(waiting), _CHUNK):
            chunk = waiting[start : start + _CHUNK]
            vectors = embedder.documents([text for _, text in chunk])
            rows = [
                (key, np.asarray(vector, np.float32).tobytes())
                for (key, _), vector in zip(chunk, vectors, strict=True)
            ]
            with store:
                store.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
            known.update(rows)
            progress(embedder.space.name, start + len(chunk), len(waiting))
    size = embedder.space.dimensions
    return np.stack([np.frombuffer(known[key], np.float32, size) for key in keys])
