"""Starting, stopping and forgetting long jobs."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, text, update

from marketplace.core import jobs
from marketplace.core.actor import require
from marketplace.core.errors import StepNotAllowed
from marketplace.core.messages import N_
from marketplace.progress.models import JobState, LongJob
from marketplace.progress.permissions import may_cancel
from marketplace.progress.queries import get_job

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: How long an ended job and its file are kept.
KEPT = timedelta(days=30)
#: A job that nobody holds and that was silent for so long is lost.
SILENT = timedelta(minutes=10)
LOST = N_("The work stopped before its end and will not go on. Please start it again.")


def start(
    session: Session,
    *,
    kind: str,
    title: str,
    hearer: str | None,
    actor: Actor | None = None,
    organization_id: UUID | None = None,
    subject: str = "",
    total: int | None = None,
    cancellable: bool = True,
    **payload: Any,  # noqa: ANN401 — what the hearer takes
) -> LongJob:
    """Make a job with its own address and queue its work.

    The hearer gets ``job_id`` and the payload. Without a hearer the caller does the work (a
    command on the terminal), and no person but the platform's sees the job.
    """
    job = LongJob(
        kind=kind,
        title=title,
        subject=subject[:300],
        owner_id=actor.user_id if actor else None,
        organization_id=organization_id,
        total=total,
        cancellable=cancellable,
    )
    session.add(job)
    session.flush()
    if hearer is not None:
        jobs.ask(session, hearer, long=True, job_id=str(job.id), **payload)
    return job


def cancel(session: Session, *, actor: Actor, job_id: UUID) -> LongJob:
    """Ask a job to stop; one that has not begun is stopped at once."""
    job = get_job(session, job_id, actor=actor)
    require(may_cancel(actor, job))
    session.refresh(job, with_for_update=True)
    if not job.may_be_cancelled:
        raise StepNotAllowed(N_("This job can't be stopped any more."))
    moment = session.scalar(select(func.clock_timestamp()))
    job.cancel_asked_at = moment
    if job.state is JobState.QUEUED:
        job.state, job.ended_at = JobState.CANCELLED, moment
    session.flush()
    return job


def folder_of(home: Path, job_id: UUID) -> Path:
    """Where a job keeps its files."""
    return home / "jobs" / str(job_id)


def result_path(home: Path, job: LongJob) -> Path | None:
    """Give the path of the file that the job left, if it left one."""
    return folder_of(home, job.id) / "result" if job.result_name else None


def forget_old(session: Session, *, home: Path, now: datetime) -> int:
    """Remove jobs that ended more than 30 days ago, with their files; give how many."""
    gone = session.scalars(
        delete(LongJob).where(LongJob.ended_at < now - KEPT).returning(LongJob.id)
    ).all()
    for job_id in gone:
        shutil.rmtree(folder_of(home, job_id), ignore_errors=True)
    return len(gone)


def fail_lost(session: Session) -> int:
    """End jobs that nobody works on any more; give how many.

    Their process was killed and no queue holds their work, or the queue gave up after its last
    try. Work that the queue still holds is left to the queue.
    """
    held = text(
        "NOT EXISTS (SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND args -> 'payload' ->> 'job_id' = long_job.id::text)"
    )
    silent = func.coalesce(LongJob.beat_at, LongJob.created_at)
    return len(
        session.scalars(
            update(LongJob)
            .where(LongJob.ended_at.is_(None), silent < func.clock_timestamp() - SILENT, held)
            .values(state=JobState.FAILED, ended_at=func.clock_timestamp(), message=LOST)
            .returning(LongJob.id)
            .execution_options(synchronize_session=False)
        ).all()
    )
