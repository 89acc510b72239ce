"""Computes the vectors that records wait for, in pieces that a kill can't undo."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update

from marketplace.core import jobs
from marketplace.core.messages import N_
from marketplace.indexing.models import EmbeddingWanted
from marketplace.indexing.sources import source_of
from marketplace.indexing.sync import sync
from marketplace.progress import services as progress
from marketplace.progress.models import ENDED, JobState, LongJob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.indexing.parts import Index
    from marketplace.progress.tracking import Tracker

KIND = "search.embed"
TITLE = N_("Vectors for search and matching")
PHASE = N_("Computing vectors")
HEARER = "indexing.embed"

#: Records embedded in one transaction: a few seconds of work on a small machine.
BATCH = 16
#: Seconds after which the work steps aside for other jobs and queues itself again.
TURN_S = 20.0
_LOCK = 0x48415157  # "HAQW": held while it is judged whether somebody computes vectors


def ensure_running(session: Session) -> bool:
    """Start the work on what is wanted unless it runs already; give whether it was started."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    running = session.scalar(
        select(LongJob.id).where(LongJob.kind == KIND, LongJob.state.not_in(ENDED)).limit(1)
    )
    if running is not None:
        return False
    progress.start(session, kind=KIND, title=TITLE, hearer=HEARER, cancellable=False)
    return True


def ensure_running_if_wanted(session: Session) -> None:
    """Start the work if some record waits for its vectors."""
    if session.scalar(select(EmbeddingWanted.kind).limit(1)) is not None:
        ensure_running(session)


def embed_wanted(tracker: Tracker, index: Index) -> bool:
    """Work on what is wanted for one turn; give whether something is left for the next."""
    until = time.monotonic() + TURN_S
    with tracker.step() as session:
        left = session.scalar(select(func.count()).select_from(EmbeddingWanted)) or 0
        before = session.scalar(select(LongJob.done).where(LongJob.id == tracker.job_id)) or 0
    tracker.phase(PHASE, total=before + left, done=before)
    while True:
        with tracker.step() as session:
            rows = session.execute(
                select(EmbeddingWanted.kind, EmbeddingWanted.record_id, EmbeddingWanted.since)
                # The newest first: one record just published does not wait for an import.
                .order_by(EmbeddingWanted.since.desc(), EmbeddingWanted.record_id)
                .limit(BATCH)
            ).all()
        wanted = [(kind, record_id, since) for kind, record_id, since in rows]
        if not wanted and _end(tracker):
            return False
        if wanted:
            before += _embed(tracker, index, wanted, before)
        if time.monotonic() >= until:
            return True


def _embed(
    tracker: Tracker, index: Index, wanted: Sequence[tuple[str, str, object]], done: int
) -> int:
    """Embed one batch, keep the vectors, then write the documents again with them."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for kind, record_id, _since in wanted:
        ids[kind].append(UUID(record_id))
    with tracker.step() as session:
        for kind, some in ids.items():
            found = source_of(kind).load(session, some).values()
            index.vectors.embed(session, [one for one in found if one is not None])
    with tracker.step() as session:
        for kind, some in ids.items():
            sync(session, index.engine, source_of(kind), some, index.vectors)
            jobs.tell(session, "vectors.kept", kind=kind, ids=[str(one) for one in some])
        # A record that changed meanwhile has wished anew and stays.
        session.execute(
            delete(EmbeddingWanted).where(
                tuple_(EmbeddingWanted.kind, EmbeddingWanted.record_id, EmbeddingWanted.since).in_(
                    wanted
                )
            )
        )
        tracker.advance_in(session, done + len(wanted))
    return len(wanted)


def _end(tracker: Tracker) -> bool:
    """End the job if nothing is wanted; whoever wishes later finds it ended and starts another."""
    with tracker.step() as session:
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if session.scalar(select(EmbeddingWanted.kind).limit(1)) is not None:
            return False
        session.execute(
            update(LongJob)
            .where(LongJob.id == tracker.job_id)
            .values(state=JobState.DONE, ended_at=func.clock_timestamp())
        )
    return True


def again(session: Session, job_id: UUID) -> None:
    """Queue the next turn."""
    jobs.ask(session, HEARER, long=True, job_id=str(job_id))
