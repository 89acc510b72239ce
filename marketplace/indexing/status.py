"""How the index stands: what the engine holds, which vectors are kept, what is being done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.indexing import checking, embedding, rebuilding
from marketplace.indexing.models import Embedding, EmbeddingWanted
from marketplace.indexing.parts import index_of
from marketplace.indexing.sources import sources
from marketplace.progress import services as progress
from marketplace.progress.models import ENDED, LongJob
from search.engine import SearchUnavailable
from search.results import Health

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True)
class Status:
    """The index at this moment."""

    health: Health
    #: Rows in the tables by kind; drafts and hidden ones are among them.
    rows: Mapping[str, int]
    #: Kept vectors by space; a space without any was never used.
    vectors: Mapping[str, int]
    #: Spaces of the present models.
    spaces: Sequence[str]
    #: Spaces of the present models that an index was not built for; a rebuild mends it.
    stale: Sequence[str]
    wanted: int
    jobs: Sequence[LongJob]


def status_of(session: Session, parts: Any) -> Status:  # noqa: ANN401 — the application's parts
    """Look at the index; never fails for want of an engine."""
    try:
        health = parts.search.health()
        stale = _stale(parts) if health.ok else []
    except SearchUnavailable as error:
        health, stale = Health(ok=False, engine="", message=str(error)), []
    counts = session.execute(
        select(Embedding.space, func.count()).group_by(Embedding.space).order_by(Embedding.space)
    )
    jobs = session.scalars(
        select(LongJob)
        .where(LongJob.kind.in_((rebuilding.KIND, embedding.KIND)))
        .order_by(LongJob.created_at.desc())
        .limit(10)
    ).all()
    return Status(
        health=health,
        rows={source.kind.value: source.count(session) for source in sources()},
        vectors={space: count for space, count in counts},  # noqa: C416 — rows are not tuples
        spaces=[embedder.space.name for embedder in parts.embedders],
        stale=stale,
        wanted=session.scalar(select(func.count()).select_from(EmbeddingWanted)) or 0,
        jobs=jobs,
    )


def _stale(parts: Any) -> list[str]:  # noqa: ANN401 — the application's parts
    index = index_of(parts)
    found = (checking.stale_spaces(index, source) for source in sources())
    return sorted({space for spaces in found for space in spaces})


def start_rebuild(session: Session, *, actor: Actor) -> LongJob:
    """Queue a rebuild of every kind, or give the one that runs already."""
    running = session.scalar(
        select(LongJob).where(LongJob.kind == rebuilding.KIND, LongJob.state.not_in(ENDED)).limit(1)
    )
    return running or progress.start(
        session,
        kind=rebuilding.KIND,
        title=rebuilding.TITLE,
        hearer=rebuilding.HEARER,
        actor=actor,
    )
