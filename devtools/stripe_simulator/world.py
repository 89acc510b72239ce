"""One simulated Stripe: its objects, its clock, its chance, and what it tells others."""

from __future__ import annotations

import random
import string
import time
from typing import TYPE_CHECKING, Any

from devtools.stripe_simulator.errors import no_such
from devtools.stripe_simulator.faults import Faults
from devtools.stripe_simulator.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from devtools.stripe_simulator.store import Store

#: The version of Stripe's interface whose shapes the simulator answers with.
API_VERSION = "2026-08-26.dahlia"
LETTERS = string.ascii_letters + string.digits
#: What happens when a timer is due, by the timer's name.
TIMERS: dict[str, Callable[[World, str], None]] = {}


def timer(name: str) -> Callable[[Callable[[World, str], None]], Callable[[World, str], None]]:
    """Let a function be called with an object's id when a timer of this name is due."""

    def keep(happen: Callable[[World, str], None]) -> Callable[[World, str], None]:
        TIMERS[name] = happen
        return happen

    return keep


class World:
    """What every operation works on. Everything that must last is in the store."""

    def __init__(self, store: Store, *, base: str, seed: int | None = None) -> None:
        self.store = store
        self.base = base
        self.faults = Faults(store)
        starts = int(store.fact("starts", 0)) + 1
        store.remember("starts", starts)
        # A second start with the same seed must not give the same ids again.
        self.random = random.Random(f"{seed}:{starts}" if seed is not None else None)  # noqa: S311
        self.wake: Callable[[], None] = lambda: None

    @property
    def settings(self) -> Settings:
        """Fees and delays as they are now."""
        return Settings(**self.store.fact("settings", {}))

    def now(self) -> int:
        """Give the simulated time in seconds since 1970."""
        return int(time.time()) + int(self.store.fact("ahead", 0))

    def reseed(self, seed: int | None) -> None:
        """Begin the chance anew."""
        self.random = random.Random(seed)  # noqa: S311 - no secret hangs on it

    def new_id(self, prefix: str, length: int = 24) -> str:
        """Make an id: ``pi_`` and letters."""
        return prefix + "".join(self.random.choices(LETTERS, k=length))

    def need(
        self,
        kind: str,
        wanted: str,
        account: str | None = "",
        *,
        param: str = "id",
        status: int = 404,
    ) -> dict[str, Any]:
        """Find an object or answer that there is none."""
        found = self.store.get(kind, wanted, account)
        if found is None:
            raise no_such(
                kind.replace("checkout.session", "checkout session"), wanted, param, status
            )
        return found

    def schedule(self, seconds: int, name: str, about: str, *, at: int | None = None) -> None:
        """Set a timer ``seconds`` from now, or at a moment."""
        due = self.now() + seconds if at is None else at
        with self.store.lock:
            self.store.rows.execute(
                "INSERT INTO timers (due, name, id) VALUES (?, ?, ?)", (due, name, about)
            )

    def unschedule(self, name: str, about: str) -> None:
        """Stop a timer."""
        with self.store.lock:
            self.store.rows.execute("DELETE FROM timers WHERE name = ? AND id = ?", (name, about))

    def run_timers(self) -> int:
        """Let everything happen that is due; answer how many timers went off."""
        done = 0
        while True:
            with self.store.transaction():
                row = self.store.rows.execute(
                    "SELECT seq, name, id FROM timers WHERE due <= ? ORDER BY due, seq LIMIT 1",
                    (self.now(),),
                ).fetchone()
                if row is None:
                    break
                self.store.rows.execute("DELETE FROM timers WHERE seq = ?", (row[0],))
                TIMERS[row[1]](self, row[2])
            done += 1
        if done:
            self.wake()
        return done

    def tell(
        self,
        kind: str,
        thing: dict[str, Any],
        account: str = "",
        previous: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Record an event about an object and plan its delivery to every endpoint."""
        data: dict[str, Any] = {"object": plain(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: dict[str, Any] = {
            "id": self.new_id("evt_"),
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now(),
            "data": data,
            "livemode": False,
            "pending_webhooks": 0,
            "request": dict(self.store.fact("request", {"id": None, "idempotency_key": None})),
            "type": kind,
        }
        if account:
            event["account"] = account
        self.store.put(event, account)
        for endpoint in self.store.find("webhook_endpoint"):
            wanted = endpoint["enabled_events"]
            if endpoint["status"] == "enabled" and (kind in wanted or "*" in wanted):
                self._plan(event["id"], endpoint["id"])
        return event

    def _plan(self, event: str, endpoint: str) -> None:
        webhook = self.faults.webhook
        dropped = self.random.random() < webhook.drop
        for _ in range(1 + (0 if dropped else webhook.duplicate)):
            wait = webhook.delay + self.random.random() * webhook.shuffle
            self.store.rows.execute(
                "INSERT INTO deliveries (event, endpoint, due, state) VALUES (?, ?, ?, ?)",
                (event, endpoint, time.time() + wait, "dropped" if dropped else "pending"),
            )


def plain(thing: Any) -> Any:  # noqa: ANN401 - any JSON
    """Take away what only the simulator knows: members whose names begin with ``_``."""
    if isinstance(thing, dict):
        return {name: plain(value) for name, value in thing.items() if not name.startswith("_")}
    if isinstance(thing, list):
        return [plain(value) for value in thing]
    return thing
