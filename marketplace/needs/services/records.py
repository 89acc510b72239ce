"""Writes down what happened: the dated line, the audit entry, the fact told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.errors import NotFound
from marketplace.needs.models import NeedEvent, NeedEventKind

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.needs.models import Answer, Need


def person_of(actor: Actor) -> UUID:
    """Give who acts; to visitors what they would change does not exist."""
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def note(
    session: Session,
    *,
    actor: Actor | None,
    need: Need,
    action: str,
    now: datetime,
    event: NeedEventKind | None = None,
    **details: object,
) -> None:
    """Record a step of a need; with ``event`` it also stands in the need's timeline."""
    if event is not None:
        session.add(NeedEvent(need_id=need.id, kind=event, at=now))
    audit.record(
        session, actor=actor, action=action, kind="need", object_id=need.id, now=now, **details
    )
    jobs.tell(session, action, id=str(need.id))


def note_answer(
    session: Session,
    *,
    actor: Actor | None,
    answer: Answer,
    action: str,
    now: datetime,
    event: NeedEventKind,
    **details: object,
) -> None:
    """Record a step of an answer."""
    session.add(NeedEvent(need_id=answer.need_id, answer_id=answer.id, kind=event, at=now))
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="answer",
        object_id=answer.id,
        now=now,
        need=answer.need_id,
        **details,
    )
    jobs.tell(session, action, id=str(answer.id), need_id=str(answer.need_id))
