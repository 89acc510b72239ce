"""How every step on terms is noted: in the audit trail, as a fact, and on the deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal


def note(
    session: Session,
    *,
    actor: Actor | None,
    deal: Deal,
    action: str,
    object_id: UUID,
    now: datetime,
    tell: bool = True,
    **details: object,
) -> None:
    """Record a step; ``action`` is the topic too, when others may want to know."""
    deal.touched_at = now
    audit.record(
        session,
        actor=actor,
        action=action,
        kind=action.partition(".")[0],
        object_id=object_id,
        now=now,
        deal_id=deal.id,
        **details,
    )
    if tell:
        person = str(actor.user_id) if actor and actor.user_id else ""
        jobs.tell(session, action, id=str(object_id), deal_id=str(deal.id), by=person)
