"""``flask bench booking``: many bookers on one slot, throughput beside bare SQL, the day sheet."""

from __future__ import annotations

import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import text

from marketplace.bench.booking_rates import bare_rate, control, service_rate
from marketplace.bench.booking_records import fresh_slot, make_world
from marketplace.bench.importing import scratch_database
from marketplace.web.extensions import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Engine

    from marketplace.bench.booking_records import Browser, World

ROOT = Path(__file__).parents[2]
CAPACITIES = (1, 5, 20)
SEE_OTHER, CONFLICT, SERVER_ERROR = 303, 409, 500
#: Seconds for which a starting server is waited.
PATIENCE = 60


@dataclass
class Race:
    """All rounds of one capacity."""

    capacity: int
    rounds: int
    bookers: int
    exact_rounds: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    p95_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Found:
    """What one run measured."""

    facilities: int
    bookings: int
    races: list[Race]
    control_rounds: int
    control_oversold: int
    ours_a_second: float
    ours_p95_ms: float
    bare_a_second: float
    bare_p95_ms: float
    ratio: float
    sheet_p95_ms: float


@click.command("booking")
@click.option("--bookers", type=click.IntRange(2, 1000), default=200, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=50, show_default=True)
@click.option("--facilities", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--bookings", type=click.IntRange(0), default=1_000_000, show_default=True)
@click.option("--measured", type=click.IntRange(50), default=2000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def booking(
    *, bookers: int, rounds: int, facilities: int, bookings: int, measured: int, as_json: bool
) -> None:
    """Let many people book one slot at once over HTTP, then measure; in a scratch database."""
    with scratch_database(str(settings().database_url)) as engine:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 — Flask's own way
        world = make_world(app, engine, bookers=bookers, facilities=facilities, bookings=bookings)
        with serving(engine) as port:
            races = [race(engine, world, port, one, rounds) for one in CAPACITIES]
            sheet = day_sheet(engine, world, port)
        oversold = sum(control(engine, world, capacity=1, bookers=20) for _ in range(5))
        ours, ours_p95 = service_rate(engine, world, count=measured)
        bare, bare_p95 = bare_rate(engine, world, count=measured)
    found = Found(
        facilities=facilities,
        bookings=world.bookings,
        races=races,
        control_rounds=5,
        control_oversold=oversold,
        ours_a_second=ours,
        ours_p95_ms=ours_p95,
        bare_a_second=bare,
        bare_p95_ms=bare_p95,
        ratio=ours / bare,
        sheet_p95_ms=sheet,
    )
    click.echo(json.dumps(asdict(found)) if as_json else shown(found))


def shown(found: Found) -> str:
    """Say what was measured."""
    lines = [f"{found.facilities:,} facilities, {found.bookings:,} bookings in the database"]
    lines += [
        f"{one.bookers} bookers on 1 slot of {one.capacity}: exactly {one.capacity} booked in "
        f"{one.exact_rounds}/{one.rounds} rounds, statuses {one.statuses}, p95 {one.p95_ms:.0f} ms"
        for one in found.races
    ]
    lines += [
        f"lock off: oversold in {found.control_oversold}/{found.control_rounds} rounds",
        f"bookings a second: {found.ours_a_second:.0f} (p95 {found.ours_p95_ms:.1f} ms)",
        f"the same in bare SQL: {found.bare_a_second:.0f} (p95 {found.bare_p95_ms:.1f} ms)",
        f"ratio {found.ratio:.2f}",
        f"day sheet p95: {found.sheet_p95_ms:.1f} ms",
    ]
    return "\n".join(lines)


@contextmanager
def serving(engine: Engine) -> Iterator[int]:
    """Run gunicorn with 2 processes of 8 threads on this database; give its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    own = settings()
    environment = {
        **os.environ,
        "DATABASE_URL": engine.url.render_as_string(hide_password=False),
        "SECRET_KEY": own.secret_key,
        "HANQIAO_HOME": str(own.home),
        "HANQIAO_DEMO": "no",
    }
    options = ("--workers", "2", "--worker-class", "gthread", "--threads", "8")
    command = [str(Path(sys.executable).parent / "gunicorn"), "--bind", f"127.0.0.1:{port}"]
    command += [*options, "--backlog", "2048", "--no-control-socket", "wsgi:app"]
    process = subprocess.Popen(  # noqa: S603 — our own program
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if get(port, "/health")[0] < SERVER_ERROR:
                return
        except OSError:
            threading.Event().wait(0.2)
    raise RuntimeError("the server did not start")


def get(port: int, path: str, browser: Browser | None = None) -> tuple[int, float]:
    """Fetch a page; give its status and the seconds."""
    begun = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": browser.cookie} if browser else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - begun
    finally:
        connection.close()


def _book(port: int, path: str, browser: Browser, barrier: threading.Barrier) -> tuple[int, float]:
    body = urlencode(
        {
            "csrf_token": browser.csrf,
            "key": secrets.token_hex(16),
            "organization_id": str(browser.organization_id),
            "places": "1",
        }
    )
    headers = {
        "Cookie": browser.cookie,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.connect()
        barrier.wait()
        begun = time.perf_counter()
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, time.perf_counter() - begun
    finally:
        connection.close()


def race(engine: Engine, world: World, port: int, capacity: int, rounds: int) -> Race:
    """Let all bookers send the same slot at once, round after round."""
    found = Race(capacity=capacity, rounds=rounds, bookers=len(world.bookers))
    statuses: Counter[int] = Counter()
    times: list[float] = []
    with ThreadPoolExecutor(len(world.bookers)) as pool:
        for number in range(rounds):
            slot_id = fresh_slot(
                engine, world.resource_id, capacity=capacity, number=capacity * 20 + number
            )
            path = f"/resources/{world.resource_id}/book?slot={slot_id}"
            barrier = threading.Barrier(len(world.bookers))
            answers = list(
                pool.map(
                    lambda one, path=path, barrier=barrier: _book(port, path, one, barrier),
                    world.bookers,
                )
            )
            won = Counter(status for status, _seconds in answers)
            statuses += won
            times += [seconds for _status, seconds in answers]
            exact = won[SEE_OTHER] == capacity and won[CONFLICT] == len(answers) - capacity
            found.exact_rounds += exact and _kept(engine, slot_id) == (capacity, capacity)
    found.statuses = dict(sorted(statuses.items()))
    found.p95_ms = p95(times)
    return found


def _kept(engine: Engine, slot_id: UUID) -> tuple[int, int]:
    """Give the places that the slot counts, and those of its bookings."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT taken, (SELECT sum(places) FROM booking WHERE slot_id = slot.id) "
                "FROM slot WHERE id = :id"
            ),
            {"id": slot_id},
        ).one()
    return int(row[0]), int(row[1] or 0)


def day_sheet(engine: Engine, world: World, port: int, *, count: int = 200) -> float:
    """Open the day sheets of many facilities one after the other; give the p95 in ms."""
    with engine.connect() as connection:
        ids: list[Any] = list(
            connection.execute(text("SELECT id FROM facility ORDER BY id LIMIT 200")).scalars()
        )
    for one in ids[:5]:
        get(port, f"/facilities/{one}/schedule?view=day", world.operator)
    times = []
    for number in range(count):
        status, seconds = get(
            port, f"/facilities/{ids[number % len(ids)]}/schedule?view=day", world.operator
        )
        if status != 200:  # noqa: PLR2004 — HTTP OK
            message = f"the day sheet answered {status}"
            raise RuntimeError(message)
        times.append(seconds)
    return p95(times)


def p95(seconds: list[float]) -> float:
    """Give the 95th percentile in milliseconds."""
    return statistics.quantiles(seconds, n=20)[-1] * 1000
