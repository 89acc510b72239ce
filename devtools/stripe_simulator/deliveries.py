"""Signed webhooks: sent at once, tried again with growing waits, kept over a restart."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from devtools.stripe_simulator.nouns.events import with_pending

if TYPE_CHECKING:
    from devtools.stripe_simulator.world import World

SENDERS = 8
PATIENCE = 20.0
LONGEST_SLEEP = 0.5
GOOD = range(200, 300)


def sign(body: str, secret: str, moment: int) -> str:
    """Sign a body as Stripe does: ``t=…,v1=…`` over the moment and the body."""
    digest = hmac.new(secret.encode(), f"{moment}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class Deliverer:
    """One thread that watches for what is due, and a few that send."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._due = threading.Event()
        self._stop = threading.Event()
        self._sending: set[int] = set()
        #: Told when a delivery came to its end.
        self._ended = threading.Condition()
        self._pool = ThreadPoolExecutor(SENDERS, "webhook")
        self._client = httpx.Client(timeout=PATIENCE, trust_env=False)
        self._thread = threading.Thread(target=self._watch, daemon=True, name="webhooks")
        world.wake = self._due.set

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """Stop delivering; what is left is kept."""
        self._stop.set()
        self._due.set()
        self._thread.join()
        self._pool.shutdown()
        self._client.close()

    def waiting(self) -> int:
        """Count the deliveries that have yet to be made or are tried again later."""
        with self.world.store.lock:
            row = self.world.store.rows.execute(
                "SELECT count(*) FROM deliveries WHERE state = 'pending'"
            ).fetchone()
        return int(row[0])

    def wait(self, seconds: float) -> int:
        """Wait until no delivery is pending, at most so long; give how many are left."""
        with self._ended:
            self._ended.wait_for(lambda: not self.waiting(), seconds)
        return self.waiting()

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._due.clear()
            self.world.run_timers()
            with self.world.store.lock:
                rows = self.world.store.rows.execute(
                    "SELECT seq, due FROM deliveries WHERE state = 'pending' ORDER BY due LIMIT 500"
                ).fetchall()
                now = time.time()
                ready = [seq for seq, due in rows if due <= now and seq not in self._sending]
                self._sending.update(ready)
            for seq in ready:
                self._pool.submit(self._send, seq)
            later = [due - now for _, due in rows if due > now]
            self._due.wait(min([LONGEST_SLEEP, *later]))

    def _send(self, seq: int) -> None:
        try:
            self._try(seq)
        finally:
            with self.world.store.lock:
                self._sending.discard(seq)
            self._due.set()
            with self._ended:
                self._ended.notify_all()

    def _try(self, seq: int) -> None:
        store = self.world.store
        with store.lock:
            row = store.rows.execute(
                "SELECT event, endpoint, attempts FROM deliveries WHERE seq = ?", (seq,)
            ).fetchone()
            event = store.get("event", row[0], None) if row else None
            endpoint = store.get("webhook_endpoint", row[1]) if row else None
            if event is None or endpoint is None:
                store.rows.execute("UPDATE deliveries SET state = 'gone' WHERE seq = ?", (seq,))
                return
            body = json.dumps(with_pending(self.world, event), indent=2, ensure_ascii=False)
            lost = self.world.random.random() < self.world.faults.webhook.lose
        status = 0 if lost else self._post(endpoint["url"], body, endpoint["_secret"])
        attempts, settings = row[2] + 1, self.world.settings
        if status in GOOD:
            state = "done"
        elif attempts >= settings.retry_attempts:
            state = "failed"
        else:
            state = "pending"
        wait = min(settings.retry_base * 2 ** (attempts - 1), settings.retry_most)
        with store.lock:
            store.rows.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, status = ?, due = ? WHERE seq = ?",
                (state, attempts, status, time.time() + wait, seq),
            )

    def _post(self, url: str, body: str, secret: str) -> int:
        """Send once; answer the status, 0 when nobody answered."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (simulator; test money)",
            # The receiver compares the stamp with its own clock, so the simulated one is no use.
            "Stripe-Signature": sign(body, secret, int(time.time())),
        }
        try:
            return self._client.post(url, content=body.encode(), headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def again(self, event: str) -> int:
        """Send an event again to every endpoint it was meant for."""
        with self.world.store.lock:
            done = self.world.store.rows.execute(
                "UPDATE deliveries SET state = 'pending', attempts = 0, due = 0 WHERE event = ?",
                (event,),
            )
        self._due.set()
        return done.rowcount
