"""``flask bench booking``: many bookers on one slot, throughput beside bare SQL, the day sheet.

What is compared with bare SQL, and what those transactions hold, stands in ``booking_rates``.
"""

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
from sqlalchemy.exc import SQLAlchemyError

from marketplace.bench import crowd
from marketplace.bench.booking_rates import control, rates
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
_WAYS = {
    "service": "bookings through the service",
    "plain": "the same in bare SQL, step by step",
    "merged": "the same in bare SQL, the service's own statements",
}
#: Seconds for which a starting server is waited.
PATIENCE = 180


@dataclass
class Race:
    """All rounds of one capacity."""

    capacity: int
    bookers: int
    rounds: int = 0
    exact_rounds: int = 0
    statuses: dict[int, int] = field(default_factory=dict)
    p50_ms: float = 0.0
    p95_ms: float = 0.0


@dataclass
class Found:
    """What one run has measured so far; a part that broke is named in ``faults``."""

    facilities: int = 0
    bookings: int = 0
    made_s: float = 0.0
    races: list[Race] = field(default_factory=list)
    sheet_p95_ms: float | None = None
    control_rounds: int = 0
    control_oversold: int = 0
    #: Bookings a second and p95 in ms of the service and of both bare ways.
    rates: dict[str, tuple[float, float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """The service's rate as a part of the faster bare way's."""
        if not self.rates:
            return None
        bare = max(self.rates["plain"][0], self.rates["merged"][0])
        return self.rates["service"][0] / bare


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
    found = Found()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 — Flask's own way
    try:
        with scratch_database(str(settings().database_url)) as engine:
            begun = time.perf_counter()
            world = make_world(
                app, engine, bookers=bookers, facilities=facilities, bookings=bookings
            )
            found.facilities, found.bookings = facilities, world.bookings
            found.made_s = time.perf_counter() - begun
            click.echo(f"made {world.bookings:,} bookings in {found.made_s:.0f} s", err=True)
            _measure(found, engine, world, rounds=rounds, measured=measured)
    finally:
        values = asdict(found) | {"ratio": found.ratio}
        click.echo(json.dumps(values) if as_json else shown(found))
    if found.faults:
        raise click.ClickException("; ".join(found.faults))


def _measure(found: Found, engine: Engine, world: World, *, rounds: int, measured: int) -> None:
    """Measure every part; one that breaks does not keep the others from being measured."""
    with serving(engine) as port:
        with _part(found, "day sheet"):
            found.sheet_p95_ms = day_sheet(engine, world, port)
        for capacity in CAPACITIES:
            with _part(found, f"race for {capacity}"):
                one = Race(capacity=capacity, bookers=len(world.bookers))
                found.races.append(one)
                race(one, engine, world, port=port, rounds=rounds)
    with _part(found, "lock off"):
        for _ in range(5):
            found.control_oversold += control(engine, world, capacity=1, bookers=20)
            found.control_rounds += 1
    with _part(found, "rates"):
        found.rates = {
            name: (rate.a_second, rate.p95_ms)
            for name, rate in rates(engine, world, count=measured).items()
        }


@contextmanager
def _part(found: Found, name: str) -> Iterator[None]:
    begun = time.perf_counter()
    try:
        yield
    except (SQLAlchemyError, OSError, RuntimeError) as error:
        found.faults.append(f"{name}: {error}")
    click.echo(f"{name}: {time.perf_counter() - begun:.0f} s", err=True)


def shown(found: Found) -> str:
    """Say what was measured."""
    made = f"made in {found.made_s:.0f} s"
    lines = [
        f"{found.facilities:,} facilities, {found.bookings:,} bookings in the database, {made}"
    ]
    lines += [
        f"{one.bookers} bookers on 1 slot of {one.capacity}: exactly {one.capacity} booked in "
        f"{one.exact_rounds}/{one.rounds} rounds, statuses {one.statuses}, "
        f"p50 {one.p50_ms:.0f} ms, p95 {one.p95_ms:.0f} ms (goal 500)"
        for one in found.races
    ]
    if found.sheet_p95_ms is not None:
        lines.append(f"day sheet p95: {found.sheet_p95_ms:.1f} ms (goal 100)")
    lines.append(f"lock off: oversold in {found.control_oversold}/{found.control_rounds} rounds")
    lines += [
        f"{says}: {found.rates[name][0]:.0f} a second (p95 {found.rates[name][1]:.1f} ms)"
        for name, says in _WAYS.items()
        if name in found.rates
    ]
    if found.ratio is not None:
        lines.append(f"ratio to the faster bare way {found.ratio:.2f} (goal 0.5)")
    return "\n".join([*lines, *(f"broke: {fault}" for fault in found.faults)])


@contextmanager
def serving(engine: Engine, **more: str) -> Iterator[int]:
    """Run gunicorn with 2 processes of 8 threads on this database; give its port.

    ``more`` are further settings by their names in the environment.
    """
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
        **more,
    }
    options = ("--workers", "2", "--worker-class", "gthread", "--threads", "8")
    command = [str(Path(sys.executable).parent / "gunicorn"), "--bind", f"127.0.0.1:{port}"]
    command += [*options, "--graceful-timeout", "5", "--backlog", "2048", "--no-control-socket"]
    command.append("wsgi:app")
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


def _request(port: int, path: str, browser: Browser) -> bytes:
    """Give the bytes of a browser's form that books."""
    body = urlencode(
        {
            "csrf_token": browser.csrf,
            "key": secrets.token_hex(16),
            "organization_id": str(browser.organization_id),
            "places": "1",
        }
    )
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
        f"Cookie: {browser.cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def race(one: Race, engine: Engine, world: World, *, port: int, rounds: int) -> None:
    """Let all bookers send the same slot at once, round after round."""
    capacity = one.capacity
    statuses: Counter[int] = Counter()
    times: list[float] = []
    for number in range(rounds):
        slot_id = fresh_slot(
            engine, world.resource_id, capacity=capacity, number=capacity * 20 + number
        )
        path = f"/resources/{world.resource_id}/book?slot={slot_id}"
        answers = crowd.at_once(port, [_request(port, path, who) for who in world.bookers])
        won = Counter(status for status, _seconds in answers)
        statuses += won
        times += [seconds for _status, seconds in answers]
        exact = won[SEE_OTHER] == capacity and won[CONFLICT] == len(answers) - capacity
        one.exact_rounds += exact and _kept(engine, slot_id) == (capacity, capacity)
        one.rounds = number + 1
        one.statuses = dict(sorted(statuses.items()))
        one.p50_ms, one.p95_ms = statistics.median(times) * 1000, p95(times)


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
