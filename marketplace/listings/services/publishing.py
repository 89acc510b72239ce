"""Publishes many waiting texts at once: the ticked ones of a page, or all of a queue as a job."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.outline import mark_of
from marketplace.drafting.publishing import Publishing
from marketplace.listings import permissions, queries
from marketplace.listings.content import PARTS, public_content
from marketplace.listings.rules import REVIEW
from marketplace.listings.services.bulk import tell_together
from marketplace.listings.services.reviews import show
from marketplace.progress.batches import Done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing


def publish_many(
    session: Session, *, actor: Actor, versions: Mapping[UUID, int], now: datetime
) -> Done:
    """Publish texts that a reviewer ticked; ``versions`` are those that were read.

    Texts of the reviewer's own organizations, texts that changed since and incomplete ones stay
    where they are. One entry of the audit and one fact tell of each organization's texts.
    """
    require(permissions.may_review_some(actor))
    fit = [
        listing
        for listing in queries.lock_listings(session, list(versions))
        if permissions.may_review(actor, listing)
        and REVIEW.is_waiting(listing)
        and listing.version == versions[listing.id]
    ]
    first_texts = [one for one in fit if not REVIEW.is_reviewed(one)]
    changes = [one for one in fit if REVIEW.is_reviewed(one)]
    done: list[Listing] = []
    # First texts are flushed together; only a change can meet a right that another listing names.
    for listing in first_texts:
        with suppress(RuleBroken), session.no_autoflush:
            show(session, actor, listing, now)
            done.append(listing)
    session.flush()
    for listing in changes:
        with suppress(RuleBroken):
            with judged(session):
                show(session, actor, listing, now)
            done.append(listing)
    _note(session, actor, done, now)
    return Done(tuple(listing.id for listing in done), len(versions) - len(done))


def _note(session: Session, actor: Actor, done: list[Listing], now: datetime) -> None:
    groups: defaultdict[UUID, list[Listing]] = defaultdict(list)
    for listing in done:
        groups[listing.organization_id].append(listing)
    for organization_id, listings in groups.items():
        audit.record(
            session,
            actor=actor,
            action="listings.published",
            kind="organization",
            object_id=organization_id,
            now=now,
            marks={str(one.id): mark_of(public_content(one), PARTS) for one in listings},
        )
        tell_together(session, "listings.published", [str(one.id) for one in listings])


PUBLISHING = Publishing(
    "listings.publish_waiting",
    N_("Publication of what waits"),
    queries.QUEUE,
    permissions.may_review_some,
    publish_many,
)
