"""Publishes many waiting needs at once: the ticked ones of a page, or all of a queue as a job."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.needs.queries.needs import waiting_for
from marketplace.needs.services.review import publish_need
from marketplace.progress.batches import BATCH, Done, go_through
from marketplace.progress.services import start

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.progress.models import LongJob
    from marketplace.progress.tracking import Tracker

JOB = "needs.publish_waiting"
PUBLISHING = N_("Publishing the texts")


def publish_many(
    session: Session, *, actor: Actor, versions: Mapping[UUID, int], now: datetime
) -> Done:
    """Publish what a reviewer ticked; ``versions`` are those that were read, others are left."""
    require(actor.is_reviewer)
    done = []
    for need_id, version in sorted(versions.items()):
        with suppress(RuleBroken, Denied):
            with judged(session):
                publish_need(session, actor=actor, need_id=need_id, version=version, now=now)
            done.append(need_id)
    return Done(tuple(done), len(versions) - len(done))


def start_publishing(
    session: Session, *, actor: Actor, organization_id: UUID | None, subject: str, now: datetime
) -> LongJob:
    """Start a job that publishes all that waits now, of one organization or of all."""
    require(actor.is_reviewer)
    waiting = waiting_for(session, actor=actor, organization_id=organization_id, until=now)
    return start(
        session,
        kind=JOB,
        title=N_("Publication of the needs that wait"),
        subject=subject,
        hearer=JOB,
        actor=actor,
        total=len(waiting),
        organization=str(organization_id) if organization_id else None,
        until=now.isoformat(),
    )


def publish_waiting(
    tracker: Tracker,
    *,
    actor: Actor,
    organization_id: UUID | None,
    until: datetime,
    now: datetime,
) -> None:
    """Do the job: what waited by ``until`` and may be judged, a batch a transaction."""
    go_through(
        tracker,
        phase=PUBLISHING,
        find=partial(waiting_for, actor=actor, organization_id=organization_id, until=until),
        act=lambda session, versions: publish_many(
            session, actor=actor, versions=versions, now=now
        ),
        size=BATCH,
    )
