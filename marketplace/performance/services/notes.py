"""What every change leaves behind: a line in the audit trail and a told fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

TEXT_LENGTH = 2000


def person_of(actor: Actor) -> UUID:
    """Give the acting person; Denied for a visitor."""
    if actor.user_id is None:
        raise Denied
    return actor.user_id


def require_text(text: str, *, field: str) -> str:
    """Give a trimmed text that somebody else reads; RuleBroken when it is empty or too long."""
    text = text.strip()
    if not text:
        raise RuleBroken(N_("Say it in a sentence; the other side reads it."), field=field)
    if len(text) > TEXT_LENGTH:
        raise RuleBroken(N_("Write at most %(limit)s characters."), field=field, limit=TEXT_LENGTH)
    return text


def note(
    session: Session,
    topic: str,
    *,
    kind: str,
    object_id: UUID,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    """Write a change into the audit trail and tell it; the acting person is left out by hearers."""
    audit.record(
        session, actor=actor, action=topic, kind=kind, object_id=object_id, now=now, **details
    )
    by = str(actor.user_id) if actor and actor.user_id else None
    told = {name: str(value) for name, value in details.items()}
    jobs.tell(session, topic, id=str(object_id), by=by, **told)
