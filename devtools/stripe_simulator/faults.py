"""Troubles on demand: which call goes wrong and how, and what becomes of webhooks."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

    from devtools.stripe_simulator.store import Store

#: What can go wrong with a call.
KINDS = (
    "delay",  # answers ``seconds`` later; a second call with the key meets 409 meanwhile
    "lost",  # does it, then closes the connection without an answer
    "cut",  # closes the connection and does nothing
    "error_before",  # 500, nothing was done; the answer is kept for its key
    "error_after",  # 500, although it was done; the answer is kept for its key
    "rate_limit",  # 429, nothing was done or kept
    "kill_before",  # the process ends before it does anything
    "kill_after",  # the process ends after the effect was kept, before the answer
)


@dataclass
class Rule:
    """Go wrong in one way for the calls that match; ``nth`` counts matching calls from 1."""

    kind: str
    method: str = "*"
    path: str = ".*"
    probability: float = 1.0
    nth: int | None = None
    times: int | None = None
    seconds: float = 0.0
    seen: int = field(default=0)
    used: int = field(default=0)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        re.compile(self.path)

    def strikes(self, method: str, path: str, chance: random.Random) -> bool:
        """Say whether this call goes wrong, and count it."""
        if self.method not in {"*", method} or not re.fullmatch(self.path, path):
            return False
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.times is not None and self.used >= self.times:
            return False
        if chance.random() >= self.probability:
            return False
        self.used += 1
        return True


@dataclass(frozen=True)
class Webhook:
    """What becomes of deliveries: seconds in real time, shares from 0 to 1."""

    delay: float = 0.0
    #: Further copies of each delivery.
    duplicate: int = 0
    #: Each delivery waits up to this long by chance, so that their order is lost.
    shuffle: float = 0.0
    #: Share that is never sent: only the list of events tells of them.
    drop: float = 0.0
    #: Share of attempts that are lost on the way and tried again later.
    lose: float = 0.0


class Faults:
    """The rules in force. They last over a restart, their counts do not."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.rules = [Rule(**rule) for rule in store.fact("faults", [])]
        self.webhook = Webhook(**store.fact("webhook", {}))

    def add(self, rules: list[dict[str, Any]]) -> None:
        """Put rules in force; TypeError or ValueError for what is none."""
        made = [Rule(**rule) for rule in rules]
        with self.store.lock:
            self.rules.extend(made)
            # A killed process must not be killed again by the same rule when it is back.
            self.store.remember(
                "faults",
                [asdict(r) | {"seen": 0, "used": 0} for r in self.rules if "kill" not in r.kind],
            )

    def clear(self) -> None:
        """Let every call go right, and every webhook."""
        with self.store.lock:
            self.rules = []
            self.store.remember("faults", [])
            self.set_webhook({})

    def set_webhook(self, wanted: dict[str, Any]) -> None:
        """Say what becomes of deliveries from now on; TypeError for what is unknown."""
        with self.store.lock:
            self.webhook = Webhook(**wanted)
            self.store.remember("webhook", asdict(self.webhook))

    def strike(self, method: str, path: str, chance: random.Random) -> list[Rule]:
        """Choose what goes wrong with this call."""
        with self.store.lock:
            return [rule for rule in self.rules if rule.strikes(method, path, chance)]
