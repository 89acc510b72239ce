"""``flask bench deals``: board, list and funnel at size, each page beside its bare queries.

Everything is made in a database of its own, which is dropped afterwards.
"""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.orm import Session

from marketplace.bench.deal_records import DealsMade, make_deals
from marketplace.deals.queries import boards, funnel
from marketplace.web.extensions import db
from marketplace.web.migrate import upgrade

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from marketplace.core.actor import Actor

GOAL_MS = 100.0
WARM_UP = 3


@click.command("deals")
@click.option("--records", default=100_000, show_default=True, type=click.IntRange(min=100))
@click.option("--rounds", default=40, show_default=True, type=click.IntRange(min=5))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def deals(records: int, rounds: int, *, as_json: bool) -> None:
    """Measure board, list and funnel of a party, a manager and an administrator."""
    name = f"bench_deals_{uuid4().hex[:8]}"
    keeper = create_engine(db.engine.url, isolation_level="AUTOCOMMIT")
    with keeper.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    address = make_url(db.engine.url.render_as_string(hide_password=False)).set(database=name)
    try:
        upgrade(address.render_as_string(hide_password=False))
        engine = create_engine(address)
        try:
            rows = _run(engine, records, rounds)
        finally:
            engine.dispose()
    finally:
        with keeper.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name}"))
        keeper.dispose()
    click.echo(json.dumps({"records": records, "rows": rows}) if as_json else _table(records, rows))


def _run(engine: Engine, records: int, rounds: int) -> list[dict[str, Any]]:
    begun = time.perf_counter()
    with Session(engine) as session:
        made = make_deals(session, records)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    click.echo(f"made {records} deals in {time.perf_counter() - begun:.1f} s", err=True)
    return [row for who, actor in _actors(made) for row in _measured(engine, who, actor, rounds)]


def _actors(made: DealsMade) -> list[tuple[str, Actor]]:
    return [
        (f"party with {made.of_party} deals", made.party),
        (f"manager with {made.of_manager} deals", made.manager),
        ("administrator", made.administrator),
    ]


def _measured(engine: Engine, who: str, actor: Actor, rounds: int) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    rows = []
    for page, call in _pages(actor, now).items():
        times, bare = [], []
        for number in range(rounds + WARM_UP):
            with Session(engine) as session:
                statements = _Watch(engine)
                begun = time.perf_counter()
                call(session)
                took = (time.perf_counter() - begun) * 1000
                spent = statements.close() * 1000
            if number >= WARM_UP:
                times.append(took)
                bare.append(spent)
        rows.append(
            {
                "who": who,
                "page": page,
                "p50_ms": round(statistics.median(times), 1),
                "p95_ms": round(_p95(times), 1),
                "bare_p95_ms": round(_p95(bare), 1),
                "reached": _p95(times) <= GOAL_MS,
            }
        )
    return rows


def _pages(actor: Actor, now: datetime) -> dict[str, Callable[[Session], object]]:
    def clock(session: Session) -> boards.Timers:
        return boards.timers(session, now=now)

    def listed(**wanted: Any) -> Callable[[Session], object]:  # noqa: ANN401 — filters
        return lambda session: boards.list_deals(
            session, actor=actor, wanted=boards.Wanted(**wanted), clock=clock(session)
        )

    return {
        "board": lambda session: boards.board(session, actor=actor, wanted=boards.Wanted()),
        "list": listed(),
        "list, by value, page 5": listed(sort="value", page=5),
        "list, stuck": listed(stuck=True, sort="since"),
        "list, by number": listed(words="HQ-000777"),
        "list, by words": listed(words="除锈 77"),
        "funnel of a year": lambda session: funnel.funnel(
            session, actor=actor, since=now - funnel.YEAR
        ),
    }


class _Watch:
    """Adds up the time that the database itself was waited for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._begun = 0.0
        self.seconds = 0.0
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, *_rest: object) -> None:
        self._begun = time.perf_counter()

    def _after(self, *_rest: object) -> None:
        self.seconds += time.perf_counter() - self._begun

    def close(self) -> float:
        """Stop listening; give the seconds."""
        event.remove(self._engine, "before_cursor_execute", self._before)
        event.remove(self._engine, "after_cursor_execute", self._after)
        return self.seconds


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]


def _table(records: int, rows: list[dict[str, Any]]) -> str:
    lines = [
        f"{records} deals; goal: p95 ≤ {GOAL_MS:.0f} ms",
        f"{'who':<32}{'page':<26}{'p50 ms':>8}{'p95 ms':>8}{'bare':>8}  goal",
    ]
    lines += [
        f"{row['who']:<32}{row['page']:<26}{row['p50_ms']:>8}{row['p95_ms']:>8}"
        f"{row['bare_p95_ms']:>8}  {'reached' if row['reached'] else 'missed'}"
        for row in rows
    ]
    return "\n".join(lines)
