"""Publishes many waiting needs at once: the ticked ones of a page, or all of a queue as a job."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.publishing import Publishing
from marketplace.needs.queries.needs import QUEUE
from marketplace.needs.services.review import publish_need
from marketplace.progress.batches import Done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


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


PUBLISHING = Publishing(
    "needs.publish_waiting",
    N_("Publication of the needs that wait"),
    QUEUE,
    lambda actor: actor.is_reviewer,
    publish_many,
)
