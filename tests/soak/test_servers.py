"""Web and worker killed at any moment, a provider that fails, and a steady load."""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from marketplace.bench.booking_records import fresh_slot
from tests.figures import LONG, note
from tests.soak.copy import running
from tests.soak.proof import require_books, settle
from tests.soak.traffic import Pace, Traffic

FAULTS = ("lost", "cut", "error_before", "error_after", "rate_limit")
WORDS = ("激光", "光纤", "传感器", "疫苗", "机器人", "材料", "laser", "电池", "sensor", "水")


@pytest.fixture(scope="module")
def copy(database_url, tmp_path_factory):
    """One running copy for all tests of a run; the long load is searched on demo records."""
    demo = os.environ.get("HANQIAO_PART") == "load"
    with running(
        database_url, tmp_path_factory.mktemp("copy"), buyers=200 if LONG else 20, demo=demo
    ) as copy:
        yield copy


def quiet(copy, traffic, *, most_s):
    """Let everybody finish, then let provider and books come together."""
    traffic.stop()
    seconds = settle(copy, most_s=most_s)
    entries = require_books(copy)
    assert [one for one in traffic.errors if not one.startswith("LostPatience")] == []
    note(
        bookings=traffic.done["booked"],
        payments=traffic.done["paid"],
        cancelled=traffic.done["cancelled"],
        too_late_for_the_slot=traffic.done["too late"],
        broken_connections=traffic.done["broken connections"],
        movements_compared=entries,
        doubled_or_lost=0,
        seconds_until_all_was_right=round(seconds, 1),
    )


def test_killed_at_any_moment(copy):
    rng = random.Random(3)  # noqa: S311 — no secret
    wanted = 500 if LONG else 4
    kills: Counter[str] = Counter()
    traffic = Traffic(copy)
    traffic.start(4)
    threading.Event().wait(2)
    while kills.total() < wanted or min(kills["web"], kills["worker"]) == 0:
        threading.Event().wait(rng.uniform(0.1, 0.9))
        one = copy.kill_one(rng)
        if one:
            kills[one] += 1
    quiet(copy, traffic, most_s=60)
    note(web_kills=kills["web"], worker_kills=kills["worker"])


def test_storm(copy):
    share = 0.3 / len(FAULTS)
    rules = [{"kind": kind, "probability": share, "path": "/v1/.*"} for kind in FAULTS]
    copy.control("faults", rules=rules)
    copy.control("webhooks", drop=0.2, duplicate=1, shuffle=2.0)
    traffic = Traffic(copy)
    traffic.start(4)
    threading.Event().wait(600 if LONG else 4)
    traffic.stop()
    copy.simulator.control("/faults", "DELETE")
    quiet(copy, traffic, most_s=300)


@pytest.mark.timeout(3000)
def test_load(copy):
    seconds = 1800 if LONG else 3
    searches, bookings = Pace(), Pace()
    with ThreadPoolExecutor(100) as pool:
        resource = copy.world.resource_id
        slots = [
            fresh_slot(copy.engine, resource, capacity=20, number=8_000 + number)
            for number in range(seconds + 1)
        ]
        traffic = Traffic(copy)

        def search(number):
            word = quote(WORDS[number % len(WORDS)])
            path = f"/technologies?q={word}&page={number % 3 + 1}"
            return traffic.once(None, path, None)[0] == 200

        def book(number):
            buyer = copy.world.bookers[number % len(copy.world.bookers)]
            form = {
                "key": f"{number:032d}",
                "organization_id": str(buyer.organization_id),
                "places": "1",
            }
            path = f"/resources/{resource}/book?slot={slots[number // 20]}"
            return traffic.once(buyer, path, form)[0] == 303

        for number in range(100 if LONG else 8):
            search(number)
        early = copy.memory()
        rates = [
            threading.Thread(target=searches.run, args=(50, seconds, search, pool)),
            threading.Thread(target=bookings.run, args=(20, seconds, book, pool)),
        ]
        middle = 0
        for one in rates:
            one.start()
        until = time.monotonic() + seconds / 3
        while any(one.is_alive() for one in rates):
            threading.Event().wait(0.5)
            if not middle and time.monotonic() > until:
                middle = copy.memory()
        pool.shutdown(wait=True)
        late = copy.memory()
    failed = searches.failures + bookings.failures
    sent = len(searches.times) + len(bookings.times)
    note(
        searches=len(searches.times),
        bookings=len(bookings.times),
        failed=failed,
        search_p95_ms=p95(searches.times),
        booking_p95_ms=p95(bookings.times),
        memory_mib_at_first=round(early / 2**20, 1),
        memory_mib_after_a_third=round(middle / 2**20, 1),
        memory_mib_at_the_end=round(late / 2**20, 1),
    )
    assert failed <= sent / 1000


def p95(seconds):
    return round(statistics.quantiles(seconds, n=20)[-1] * 1000, 1)
