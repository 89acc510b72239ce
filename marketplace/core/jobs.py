"""Facts told in the caller's own transaction, and the work that hears them.

``tell`` puts a job into the queue over the session's connection: the job exists exactly when the
change it speaks of was committed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import procrastinate
from procrastinate import RetryStrategy
from sqlalchemy import event
from sqlalchemy.orm import Session, UOWTransaction
from sqlalchemy.orm.session import ORMExecuteState

from marketplace.core.model import Indexed

if TYPE_CHECKING:
    from procrastinate.types import JSONDict, JSONValue

#: Rows named in one search job; small enough to be read and written in about a second.
SYNC_BATCH = 200

#: Eight tries over about four hours, then an administrator decides.
RETRY = RetryStrategy(max_attempts=8, exponential_wait=4)

queue = procrastinate.App(connector=procrastinate.PsycopgConnector())


@dataclass(frozen=True)
class Work:
    """What a job is given: a session that commits when the job ends well, the time, and the parts.

    ``parts`` holds the outside things by name (search engine, embedders, mail, settings), so that
    domains do not reach for globals.
    """

    session: Session
    now: datetime
    parts: Any


Hearer = Callable[..., None]

_runner: list[Callable[[str, Mapping[str, Any]], None]] = []


def run_by(runner: Callable[[str, Mapping[str, Any]], None]) -> None:
    """Say who runs jobs in this process (the application does, at start)."""
    _runner[:] = [runner]


def run_now(topic: str, payload: Mapping[str, Any]) -> None:
    """Let this process's runner do a piece of work at once."""
    _runner[0](topic, payload)


@queue.task(name="topic", queue="topics", retry=RETRY)
def topic_task(topic: str, payload: dict[str, Any]) -> None:
    """Hand a told fact to the process's runner."""
    _runner[0](topic, payload)


@queue.task(name="hearer", queue="work", retry=RETRY)
def hearer_task(hearer: str, payload: dict[str, Any]) -> None:
    """Let one hearer work on a fact, with tries of its own."""
    _runner[0]("hearer:" + hearer, payload)


@queue.task(name="long", queue="long", retry=RETRY)
def long_task(hearer: str, payload: dict[str, Any]) -> None:
    """The same for work of minutes, which must not hold up the rest."""
    _runner[0]("hearer:" + hearer, payload)


def _connection(session: Session) -> Any:  # noqa: ANN401 — the driver's connection
    return session.connection().connection.driver_connection


def tell(session: Session, topic: str, **payload: object) -> None:
    """Tell a fact in this transaction; ``relay.py`` says who hears it."""
    topic_task.configure(connection=_connection(session)).defer(
        topic=topic, payload=cast("JSONValue", payload)
    )


def tell_many(session: Session, topic: str, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Tell many facts of one topic with one statement."""
    if payloads:
        topic_task.configure(connection=_connection(session)).batch_defer(
            *(cast("JSONDict", {"topic": topic, "payload": dict(payload)}) for payload in payloads)
        )


def ask(
    session: Session,
    hearer: str,
    *,
    long: bool = False,
    at: datetime | None = None,
    **payload: object,
) -> int:
    """Queue one piece of work by name; give the job's number."""
    task = long_task if long else hearer_task
    options: dict[str, Any] = {"connection": _connection(session)}
    if at is not None:
        options["schedule_at"] = at
    return task.configure(**options).defer(hearer=hearer, payload=cast("JSONValue", payload))


def sync_rows(session: Session, kind: str, ids: Sequence[str]) -> None:
    """Queue rows for the search index, a batch a job."""
    batches = [list(ids[i : i + SYNC_BATCH]) for i in range(0, len(ids), SYNC_BATCH)]
    tell_many(session, "search.sync", [{"kind": kind, "ids": batch} for batch in batches])


@event.listens_for(Session, "before_flush")
def _request_indexing(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Queue every changed ``Indexed`` row, so that no service can forget to."""
    changed: dict[str, set[str]] = defaultdict(set)
    for row in {*session.new, *session.dirty, *session.deleted}:
        if isinstance(row, Indexed) and (row not in session.dirty or session.is_modified(row)):
            changed[row.search_kind].add(str(cast("Any", row).id))
    for kind, ids in changed.items():
        sync_rows(session, kind, sorted(ids))


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    """Bulk changes of indexed rows bypass the listener; whoever makes them must say so."""
    if not (state.is_update or state.is_delete) or state.execution_options.get("index_told"):
        return
    mapper = state.bind_mapper
    if mapper is not None and issubclass(mapper.class_, Indexed):
        message = "a bulk change of indexed rows needs execution_options(index_told=True)"
        raise RuntimeError(message)
