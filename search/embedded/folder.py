"""The folder of one kind: generations, the pointer to the current one, and locks between processes.

``current`` names the generation that answers, ``next`` the one that is being built; both are
replaced atomically. Locks are ``flock``: the system frees them when their process dies.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How long a writer waits for another one (seconds).
PATIENCE: Final = 60.0
_PAUSE: Final = 0.01


class Folder:
    """Where the generations of one kind live."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def current(self) -> str | None:
        """Give the name of the generation that answers."""
        return self._pointer("current")

    def upcoming(self) -> str | None:
        """Give the name of the generation that is being built, if its builder lives."""
        name = self._pointer("next")
        return name if name and self.is_locked("rebuild") else None

    def _pointer(self, name: str) -> str | None:
        try:
            return (self.path / name).read_text(encoding="ascii") or None
        except FileNotFoundError:
            return None

    def point(self, name: str, generation: str | None) -> None:
        """Set a pointer in one step."""
        if generation is None:
            (self.path / name).unlink(missing_ok=True)
            return
        fresh = self.path / f"{name}.new"
        with fresh.open("w", encoding="ascii") as file:
            file.write(generation)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path / name)

    def fresh(self) -> str:
        """Make the folder of a new generation and give its name."""
        name = f"generation-{uuid.uuid4().hex[:12]}"
        (self.path / name).mkdir(parents=True)
        return name

    def sweep(self) -> None:
        """Throw away generations that no pointer names; only under the writer's lock."""
        kept = {self.current(), self.upcoming()}
        for found in self.path.glob("generation-*"):
            if found.name not in kept:
                shutil.rmtree(found, ignore_errors=True)

    @contextmanager
    def locked(self, name: str, patience: float = PATIENCE) -> Iterator[None]:
        """Hold a lock of this kind; SearchUnavailable when others hold it for too long."""
        self.path.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + patience
        descriptor = os.open(self.path / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            while not _taken(descriptor):
                if time.monotonic() >= deadline:
                    message = f"another process holds the {name} lock of {self.path.name}"
                    raise SearchUnavailable(message)
                time.sleep(_PAUSE)
            yield
        finally:
            os.close(descriptor)

    def is_locked(self, name: str) -> bool:
        """Whether a living process (this one included) holds a lock."""
        path = self.path / f"{name}.lock"
        if not path.exists():
            return False
        descriptor = os.open(path, os.O_RDWR)
        try:
            return not _taken(descriptor)
        finally:
            os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
