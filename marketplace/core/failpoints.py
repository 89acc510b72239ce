"""Named places where a test or a trial run can stop, break or kill a process.

They do nothing unless they were armed, which production never does.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

#: Places that the code reaches.
NAMES = frozenset(
    {"after_lock", "after_stripe_call", "before_commit", "after_commit", "after_outbox_send"}
)


class FailPoint(Exception):
    """The process was told to break here."""


@dataclass
class _Armed:
    """What happens at a place, from the ``after``-th time on that it is reached."""

    deed: str
    value: float
    after: int
    reached: int = 0


_armed: dict[str, _Armed] = {}


def arm(text: str) -> None:
    """Arm places from a text: ``after_lock=pause:0.5 before_commit=kill@3``.

    Deeds are raise, kill, pause:SECONDS; ``@N`` waits for the N-th time. An empty text disarms
    all. ValueError names what isn't understood.
    """
    _armed.clear()
    for part in text.split():
        name, _, deed = part.partition("=")
        deed, _, after = deed.partition("@")
        kind, _, value = deed.partition(":")
        if name not in NAMES or kind not in {"raise", "kill", "pause"}:
            raise ValueError(f"no such fail-point: {part!r}")
        _armed[name] = _Armed(kind, float(value or 0), int(after or 1))


def reach(name: str) -> None:
    """Say that the place is reached."""
    armed = _armed.get(name)
    if armed is None:
        return
    armed.reached += 1
    if armed.reached < armed.after:
        return
    if armed.deed == "pause":
        time.sleep(armed.value)
    elif armed.deed == "raise":
        raise FailPoint(name)
    else:
        os.kill(os.getpid(), signal.SIGKILL)
