"""What the index hears: changed rows, wanted vectors, the night's check."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import jobs
from marketplace.indexing import checking, embedding, rebuilding
from marketplace.indexing.parts import index_of
from marketplace.indexing.sources import source_of, sources
from marketplace.indexing.sync import sync, want_vectors
from marketplace.progress.tracking import bind_of, tracked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.core.jobs import Hearer, Work

log = logging.getLogger(__name__)


def copy_rows(work: Work, *, kind: str, ids: Sequence[str]) -> None:
    """Copy rows into the index at once; vectors that are not kept yet follow later.

    An engine that does not answer raises, and the queue tries again.
    """
    index = index_of(work.parts)
    some = [UUID(one) for one in ids]
    lacking = sync(work.session, index.engine, source_of(kind), some, index.vectors)
    if lacking:
        want_vectors(work.session, kind, lacking)
        embedding.ensure_running(work.session)


def embed(work: Work, *, job_id: str) -> None:
    """Compute vectors for one turn, then step aside for other work."""
    index = index_of(work.parts)
    with tracked(bind_of(work.session), job_id, index.home) as tracker:
        if tracker is not None and embedding.embed_wanted(tracker, index):
            tracker.goes_on = True
            embedding.again(work.session, tracker.job_id)


def rebuild(work: Work, *, job_id: str, kind: str | None = None) -> None:
    """Rebuild the index of one kind, or of all."""
    index = index_of(work.parts)
    chosen = sources() if kind is None else (source_of(kind),)
    with tracked(bind_of(work.session), job_id, index.home) as tracker:
        if tracker is not None:
            for source in chosen:
                rebuilding.rebuild(tracker, index, source)
            embedding.ensure_running_if_wanted(work.session)


def check(work: Work) -> None:
    """Compare every index with its table, queue what differs, and go on with missing vectors."""
    index = index_of(work.parts)
    for source in sources():
        stale = checking.stale_spaces(index, source)
        if stale:
            log.warning(
                "the index of %s has no vectors of %s: rebuild it", source.kind, ", ".join(stale)
            )
        difference = checking.compare(bind_of(work.session), index, source)
        if difference.ids:
            log.warning("the index of %s differed at %s rows", source.kind, len(difference.ids))
        jobs.sync_rows(work.session, source.kind.value, difference.ids)
    embedding.ensure_running_if_wanted(work.session)


HEARERS: dict[str, Hearer] = {
    "indexing.copy_rows": copy_rows,
    "indexing.check": check,
    embedding.HEARER: embed,
    rebuilding.HEARER: rebuild,
}
HEARS: dict[str, tuple[str, ...]] = {
    "search.sync": ("indexing.copy_rows",),
}
PERIODIC = {"indexing.check": "20 3 * * *"}
