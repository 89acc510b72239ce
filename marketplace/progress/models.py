"""One row per long job, kept for 30 days after its end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Model


class JobState(LabelledEnum):
    """How far a long job has come."""

    QUEUED = "queued", N_("Waiting to start")
    RUNNING = "running", N_("Running")
    DONE = "done", N_("Done")
    FAILED = "failed", N_("Failed")
    CANCELLED = "cancelled", N_("Cancelled")


#: States that a job leaves no more.
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})


class LongJob(Model):
    """A job that has an address of its own.

    Its moments are the database's clock, since they measure how long work took; rows are changed
    by plain UPDATE statements, so that a person's wish to cancel and the work's progress never
    stand in each other's way.
    """

    __tablename__ = "long_job"
    __table_args__ = (
        CheckConstraint("done >= 0 AND (total IS NULL OR total >= 0)", name="job_counts_up"),
        CheckConstraint(
            "(state IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL)",
            name="ended_job_is_dated",
        ),
        Index(None, "owner_id", "created_at"),
        Index(None, "organization_id", "created_at"),
        Index(None, "ended_at"),
    )

    #: What kind of work, for the program: ``import``, ``export``, ``search.rebuild`` …
    kind: Mapped[str] = mapped_column(String(40))
    #: What kind of work, for people: a message id.
    title: Mapped[str] = mapped_column(String(200))
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
    created_at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), init=False, repr=False
    )
    #: What it works on: a file's name, a query.
    subject: Mapped[str] = mapped_column(String(300), default="")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    organization_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id"), default=None
    )
    state: Mapped[JobState] = mapped_column(default=JobState.QUEUED)
    cancellable: Mapped[bool] = mapped_column(default=True)
    #: What it does just now: a message id.
    phase: Mapped[str] = mapped_column(String(200), default="")
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    total: Mapped[int | None] = mapped_column(BigInteger, default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    phase_at: Mapped[datetime | None] = mapped_column(default=None)
    beat_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    new_count: Mapped[int] = mapped_column(BigInteger, default=0)
    changed_count: Mapped[int] = mapped_column(BigInteger, default=0)
    skipped_count: Mapped[int] = mapped_column(BigInteger, default=0)
    failed_count: Mapped[int] = mapped_column(BigInteger, default=0)
    #: A file that people may fetch: its name; the content lies in the jobs folder.
    result_name: Mapped[str] = mapped_column(String(200), default="")
    result_type: Mapped[str] = mapped_column(String(100), default="")
    cancel_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    #: How it ended or why it waits: a message id and its values.
    message: Mapped[str] = mapped_column(default="")
    message_values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED

    @property
    def may_be_cancelled(self) -> bool:
        """Whether asking it to stop still makes sense."""
        return self.cancellable and not self.has_ended and self.cancel_asked_at is None
