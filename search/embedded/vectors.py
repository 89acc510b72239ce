"""Vectors of one space: rows in half precision, and one bit a dimension to look through quickly.

Few candidates are compared exactly. Many are first ranked by how many bits differ from the
question's (after the mean is taken off, so that bits halve the cloud), then the likely ones by
what their bits say of the question's own numbers, and the best of those by their rows.
"""

from __future__ import annotations

import mmap
import threading
from typing import TYPE_CHECKING, Final

import numpy as np

from search.embedded.columns import STEP, Column

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: Up to so many candidates every row is compared.
EXACT: Final = 8_192
#: How many rows are compared for each wanted one, and at least.
OVERSAMPLING: Final = 20
AT_LEAST: Final = 3_000
#: The mean is taken anew when there are so many times the rows it was taken from.
_STALE: Final = 4
_SAMPLE: Final = 50_000
_BLOCK: Final = 8_192
_WORD: Final = 64
#: The share of all rows (one in so many) that stays after the bits are counted, and at most.
SHARE: Final = 12
LIKELY: Final = 32_000
#: After so many read rows their pages are given back (4 KiB each).
_FORGET: Final = 16_000
#: The bits of every byte, highest first.
_BYTES: Final = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1)


class Vectors:
    """Vectors by key."""

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._folder = folder
        self._dimensions = dimensions
        self._words = -(-dimensions // _WORD)
        folder.mkdir(parents=True, exist_ok=True)
        self._rows = Column(folder / "rows", np.float16, (dimensions,), advice=mmap.MADV_RANDOM)
        self._present = Column(folder / "present", np.uint8)
        self._coding: tuple[int, np.ndarray, Column] | None = None
        self._touched = 0
        self._guard = threading.Lock()

    def put(self, vectors: Sequence[tuple[int, np.ndarray | None]]) -> None:
        """Write vectors by key; None for a document that has none. Under the writer's lock."""
        if not vectors:
            return
        size = max(key for key, _vector in vectors) + 1
        self._rows.grow(size)
        self._present.grow(size)
        keys = np.array([key for key, vector in vectors if vector is not None], np.int64)
        present = self._present.write()
        present[[key for key, vector in vectors if vector is None]] = 0
        if len(keys):
            given = [vector for _key, vector in vectors if vector is not None]
            stacked = np.asarray(given, np.float32).reshape(len(keys), self._dimensions)
            self._rows.write()[keys] = stacked
            coding = self._coded()
            if coding is not None:
                self._encode(coding, keys, stacked)
            present[keys] = 1

    def train(self, used: int) -> None:
        """Take the mean and code all rows when there are many more than were coded."""
        coding = self._coded()
        epoch = coding[0] if coding else 0
        used = min(used, len(self._rows.read()))
        if used <= max(EXACT, epoch * _STALE):
            return
        mean = self._mean(used)
        np.save(self._folder / f"mean-{used}.npy", mean)
        column = self._codes(used)
        fresh = (used, mean, column)
        rows = self._rows.read()
        for begin in range(0, used, _BLOCK):
            keys = np.arange(begin, min(begin + _BLOCK, used))
            self._encode(fresh, keys, rows[keys].astype(np.float32))
        pointer = self._folder / "coded.new"
        pointer.write_text(str(used), encoding="ascii")
        pointer.replace(self._folder / "coded")
        for old in (self._folder / f"codes-{epoch}", self._folder / f"mean-{epoch}.npy"):
            old.unlink(missing_ok=True)

    def _mean(self, used: int) -> np.ndarray:
        present = np.flatnonzero(self._present.read()[:used])
        if len(present) > _SAMPLE:
            present = present[:: len(present) // _SAMPLE]
        if not len(present):
            return np.zeros(self._dimensions, np.float32)
        total = np.zeros(self._dimensions, np.float64)
        rows = self._rows.read()
        for begin in range(0, len(present), _BLOCK):
            total += rows[present[begin : begin + _BLOCK]].sum(axis=0, dtype=np.float64)
        mean: np.ndarray = (total / len(present)).astype(np.float32)
        return mean

    def _codes(self, epoch: int) -> Column:
        return Column(self._folder / f"codes-{epoch}", np.uint64, (self._words, STEP))

    def _coded(self) -> tuple[int, np.ndarray, Column] | None:
        """Give the coding in use: rows its mean is of, the mean, and the codes."""
        try:
            epoch = int((self._folder / "coded").read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        if self._coding is None or self._coding[0] != epoch:
            mean = np.load(self._folder / f"mean-{epoch}.npy")
            self._coding = (epoch, mean, self._codes(epoch))
        return self._coding

    def _bits(self, mean: np.ndarray, vectors: np.ndarray) -> np.ndarray:
        bits = np.zeros((len(vectors), self._words * _WORD), np.bool_)
        bits[:, : self._dimensions] = vectors > mean
        return np.packbits(bits, axis=1).view(np.uint64)

    def _encode(
        self, coding: tuple[int, np.ndarray, Column], keys: np.ndarray, vectors: np.ndarray
    ) -> None:
        _epoch, mean, column = coding
        column.grow(int(keys.max()) // STEP + 1, step=1)
        codes = column.write()
        codes[keys // STEP, :, keys % STEP] = self._bits(mean, vectors)

    def near(self, vector: np.ndarray, allowed: np.ndarray, size: int) -> list[tuple[int, float]]:
        """Give the nearest allowed keys by cosine, best first; ``allowed`` is a mask by key."""
        present = self._present.read()[: len(allowed)]
        mask = allowed[: len(present)] & (present != 0)
        wanted = np.asarray(vector, np.float32)
        count = int(np.count_nonzero(mask))
        coding = self._coded() if count > EXACT else None
        if coding is None:
            keys = np.flatnonzero(mask)
        else:
            keys = self._likely(coding, wanted, mask, max(size * OVERSAMPLING, AT_LEAST))
        return self._exact(wanted, keys, size)

    def matrix(self, allowed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Give all allowed keys and their vectors in single precision."""
        present = self._present.read()[: len(allowed)]
        keys = np.flatnonzero(allowed[: len(present)] & (present != 0))
        return keys, self._rows.read()[keys].astype(np.float32)

    def _likely(
        self,
        coding: tuple[int, np.ndarray, Column],
        wanted: np.ndarray,
        mask: np.ndarray,
        count: int,
    ) -> np.ndarray:
        """Give the keys with the fewest bits off."""
        _epoch, mean, column = coding
        asked = self._bits(mean, wanted[np.newaxis])[0]
        codes = column.read()
        bound = len(mask)
        distances = np.full(bound, self._dimensions + 1, np.uint16)
        for chunk in range(min(len(codes), -(-bound // STEP))):
            begin = chunk * STEP
            width = min(STEP, bound - begin)
            off = distances[begin : begin + width]
            off[:] = 0
            for word in range(self._words):
                off += np.bitwise_count(codes[chunk, word, :width] ^ asked[word])
        distances[~mask] = self._dimensions + 1
        histogram = np.bincount(distances, minlength=self._dimensions + 2)[: self._dimensions + 1]
        enough = max(2 * count, min(bound // SHARE, LIKELY))
        furthest = int(np.searchsorted(np.cumsum(histogram), enough))
        keys = np.flatnonzero(distances <= min(furthest, self._dimensions))
        return self._likeliest(codes, wanted - mean, keys, count)

    def _likeliest(
        self, codes: np.ndarray, wanted: np.ndarray, keys: np.ndarray, count: int
    ) -> np.ndarray:
        """Give the keys whose bits stand where the question's numbers are large."""
        if len(keys) <= count:
            return keys
        padded = np.zeros(self._words * _WORD, np.float32)
        padded[: self._dimensions] = wanted
        table = (_BYTES @ padded.reshape(-1, 8).T).T.astype(np.float32)
        bytes_ = codes[keys // STEP, :, keys % STEP].view(np.uint8)
        places = bytes_.astype(np.intp) + np.arange(len(table)) * len(_BYTES)
        scores = table.ravel().take(places).sum(axis=1)
        return np.sort(keys[np.argpartition(-scores, count - 1)[:count]])

    def _exact(self, wanted: np.ndarray, keys: np.ndarray, size: int) -> list[tuple[int, float]]:
        rows = self._rows.read()
        scores = np.empty(len(keys), np.float32)
        for begin in range(0, len(keys), _BLOCK):
            some = keys[begin : begin + _BLOCK]
            scores[begin : begin + len(some)] = rows[some].astype(np.float32) @ wanted
        self._release(len(keys))
        if len(keys) > size:
            best = np.argpartition(-scores, size - 1)[:size]
            keys, scores = keys[best], scores[best]
        order = np.lexsort((keys, -scores))
        return [(int(keys[at]), float(scores[at])) for at in order]

    def _release(self, count: int) -> None:
        with self._guard:
            self._touched += count
            if self._touched < _FORGET:
                return
            self._touched = 0
        self._rows.forget()
