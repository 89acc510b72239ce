"""Looking at the queue of jobs, and starting set-aside ones again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.core import audit
from marketplace.core.actor import Actor, require
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

SIZE = 50

#: What a person asks for → the queue's own states. ``todo`` waits, ``failed`` was set aside.
STATES = ("todo", "doing", "failed", "cancelled")


@dataclass(frozen=True)
class Job:
    """A piece of work in the queue."""

    id: int
    name: str
    queue: str
    status: str
    attempts: int
    scheduled_at: datetime | None
    last_event_at: datetime | None


_COUNTS = text("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY status")

_LIST = text("""
SELECT job.id, coalesce(job.args->>'hearer', job.args->>'topic', job.task_name) AS name,
       job.queue_name AS queue, job.status::text AS status, job.attempts, job.scheduled_at,
       (SELECT max(event.at) FROM procrastinate_events event WHERE event.job_id = job.id)
           AS last_event_at
FROM procrastinate_jobs job
WHERE job.status::text = :status
ORDER BY job.id DESC
LIMIT :size OFFSET :offset
""")

_AGAIN = text("""
UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL
WHERE id = :id AND status = 'failed' RETURNING id
""")

_CANCEL = text("SELECT procrastinate_cancel_job_v1(:id, false, false)")

_BEATS = text("SELECT max(last_heartbeat) FROM procrastinate_workers")


def count_by_state(session: Session) -> dict[str, int]:
    """Count the jobs of each state; states without jobs are 0."""
    found = dict.fromkeys(STATES, 0)
    for status, count in session.execute(_COUNTS):
        if status in found:
            found[status] = count
    return found


def list_jobs(session: Session, status: str, *, number: int) -> Page[Job]:
    """List the jobs of a state, the newest first."""
    rows = session.execute(
        _LIST, {"status": status, "size": SIZE, "offset": (number - 1) * SIZE}
    ).all()
    return Page(
        items=[Job(*row) for row in rows],
        total=count_by_state(session).get(status, 0),
        number=number,
        size=SIZE,
    )


def last_heartbeat(session: Session) -> datetime | None:
    """Give when a worker last showed that it lives."""
    found: datetime | None = session.scalar(_BEATS)
    return found


def run_again(session: Session, *, actor: Actor, job_id: int, now: datetime) -> None:
    """Queue a set-aside job anew, with all its tries."""
    require(actor.is_administrator)
    if session.scalar(_AGAIN, {"id": job_id}) is None:
        raise NotFound
    _record(session, actor, "job.run_again", job_id, now)


def cancel(session: Session, *, actor: Actor, job_id: int, now: datetime) -> None:
    """Take a waiting job out of the queue."""
    require(actor.is_administrator)
    if session.scalar(_CANCEL, {"id": job_id}) is None:
        raise NotFound
    _record(session, actor, "job.cancelled", job_id, now)


def _record(session: Session, actor: Actor, action: str, job_id: int, now: datetime) -> None:
    audit.record(
        session, actor=actor, action=action, kind="job", object_id=None, now=now, job=job_id
    )
