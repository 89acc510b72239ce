"""How work on a long job tells how far it is: in transactions of its own."""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.progress.models import ENDED, JobState, LongJob
from marketplace.progress.services import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

log = logging.getLogger(__name__)

INTERRUPTED = N_("Interrupted by an error; it goes on by itself in a while.")


class Cancelled(Exception):
    """A person asked the job to stop; what is committed stays."""


@dataclass(frozen=True)
class Counts:
    """What a step did, added to the job's counts."""

    new: int = 0
    changed: int = 0
    skipped: int = 0
    failed: int = 0


class Tracker:
    """Progress of one job; every call but ``advance_in`` commits a transaction of its own."""

    def __init__(self, bind: Engine | Connection, job_id: UUID, home: Path) -> None:
        self.bind = bind
        self.job_id = job_id
        self.home = home
        #: Set when the rest of the work was queued again: leaving the block ends nothing.
        self.goes_on = False

    @contextmanager
    def step(self) -> Iterator[Session]:
        """Give a session whose work is committed when the block ends well."""
        with (
            Session(self.bind, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            yield session

    def phase(self, phase: str, *, total: int | None = None, done: int = 0) -> None:
        """Begin a phase: what is done now (a message id), and how many steps it has."""
        moment = func.clock_timestamp()
        self._change(phase=phase, total=total, done=done, phase_at=moment, beat_at=moment)

    def advance(self, done: int, counts: Counts | None = None) -> None:
        """Set the phase's steps done and add to the counts; raise Cancelled when asked to stop."""
        with self.step() as session:
            asked = self.advance_in(session, done, counts)
        if asked:
            raise Cancelled

    def advance_in(self, session: Session, done: int, counts: Counts | None = None) -> bool:
        """Do the same in the caller's transaction, with the work itself; give whether to stop."""
        counts = counts or Counts()
        asked = session.scalar(
            update(LongJob)
            .where(LongJob.id == self.job_id)
            .values(
                done=done,
                beat_at=func.clock_timestamp(),
                new_count=LongJob.new_count + counts.new,
                changed_count=LongJob.changed_count + counts.changed,
                skipped_count=LongJob.skipped_count + counts.skipped,
                failed_count=LongJob.failed_count + counts.failed,
            )
            .returning(LongJob.cancel_asked_at)
            .execution_options(synchronize_session=False)
        )
        return asked is not None

    def restart(self) -> None:
        """Set the counts back: the work begins anew instead of going on."""
        self._change(new_count=0, changed_count=0, skipped_count=0, failed_count=0)

    def cancel_asked(self) -> bool:
        """Whether a person asked the job to stop."""
        with self.step() as session:
            asked = session.scalar(select(LongJob.cancel_asked_at).where(LongJob.id == self.job_id))
        return asked is not None

    def folder(self) -> Path:
        """Give the job's folder, made when missing."""
        folder = folder_of(self.home, self.job_id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def keep(self, content: Path, *, name: str, media_type: str) -> None:
        """Leave a finished file for people to fetch; it appears whole or not at all."""
        os.replace(content, self.folder() / "result")  # noqa: PTH105 — replaces atomically
        self._change(result_name=name[:200], result_type=media_type)

    def say(self, message: str, **values: object) -> None:
        """Set the job's message, a message id with its values."""
        self._change(message=message, message_values=kept_values(values))

    def end(self, state: JobState) -> None:
        """End the job and tell those who wait for it, unless it has ended already."""
        with self.step() as session:
            ended = session.scalar(
                update(LongJob)
                .where(LongJob.id == self.job_id, LongJob.state.not_in(ENDED))
                .values(state=state, ended_at=func.clock_timestamp())
                .returning(LongJob.id)
                .execution_options(synchronize_session=False)
            )
            if ended is not None:
                jobs.tell(session, "job.ended", id=str(self.job_id))

    def begin(self) -> bool:
        """Mark the job as running; False when it has ended already (a repeated delivery)."""
        moment = func.clock_timestamp()
        with self.step() as session:
            begun = session.scalar(
                update(LongJob)
                .where(LongJob.id == self.job_id, LongJob.state.not_in(ENDED))
                .values(
                    state=JobState.RUNNING,
                    started_at=func.coalesce(LongJob.started_at, moment),
                    beat_at=moment,
                    message="",
                    message_values={},
                )
                .returning(LongJob.id)
                .execution_options(synchronize_session=False)
            )
        return begun is not None

    def _change(self, **values: Any) -> None:  # noqa: ANN401 — columns of LongJob
        with self.step() as session:
            session.execute(
                update(LongJob)
                .where(LongJob.id == self.job_id)
                .values(**values)
                .execution_options(synchronize_session=False)
            )


def kept_values(values: Mapping[str, object]) -> dict[str, Any]:
    """Give the values of a message as they can be kept: labels of enums, texts and numbers."""
    shown = {name: getattr(value, "label", value) for name, value in values.items()}
    return {
        name: value if isinstance(value, str | int | float) else str(value)
        for name, value in shown.items()
    }


@contextmanager
def tracked(bind: Engine | Connection, job_id: UUID | str, home: Path) -> Iterator[Tracker | None]:
    """Run the work of a job; its end, stop and faults are written down.

    Gives None when the job has ended already: there is nothing to do. A broken rule ends the job
    with its message; any other error is noted and raised again, so that the queue tries later.
    """
    tracker = Tracker(bind, UUID(str(job_id)), home)
    if not tracker.begin():
        yield None
        return
    try:
        yield tracker
    except Cancelled:
        tracker.end(JobState.CANCELLED)
    except RuleBroken as error:
        tracker.say(error.message, **error.values)
        tracker.end(JobState.FAILED)
    except BaseException:
        log.warning("the long job %s was interrupted", job_id)
        tracker.say(INTERRUPTED)
        raise
    else:
        if not tracker.goes_on:
            tracker.end(JobState.DONE)


def bind_of(session: Session) -> Engine | Connection:
    """Give what the session is bound to, for transactions beside its own."""
    return session.get_bind()
