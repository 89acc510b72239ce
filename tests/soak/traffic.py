"""People who book, pay, come back and cancel; a broken connection is tried again, as people do."""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import httpx

from marketplace.bench.booking_records import fresh_slot

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.bench.booking_records import Browser
    from tests.soak.copy import Copy

TRIES = 12


class LostPatience(Exception):
    """The site did not answer however often it was tried."""


@dataclass
class Traffic:
    """A number of people who go on until they are told to stop."""

    copy: Copy
    statuses: Counter[int] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.slots: list[UUID] = []
        self.made = 0
        self.threads: list[threading.Thread] = []

    def start(self, people: int) -> None:
        for number in range(people):
            thread = threading.Thread(target=self._person, args=(number,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def stop(self) -> None:
        """Let everybody finish what they do."""
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=300)
            assert not thread.is_alive()

    def _person(self, number: int) -> None:
        rng = random.Random(number)  # noqa: S311 — no secret
        bookers = self.copy.world.bookers
        while not self.stopped.is_set():
            try:
                self._buy(rng.choice(bookers), rng)
            except LostPatience as error:
                self.errors.append(repr(error))

    def _slot(self) -> UUID:
        """Give a slot of two places; each is given out twice or three times: some come too late."""
        with self.lock:
            if not self.slots:
                found = fresh_slot(
                    self.copy.engine, self.copy.world.resource_id, capacity=2, number=self.made
                )
                self.made += 1
                self.slots = [found] * 3
            return self.slots.pop()

    def _buy(self, buyer: Browser, rng: random.Random) -> None:
        resource = self.copy.world.resource_id
        form = {
            "key": secrets.token_hex(16),
            "organization_id": str(buyer.organization_id),
            "places": "1",
        }
        told = self.send(buyer, f"/resources/{resource}/book?slot={self._slot()}", form)
        if told is None:
            self.done["too late"] += 1
            return
        booking = told.split("/")[2]
        self.send(buyer, f"/bookings/{booking}/details", {"expected": "100000", "purpose": "批次"})
        payment = self.send(buyer, f"/bookings/{booking}/pay", {})
        self.done["booked"] += 1
        if payment is None:
            return
        for _ in range(TRIES):
            page = self.send(buyer, f"{payment}/pay", {})
            if page is not None and "/pay/" in page and not page.startswith("/payments"):
                break
        else:
            self.done["no page"] += 1
            return
        if not self._pay(page, rng):
            return
        self.done["paid"] += 1
        if rng.random() < 0.7:
            self.send(buyer, f"{payment}/return")
        if rng.random() < 0.3:
            cancelled = self.send(buyer, f"/bookings/{booking}/cancel", {"expected": "0"})
            self.done["cancelled"] += cancelled is not None

    def _pay(self, page: str, rng: random.Random) -> bool:
        session = urlsplit(page).path.rsplit("/", 1)[1]
        method = rng.choice(["card", "card", "alipay", "wechat_pay"])
        with suppress(httpx.HTTPStatusError):
            self.copy.control(f"sessions/{session}/complete", method=method)
            return True
        self.done["not paid"] += 1
        return False

    def send(
        self, person: Browser | None, path: str, form: dict[str, str] | None = None
    ) -> str | None:
        """Send a form or open a page, again when the connection breaks; give where it leads."""
        path = path.replace(f"http://127.0.0.1:{self.copy.port}", "")
        for number in range(TRIES):
            try:
                status, place = self.once(person, path, form)
            except (HTTPException, OSError):
                self.done["broken connections"] += 1
                threading.Event().wait(0.1 * (number + 1))
                continue
            with self.lock:
                self.statuses[status] += 1
            if status >= 500:
                self.errors.append(f"{status} {path}")
            return place
        raise LostPatience(path)

    def once(
        self, person: Browser | None, path: str, form: dict[str, str] | None
    ) -> tuple[int, str | None]:
        connection = HTTPConnection("127.0.0.1", self.copy.port, timeout=60)
        headers = {"X-Forwarded-For": f"10.0.{secrets.randbelow(250)}.{secrets.randbelow(250)}"}
        if person is not None:
            headers["Cookie"] = person.cookie
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                body = urlencode({"csrf_token": person.csrf if person else "", **form})
                connection.request("POST", path, body=body, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers.get("Location")
        finally:
            connection.close()


@dataclass
class Pace:
    """Sends requests at a fixed rate, whether or not the earlier ones were answered."""

    times: list[float] = field(default_factory=list)
    failures: int = 0
    late: int = 0

    def run(self, rate: float, seconds: float, deed, pool) -> None:
        """Call ``deed(number) -> bool`` so many times a second in a pool."""
        begun = time.monotonic()
        for number in range(int(rate * seconds)):
            due = begun + number / rate
            wait = due - time.monotonic()
            if wait > 0:
                threading.Event().wait(wait)
            pool.submit(self._one, deed, number, due)

    def _one(self, deed, number: int, due: float) -> None:
        try:
            fine = deed(number)
        except (HTTPException, OSError):
            fine = False
        # From the moment at which it was due: waiting in line counts too.
        self.times.append(time.monotonic() - due)
        self.failures += not fine
