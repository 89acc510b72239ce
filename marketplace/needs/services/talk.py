"""Questions and replies, in public before an answer and between the two sides after it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from marketplace.codes.holidays import load_table
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.needs import permissions, rules
from marketplace.needs.models import (
    AnswerMessage,
    AnswerStatus,
    NeedConsent,
    NeedEventKind,
    NeedQuestion,
)
from marketplace.needs.queries.answers import get_answer
from marketplace.needs.queries.needs import get_need, get_own_need
from marketplace.needs.services.answers import get_answer_to_judge, react
from marketplace.needs.services.records import note, note_answer, person_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.needs.models import Answer

#: Longest question or reply, in characters.
MESSAGE_LIMIT = 2000


def _require_text(text: str, *, field: str) -> None:
    if not text.strip():
        raise RuleBroken(N_("Write something first."), field=field)
    if len(text) > MESSAGE_LIMIT:
        raise RuleBroken(
            N_("The text has %(count)s characters; at most %(limit)s are sent."),
            field=field,
            count=len(text),
            limit=MESSAGE_LIMIT,
        )


def ask_answering_side(
    session: Session, *, actor: Actor, answer_id: UUID, text: str, now: datetime
) -> AnswerMessage:
    """Ask who answered; the answer then waits for their reply."""
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    _require_text(text, field="text")
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "ask")
    react(answer, now=now, table=load_table(session))
    message = AnswerMessage(
        answer_id=answer.id, person_id=person_of(actor), from_owner=True, at=now, body=text
    )
    session.add(message)
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.asked",
        event=NeedEventKind.ANSWER_ASKED,
        now=now,
    )
    return message


def reply_to_owner(
    session: Session, *, actor: Actor, answer_id: UUID, text: str, now: datetime
) -> AnswerMessage:
    """Reply to the question of the need's owner."""
    answer = get_answer(session, answer_id, actor=actor, lock=True)
    require(permissions.may_speak_for(actor, answer))
    _require_text(text, field="text")
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "reply")
    message = AnswerMessage(
        answer_id=answer.id, person_id=person_of(actor), from_owner=False, at=now, body=text
    )
    session.add(message)
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.replied",
        event=NeedEventKind.ANSWER_REPLIED,
        now=now,
    )
    return message


def ask_publicly(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    organization_id: UUID,
    text: str,
    now: datetime,
) -> NeedQuestion:
    """Ask about an open need before answering; everybody reads it, nobody reads who asked."""
    need = get_need(session, need_id, actor=actor)
    require(permissions.may_answer_for(actor, need, organization_id))
    if not rules.is_shown(need):
        raise StepNotAllowed(
            N_("This need takes no questions in the state “%(state)s”."), state=need.status
        )
    _require_text(text, field="text")
    question = NeedQuestion(
        need_id=need.id,
        organization_id=organization_id,
        asked_by=person_of(actor),
        asked_at=now,
        body=text,
    )
    session.add(question)
    session.flush()
    note(
        session,
        actor=actor,
        need=need,
        action="need.question_asked",
        now=now,
        question=question.id,
    )
    return question


def reply_publicly(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    question_id: UUID,
    text: str,
    now: datetime,
) -> NeedQuestion:
    """Answer a public question; who asked is told, everybody reads it."""
    need = get_own_need(session, need_id, actor=actor)
    question = session.get(NeedQuestion, question_id, with_for_update=True)
    if question is None or question.need_id != need.id:
        raise NotFound
    _require_text(text, field="text")
    question.reply, question.replied_at, question.replied_by = text, now, actor.user_id
    note(
        session,
        actor=actor,
        need=need,
        action="need.question_answered",
        now=now,
        question=question.id,
    )
    return question


def consent_to_name(session: Session, *, actor: Actor, answer_id: UUID, now: datetime) -> Answer:
    """Let the organization behind an answer see the company's name beside the need."""
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    if answer.status is AnswerStatus.WITHDRAWN:
        raise StepNotAllowed(N_("This answer was withdrawn."))
    granted = session.execute(
        insert(NeedConsent)
        .values(
            id=uuid4(),
            need_id=answer.need_id,
            organization_id=answer.organization_id,
            granted_at=now,
            granted_by=person_of(actor),
            version=1,
        )
        .on_conflict_do_nothing(constraint="one_consent_per_organization")
        .returning(NeedConsent.id)
    ).first()
    if granted is not None:
        note(
            session,
            actor=actor,
            need=answer.need,
            action="need.named_to",
            now=now,
            organization=answer.organization_id,
        )
    return answer
