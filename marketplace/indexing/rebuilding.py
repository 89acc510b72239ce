"""Builds a fresh generation of the index while the old one answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.indexing import checking
from marketplace.indexing.sync import load, want_vectors
from marketplace.progress.tracking import Counts

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.indexing.checking import Difference
    from marketplace.indexing.parts import Index
    from marketplace.indexing.sources import Source
    from marketplace.progress.tracking import Tracker

KIND = "search.rebuild"
TITLE = N_("Rebuilding the search index")
HEARER = "indexing.rebuild"
PHASE = N_("Writing documents into a fresh index")


def rebuild(
    tracker: Tracker,
    index: Index,
    source: Source,
    *,
    show: Callable[[int, int], None] = lambda _done, _total: None,
) -> Difference:
    """Build one kind's index anew from the tables and the kept vectors; no model is needed.

    Killed or stopped, it leaves the old index as it was. Rows that change meanwhile are copied
    into both generations; what slipped through is found by the comparison at the end.
    """
    with tracker.step() as session:
        total = source.count(session)
    tracker.restart()
    tracker.phase(PHASE, total=total)
    done = 0
    with index.engine.rebuild(source.kind) as fresh:
        for ids in checking.walk(tracker.bind, source):
            with tracker.step() as session:
                loaded = load(session, source, ids, index.vectors)
                fresh.put(loaded.documents)
                want_vectors(session, source.kind.value, loaded.lacking)
            done += len(ids)
            written = len(loaded.documents)
            tracker.advance(done, Counts(new=written, skipped=len(ids) - written))
            show(done, total)
    tracker.phase(checking.PHASE, total=total)
    index.engine.refresh()
    difference = checking.compare(tracker.bind, index, source, advance=tracker.advance)
    checking.mend(tracker.bind, index, source, difference.ids)
    return difference
