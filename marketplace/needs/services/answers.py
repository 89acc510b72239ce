"""Answers: sent, shortlisted, chosen, declined with a reason, withdrawn."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes.holidays import load_table
from marketplace.core import jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.needs import clock, offers, permissions, rules
from marketplace.needs.models import (
    WAITING,
    Answer,
    AnswerStatus,
    DeclineReason,
    NeedEventKind,
    NeedStatus,
)
from marketplace.needs.queries.answers import get_answer
from marketplace.needs.queries.needs import get_need
from marketplace.needs.services.records import note, note_answer, person_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True)
class Gain:
    """What the offer reaches of one figure that the need wants."""

    name: str
    unit: str
    wanted: str
    ours: str


@dataclass(frozen=True, kw_only=True)
class AnswerDraft:
    """The short fixed form."""

    organization_id: UUID
    statement: str
    next_step: str
    trl: int | None = None
    listing_id: UUID | None = None
    offer: str = ""
    gains: tuple[Gain, ...] = ()
    price_idea: str = ""


def send_answer(
    session: Session, *, actor: Actor, need_id: UUID, draft: AnswerDraft, now: datetime
) -> Answer:
    """Answer an open need in an organization's name; the reply clock starts here.

    Raises Denied for who may not speak for the organization, or belongs to the need's owner.
    """
    # A need that is closed at this moment must not get an answer that nobody ends.
    need = get_need(session, need_id, actor=actor, lock=True)
    require(permissions.may_answer_for(actor, need, draft.organization_id))
    rules.require_takes_answers(need, clock.day_of(now))
    if draft.organization_id not in actor.verified:
        raise RuleBroken(N_("Your organization is not verified yet; only verified ones answer."))
    _require_offer(session, draft)
    answer = Answer(
        need_id=need.id,
        organization_id=draft.organization_id,
        created_by=person_of(actor),
        sent_at=now,
        trl=draft.trl,
        statement=draft.statement,
        next_step=draft.next_step,
        listing_id=draft.listing_id,
        offer=draft.offer,
        gains=[asdict(gain) for gain in draft.gains if gain.ours],
        price_idea=draft.price_idea,
    )
    with judged(session):
        session.add(answer)
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.sent",
        event=NeedEventKind.ANSWER_SENT,
        now=now,
        organization=draft.organization_id,
    )
    return answer


def _require_offer(session: Session, draft: AnswerDraft) -> None:
    if draft.listing_id is None and not draft.offer:
        raise RuleBroken(
            N_("Say what you offer: choose a listing of yours or describe it."), field="offer"
        )
    if draft.listing_id is not None:
        own = offers.of_organization(session, draft.organization_id)
        if draft.listing_id not in {listing.id for listing in own}:
            raise RuleBroken(
                N_("Choose a published listing of the answering organization."), field="listing_id"
            )
    if not draft.statement or not draft.next_step:
        raise RuleBroken(
            N_("Say why it fits and what the next step is."),
            field="next_step" if draft.statement else "statement",
        )
    if len(draft.statement) > rules.STATEMENT_LIMIT:
        raise RuleBroken(
            N_("The statement has %(count)s characters; at most %(limit)s are read."),
            field="statement",
            count=len(draft.statement),
            limit=rules.STATEMENT_LIMIT,
        )


def get_answer_to_judge(session: Session, answer_id: UUID, *, actor: Actor) -> Answer:
    """Give a locked answer to one of the actor's needs that the actor may judge."""
    answer = get_answer(session, answer_id, actor=actor, lock=True)
    require(permissions.may_judge(actor, answer.need))
    return answer


def react(answer: Answer, *, now: datetime, table: Mapping[date, bool]) -> None:
    """Stop the reply clock at the owner's first reaction; later ones change nothing."""
    if answer.reacted_at is None:
        answer.reacted_at = now
        answer.reaction_days = clock.reaction_days(answer.sent_at, now, table)


def remind_late(session: Session, *, now: datetime, target_days: int, limit: int = 1000) -> int:
    """Tell owners once of each answer whose first reaction is overdue; give how many."""
    table = load_table(session)
    waiting = session.scalars(
        select(Answer)
        .where(
            Answer.reacted_at.is_(None),
            Answer.reminded_at.is_(None),
            Answer.status.in_(WAITING),
        )
        .order_by(Answer.sent_at, Answer.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    told = 0
    for answer in waiting:
        if clock.clock_of(answer.sent_at, now=now, target_days=target_days, table=table).late:
            answer.reminded_at = now
            jobs.tell(session, "answer.overdue", id=str(answer.id), need_id=str(answer.need_id))
            told += 1
    return told


def shortlist_answer(session: Session, *, actor: Actor, answer_id: UUID, now: datetime) -> Answer:
    """Put an answer on the shortlist; one that is being asked keeps its state."""
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    if answer.status not in (AnswerStatus.ASKED, AnswerStatus.REPLIED):
        answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "shortlist")
    answer.shortlisted_at = answer.shortlisted_at or now
    react(answer, now=now, table=load_table(session))
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.shortlisted",
        event=NeedEventKind.ANSWER_SHORTLISTED,
        now=now,
    )
    return answer


def unlist_answer(session: Session, *, actor: Actor, answer_id: UUID, now: datetime) -> Answer:
    """Take an answer off the shortlist; it still waits for its outcome."""
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    if answer.status not in (AnswerStatus.ASKED, AnswerStatus.REPLIED):
        answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "unlist")
    answer.shortlisted_at = None
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.unlisted",
        event=NeedEventKind.ANSWER_UNLISTED,
        now=now,
    )
    return answer


def choose_answer(session: Session, *, actor: Actor, answer_id: UUID, now: datetime) -> Answer:
    """Choose an answer: talks about it begin, the others still wait for their outcome."""
    # Closing locks the need first and its answers then; whoever needs both keeps that order.
    found = get_answer(session, answer_id, actor=actor)
    need = get_need(session, found.need_id, actor=actor, lock=True)
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "choose")
    answer.outcome_at = now
    react(answer, now=now, table=load_table(session))
    if need.status is NeedStatus.OPEN:
        need.status = rules.LIFECYCLE.next(need.status, "start_talks")
        need.touched_at = now
        note(
            session,
            actor=actor,
            need=need,
            action="need.talks_started",
            event=NeedEventKind.TALKS_STARTED,
            now=now,
        )
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.chosen",
        event=NeedEventKind.ANSWER_CHOSEN,
        now=now,
    )
    return answer


def decline_answer(
    session: Session,
    *,
    actor: Actor,
    answer_id: UUID,
    reason: DeclineReason,
    text: str,
    now: datetime,
) -> Answer:
    """Decline with one of the fixed reasons; the answering side reads it."""
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    end_declined(
        session,
        actor=actor,
        answer=answer,
        reason=reason,
        text=text,
        now=now,
        table=load_table(session),
    )
    return answer


def end_declined(
    session: Session,
    *,
    actor: Actor,
    answer: Answer,
    reason: DeclineReason,
    text: str,
    now: datetime,
    table: Mapping[date, bool],
) -> None:
    """Give a loaded answer the outcome “declined”."""
    if reason is DeclineReason.OTHER:
        rules.require_reason(text, field="text")
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "decline")
    answer.decline_reason, answer.decline_note, answer.outcome_at = reason, text, now
    react(answer, now=now, table=table)
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.declined",
        event=NeedEventKind.ANSWER_DECLINED,
        now=now,
        reason=reason.value,
    )


def end_with_need(session: Session, *, actor: Actor | None, answer: Answer, now: datetime) -> None:
    """Give a loaded answer the outcome “need closed”."""
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "end")
    answer.outcome_at = now
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.need_closed",
        event=NeedEventKind.ANSWER_NEED_CLOSED,
        now=now,
    )


def withdraw_answer(session: Session, *, actor: Actor, answer_id: UUID, now: datetime) -> Answer:
    """Take one's own answer back; the reply clock of the other side no longer runs."""
    answer = get_answer(session, answer_id, actor=actor, lock=True)
    require(permissions.may_speak_for(actor, answer))
    answer.status = rules.ANSWER_LIFECYCLE.next(answer.status, "withdraw")
    answer.outcome_at = now
    note_answer(
        session,
        actor=actor,
        answer=answer,
        action="answer.withdrawn",
        event=NeedEventKind.ANSWER_WITHDRAWN,
        now=now,
    )
    return answer
