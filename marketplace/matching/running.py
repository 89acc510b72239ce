"""Matches records in batches: first all the searching, then the writing under one lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.messages import N_
from marketplace.matching import permissions
from marketplace.matching.finding import Finder
from marketplace.matching.models import Side
from marketplace.matching.rules import BATCH
from marketplace.matching.services import making
from marketplace.matching.services.pushing import push
from marketplace.progress.services import start
from marketplace.progress.tracking import Counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.matching.finding import Matcher
    from marketplace.progress.models import LongJob
    from marketplace.progress.tracking import Tracker

PHASES = {Side.NEED: N_("Matching needs"), Side.LISTING: N_("Matching listings")}


def match_records(
    session: Session,
    matcher: Matcher,
    records: Sequence[tuple[Side, UUID]],
    *,
    now: datetime,
) -> Counts:
    """Bring the matches of these records up to date and tell people of the best new ones."""
    finder = Finder.open(session, matcher, now=now)
    found = [(side, record_id, finder.find(side, record_id)) for side, record_id in records]
    making.lock(session)
    changed = skipped = 0
    for side, record_id, counterparts in found:
        if counterparts is None:
            making.drop(session, side, record_id)
            skipped += 1
            continue
        kept = making.keep(session, side, record_id, counterparts, weights=finder.weights, now=now)
        push(session, kept, weights=finder.weights, now=now)
        changed += len(kept)
    return Counts(changed=changed, skipped=skipped)


def match_all(tracker: Tracker, matcher: Matcher, *, now: datetime) -> None:
    """Match every need, then every listing; each batch is kept even if the rest is not done."""
    for side in (Side.NEED, Side.LISTING):
        with tracker.step() as session:
            ids = making.shown_ids(session, side)
        tracker.phase(PHASES[side], total=len(ids))
        for first in range(0, len(ids), BATCH):
            batch = [(side, record_id) for record_id in ids[first : first + BATCH]]
            with tracker.step() as session:
                counts = match_records(session, matcher, batch, now=now)
            tracker.advance(first + len(batch), counts)


def rematch(session: Session, *, actor: Actor) -> LongJob:
    """Start a job with an address of its own that matches every need and listing again."""
    require(permissions.may_run(actor))
    return start(
        session,
        kind="matching.rematch",
        title=N_("Match everything again"),
        hearer="matching.rematch",
        actor=actor,
    )
