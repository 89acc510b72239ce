"""Growing arrays in mapped files: one process writes, all read."""

from __future__ import annotations

import mmap
import os
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

#: Rows that a file grows by, at least.
STEP: Final = 65_536


class Column:
    """An array of rows in a file; every process sees writes at once."""

    def __init__(
        self,
        path: Path,
        dtype: type[np.generic],
        shape: tuple[int, ...] = (),
        *,
        advice: int = mmap.MADV_NORMAL,
    ) -> None:
        self._path = path
        self._advice = advice
        self._dtype = np.dtype(dtype)
        self._shape = shape
        self._row = self._dtype.itemsize * int(np.prod(shape, dtype=np.int64))
        self._mapped: tuple[mmap.mmap, np.ndarray] | None = None
        self._writable = False

    def grow(self, rows: int, step: int = STEP) -> None:
        """Make room for at least ``rows``; only under the writer's lock."""
        size = self._path.stat().st_size if self._path.exists() else 0
        have = size // self._row
        if rows > have:
            wanted = -(-max(rows, have + have // 4) // step) * step
            with self._path.open("ab") as file:
                os.truncate(file.fileno(), wanted * self._row)

    def write(self) -> np.ndarray:
        """Give the array to write into."""
        if not self._writable:
            self._mapped, self._writable = None, True
        return self.read()

    def read(self) -> np.ndarray:
        """Give the array as large as the file now is."""
        try:
            size = self._path.stat().st_size
        except FileNotFoundError:
            size = 0
        mapped = self._mapped
        if mapped is not None and len(mapped[0]) == size:
            return mapped[1]
        if size == 0:
            return np.zeros((0, *self._shape), self._dtype)
        mode = "r+b" if self._writable else "rb"
        access = mmap.ACCESS_WRITE if self._writable else mmap.ACCESS_READ
        with self._path.open(mode) as file:
            memory = mmap.mmap(file.fileno(), size, access=access)
        memory.madvise(self._advice)
        array = np.frombuffer(memory, self._dtype).reshape(-1, *self._shape)
        self._mapped = (memory, array)
        return array

    def forget(self) -> None:
        """Give the pages that were read back to the system; it keeps them cached as it likes."""
        if self._mapped is not None:
            self._mapped[0].madvise(mmap.MADV_DONTNEED)
