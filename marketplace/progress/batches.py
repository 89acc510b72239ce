"""A job that goes through what waited at a click, a batch a transaction, in somebody's name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID  # noqa: TC003 — an annotation of a field

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.progress.models import LongJob
from marketplace.progress.tracking import Counts, bind_of, tracked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.core.jobs import Work
    from marketplace.progress.tracking import Tracker

#: Records changed in one transaction: what a kill can undo, and what a person waits for "stop".
BATCH = 200


@dataclass(frozen=True)
class Done:
    """Which records a step changed, and how many it left: changed, judged meanwhile, one's own."""

    done: tuple[UUID, ...]
    left: int


@contextmanager
def in_the_name_of_its_owner(work: Work, job_id: str) -> Iterator[tuple[Tracker, Actor] | None]:
    """Give the job's tracker and who started it, with today's rights; None when it has ended."""
    with tracked(bind_of(work.session), job_id, work.parts.settings.home) as tracker:
        if tracker is None:
            yield None
            return
        with tracker.step() as session:
            owner_id = session.scalar(select(LongJob.owner_id).where(LongJob.id == tracker.job_id))
            actor = actor_of(session, session.get_one(User, owner_id), at=work.now)
        yield tracker, actor


def go_through(
    tracker: Tracker,
    *,
    phase: str,
    find: Callable[[Session], Mapping[UUID, int]],
    act: Callable[[Session, Mapping[UUID, int]], Done],
    size: int = BATCH,
) -> None:
    """Let ``act`` change what ``find`` gives (id → version), a batch a transaction."""
    with tracker.step() as session:
        found = list(find(session).items())
    tracker.phase(phase, total=len(found))
    for first in range(0, len(found), size):
        batch = dict(found[first : first + size])
        with tracker.step() as session:
            became = act(session, batch)
        counts = Counts(changed=len(became.done), skipped=became.left)
        tracker.advance(first + len(batch), counts)
