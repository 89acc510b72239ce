"""``flask bench payments``: the inbox, bringing a payment up to date, the daily comparison."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import click
from flask.cli import with_appcontext
from psycopg_pool import ConnectionPool
from sqlalchemy.orm import Session

from marketplace.bench.booking import serving
from marketplace.bench.importing import scratch_database
from marketplace.bench.payment_records import Shop, buy, open_shop
from marketplace.payments.gateway.provider import StripeGateway
from marketplace.payments.models import Payment
from marketplace.payments.running import reconcile, sync
from marketplace.payments.running.desk import Desk
from marketplace.web.clock import now
from marketplace.web.embedded import libpq_address
from marketplace.web.extensions import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

ROOT = Path(__file__).parents[2]
KEY, SECRET = "sk_test_bench", "whsec_bench"
THREADS = 8
OK = 200

_BARE = """
INSERT INTO stripe_event (id, type, made_at, received_at, payload, attempts, error)
VALUES (%(id)s, 'payment_intent.succeeded', now(), now(), %(payload)s, 0, '')
ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one run measured."""

    day: str
    events: int
    inbox_a_second: float
    inbox_p95_ms: float
    bare_a_second: float
    bare_p95_ms: float
    syncs: int
    sync_p50_ms: float
    sync_p95_ms: float
    lookups_p95_ms: float
    payments: int
    movements: int
    comparison_s: float
    unexplained_minor: int


@click.command("payments")
@click.option("--events", type=click.IntRange(50), default=3000, show_default=True)
@click.option("--syncs", type=click.IntRange(20), default=300, show_default=True)
@click.option("--payments", type=click.IntRange(20), default=10_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def payments(*, events: int, syncs: int, payments: int, as_json: bool) -> None:
    """Measure the money's ways against the payment simulator, in a scratch database."""
    with (
        scratch_database(str(settings().database_url)) as engine,
        simulating() as base,
        # The payments here are for nothing: what a booking does with its money is not measured.
        patch.dict("marketplace.payments.purposes._rules", clear=True),
    ):
        gateway = StripeGateway(key=KEY, webhook_secret=SECRET, base=base)
        desk = Desk(engine, gateway, now)
        shop = open_shop(engine)
        stripe_settings = {
            "STRIPE_API_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_BASE": base,
        }
        with serving(engine, **stripe_settings) as port:
            inbox = _timed(lambda number: _deliver(port, number), events)
        bare = _bare(engine, events)
        times, lookups = _syncs(desk, shop, syncs)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda number: buy(desk, shop, number), range(payments - syncs)))
        begun = time.perf_counter()
        day = (now() + timedelta(hours=8)).date()
        result = reconcile.reconcile(desk, day, until=now() + timedelta(minutes=5))
        compared = time.perf_counter() - begun
    found = Found(
        day=datetime.now(UTC).date().isoformat(),
        events=events,
        inbox_a_second=inbox[0],
        inbox_p95_ms=inbox[1],
        bare_a_second=bare[0],
        bare_p95_ms=bare[1],
        syncs=syncs,
        sync_p50_ms=statistics.median(times) * 1000,
        sync_p95_ms=_p95(times),
        lookups_p95_ms=_p95(lookups),
        payments=payments,
        movements=result.entries,
        comparison_s=compared,
        unexplained_minor=result.unexplained_minor,
    )
    click.echo(json.dumps(asdict(found)) if as_json else shown(found))


def shown(found: Found) -> str:
    """Say what was measured, as a table."""
    rows = [
        ("", "ours", "bare"),
        (
            f"events a second ({found.events:,}; over HTTP, signed; bare: the row alone)",
            f"{found.inbox_a_second:,.0f}",
            f"{found.bare_a_second:,.0f}",
        ),
        ("p95 of one event, ms", f"{found.inbox_p95_ms:.1f}", f"{found.bare_p95_ms:.1f}"),
        (
            f"sync_payment p95, ms ({found.syncs:,}; bare: the provider's answers alone)",
            f"{found.sync_p95_ms:.1f}",
            f"{found.lookups_p95_ms:.1f}",
        ),
        ("sync_payment p50, ms", f"{found.sync_p50_ms:.1f}", ""),
        (
            f"comparison of {found.payments:,} payments, {found.movements:,} movements, s",
            f"{found.comparison_s:.1f}",
            "",
        ),
        ("unexplained, fen", f"{found.unexplained_minor:,}", ""),
    ]
    width = max(len(row[0]) for row in rows)
    lines = [f"{what:<{width}}  {ours:>9}  {bare:>9}".rstrip() for what, ours, bare in rows]
    return "\n".join([f"measured on {found.day}", *lines])


@contextmanager
def simulating() -> Iterator[str]:
    """Run the payment simulator in a process of its own; give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "devtools.stripe_simulator", "--port", "0", "--seed", "3"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        yield line.rpartition(" ")[2].strip()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _signed(body: str, at: int) -> str:
    """Sign an event as the provider does: HMAC-SHA-256 over its moment and its text."""
    digest = hmac.new(SECRET.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def _deliver(port: int, number: int) -> None:
    event = {
        "id": f"evt_bench_{number}",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": int(time.time()),
        "data": {"object": {"id": f"pi_{number}", "object": "payment_intent", "metadata": {}}},
    }
    body = json.dumps(event)
    signed = _signed(body, int(time.time()))
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(
            "POST",
            "/payments/inbox",
            body=body,
            headers={"Stripe-Signature": signed, "Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        answer.read()
    finally:
        connection.close()
    if answer.status != OK:
        message = f"the inbox answered {answer.status}"
        raise RuntimeError(message)


def _bare(engine: Engine, count: int) -> tuple[float, float]:
    """Insert the same rows with the driver alone, a transaction each."""
    address = libpq_address(engine.url.render_as_string(hide_password=False))
    payload = json.dumps({"id": "pi_1", "object": "payment_intent", "metadata": {}})

    def work(_number: int) -> None:
        with pool.connection() as connection:
            connection.execute(_BARE, {"id": f"evt_{secrets.token_hex(8)}", "payload": payload})

    with ConnectionPool(address, min_size=THREADS, max_size=THREADS) as pool:
        pool.wait()
        return _timed(work, count)


def _syncs(desk: Desk, shop: Shop, count: int) -> tuple[list[float], list[float]]:
    """Bring paid payments up to date one by one; beside it ask the provider the same alone."""
    times, lookups = [], []
    for number in range(count):
        payment_id = buy(desk, shop, number, received=False)
        with Session(desk.bind) as session:
            page = session.get_one(Payment, payment_id).session_id
        known = sync.Known(page, None, None)
        begun = time.perf_counter()
        sync.fetch(desk, known)
        asked = time.perf_counter()
        sync.sync_payment(desk, payment_id)
        times.append(time.perf_counter() - asked)
        lookups.append(asked - begun)
    return times, lookups


def _timed(work: Callable[[int], None], count: int) -> tuple[float, float]:
    """Run numbered pieces of work in threads; give pieces a second and their p95 in ms."""

    def one(number: int) -> float:
        begun = time.perf_counter()
        work(number)
        return time.perf_counter() - begun

    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        times = list(pool.map(one, range(count)))
    return count / (time.perf_counter() - begun), _p95(times)


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1] * 1000
