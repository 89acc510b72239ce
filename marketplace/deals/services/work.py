"""Messages, visits, tasks, and the next step of a deal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import exits
from marketplace.deals.models import DealMessage, DealRole, DealTask, DealVisit
from marketplace.deals.services.records import get_to_act, note, person_of, tell

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

MESSAGE_LENGTH = 4000
TITLE_LENGTH = 200
NOTES_LENGTH = 8000


def require_text(text: str, *, field: str, limit: int) -> str:
    """Give the trimmed text; RuleBroken when it is empty or too long."""
    text = text.strip()
    if not text:
        raise RuleBroken(N_("Write at least a sentence."), field=field)
    if len(text) > limit:
        raise RuleBroken(
            N_("The text is longer than %(limit)s characters: shorten it."),
            field=field,
            limit=limit,
        )
    return text


def write_message(
    session: Session, *, actor: Actor, deal_id: UUID, body: str, now: datetime
) -> DealMessage:
    """Write to the others in the deal."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    message = DealMessage(
        deal_id=deal.id,
        person_id=person_of(actor),
        role=role,
        at=now,
        body=require_text(body, field="body", limit=MESSAGE_LENGTH),
    )
    session.add(message)
    session.flush()
    note(session, actor=actor, deal=deal, action="deal.message_written", now=now)
    tell(session, "deal.message_written", deal, actor=actor, message=str(message.id))
    return message


@dataclass(frozen=True, kw_only=True)
class VisitDraft:
    """A meeting: when, where, who was there, and what was said."""

    on: date
    place: str
    notes: str
    present: str = ""


def note_visit(
    session: Session, *, actor: Actor, deal_id: UUID, draft: VisitDraft, now: datetime
) -> DealVisit:
    """Write a note of a meeting; all in the deal read it."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    if draft.on > exits.day_of(now):
        raise RuleBroken(
            N_("A note is written after the meeting; plan a coming one as the next step."),
            field="on",
        )
    visit = DealVisit(
        deal_id=deal.id,
        person_id=person_of(actor),
        role=role,
        on=draft.on,
        place=require_text(draft.place, field="place", limit=TITLE_LENGTH),
        notes=require_text(draft.notes, field="notes", limit=NOTES_LENGTH),
        present=draft.present.strip()[:300],
    )
    session.add(visit)
    session.flush()
    note(session, actor=actor, deal=deal, action="deal.visit_noted", now=now, on=draft.on)
    tell(session, "deal.visit_noted", deal, actor=actor, visit=str(visit.id))
    return visit


@dataclass(frozen=True, kw_only=True)
class TaskDraft:
    """What one side has to do by a day."""

    title: str
    role: DealRole
    due_on: date
    blocking: bool = False


def give_task(
    session: Session, *, actor: Actor, deal_id: UUID, draft: TaskDraft, now: datetime
) -> DealTask:
    """Give a task to one of the sides, one's own included."""
    deal, _role = get_to_act(session, deal_id, actor=actor)
    if draft.role is DealRole.SYSTEM or (
        draft.role is DealRole.MANAGER and deal.manager_accepted_at is None
    ):
        raise RuleBroken(N_("Choose a side that is in this deal."), field="role")
    if draft.due_on < exits.day_of(now):
        raise RuleBroken(N_("The day lies in the past."), field="due_on")
    task = DealTask(
        deal_id=deal.id,
        title=require_text(draft.title, field="title", limit=TITLE_LENGTH),
        role=draft.role,
        due_on=draft.due_on,
        given_by=person_of(actor),
        given_at=now,
        blocking=draft.blocking,
    )
    session.add(task)
    session.flush()
    note(session, actor=actor, deal=deal, action="deal.task_given", now=now, task=task.id)
    tell(session, "deal.task_given", deal, actor=actor, task=str(task.id))
    return task


def finish_task(
    session: Session, *, actor: Actor, deal_id: UUID, task_id: UUID, now: datetime
) -> DealTask:
    """Mark a task as done: whose side it is, or whoever gave it."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    task = session.scalar(
        select(DealTask)
        .where(DealTask.id == task_id, DealTask.deal_id == deal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if task is None:
        raise NotFound
    require(task.role is role or task.given_by == actor.user_id)
    if task.done_at is not None:
        raise StepNotAllowed(N_("The task is done already."))
    task.done_at, task.done_by = now, actor.user_id
    note(session, actor=actor, deal=deal, action="deal.task_done", now=now, task=task.id)
    tell(session, "deal.task_done", deal, actor=actor, task=str(task.id))
    return task


def plan_next(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    next_step: str,
    next_on: date | None,
    now: datetime,
    version: int | None = None,
) -> Deal:
    """Say what comes next and when, without leaving the stage."""
    deal, _role = get_to_act(session, deal_id, actor=actor, version=version)
    kept = exits.require_opening(next_step, next_on, now=now)
    deal.next_step, deal.next_on = kept.next_step, kept.next_on
    note(session, actor=actor, deal=deal, action="deal.planned", now=now, next_on=kept.next_on)
    session.flush()
    return deal
