"""Loading long jobs, always through what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.progress.models import LongJob
from marketplace.progress.permissions import visible_to

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def get_job(session: Session, job_id: UUID, *, actor: Actor) -> LongJob:
    """Give the job, or raise NotFound."""
    job = session.scalar(select(LongJob).where(LongJob.id == job_id, visible_to(actor)))
    if job is None:
        raise NotFound
    return job


def list_jobs(session: Session, *, actor: Actor, number: int = 1) -> Page[LongJob]:
    """Give the actor's jobs, the newest first."""
    statement = select(LongJob).where(visible_to(actor)).order_by(LongJob.created_at.desc())
    return page_of(session, statement, number=number)
