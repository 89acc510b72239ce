"""From open to its end: talks, closing with outcomes, withdrawal, reopening, expiry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select

from marketplace.codes.holidays import load_table
from marketplace.core import audit, jobs
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.needs import clock, rules
from marketplace.needs.models import (
    SHOWN,
    WAITING,
    Answer,
    AnswerStatus,
    DeclineReason,
    Need,
    NeedEventKind,
    NeedStatus,
)
from marketplace.needs.queries.answers import lock_waiting
from marketplace.needs.queries.needs import get_own_need
from marketplace.needs.services.answers import end_declined, end_with_need, react
from marketplace.needs.services.records import note

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True)
class Ending:
    """How a waiting answer ends with its need; without a reason it ends as “need closed”."""

    reason: DeclineReason | None = None
    text: str = ""


def start_talks(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Say that talks are going on, also with somebody who did not answer here."""
    need = _step(session, actor=actor, need_id=need_id, step="start_talks", now=now)
    event = NeedEventKind.TALKS_STARTED
    note(session, actor=actor, need=need, action="need.talks_started", event=event, now=now)
    return need


def end_talks(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Say that talks ended without a result; the need is open again."""
    need = _step(session, actor=actor, need_id=need_id, step="end_talks", now=now)
    event = NeedEventKind.TALKS_ENDED
    note(session, actor=actor, need=need, action="need.talks_ended", event=event, now=now)
    return need


def _step(session: Session, *, actor: Actor, need_id: UUID, step: str, now: datetime) -> Need:
    need = get_own_need(session, need_id, actor=actor, lock=True)
    need.status = rules.LIFECYCLE.next(need.status, step)
    need.touched_at = now
    return need


def close_need(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    met: bool,
    reason: str,
    outcomes: Mapping[UUID, Ending],
    now: datetime,
) -> Need:
    """Close a need as met or unmet; every answer that waits gets its outcome with it.

    Raises OutcomeMissing while ``outcomes`` leaves an answer out. A need that no chosen answer
    met, and one that stays unmet, are closed with a reason.
    """
    need = get_own_need(session, need_id, actor=actor, lock=True)
    status = rules.LIFECYCLE.next(need.status, "meet" if met else "close_unmet")
    if not (met and _has_chosen(session, need.id)):
        rules.require_reason(reason, field="reason")
    waiting = lock_waiting(session, need.id)
    rules.require_outcomes(waiting, outcomes)
    table = load_table(session)
    for answer in waiting:
        ending = outcomes[answer.id]
        if ending.reason is not None:
            end_declined(
                session,
                actor=actor,
                answer=answer,
                reason=ending.reason,
                text=ending.text,
                now=now,
                table=table,
            )
        else:
            react(answer, now=now, table=table)
            end_with_need(session, actor=actor, answer=answer, now=now)
    need.status = status
    _end(need, now=now, reason=reason)
    note(
        session,
        actor=actor,
        need=need,
        action="need.closed",
        event=NeedEventKind.MET if met else NeedEventKind.CLOSED_UNMET,
        now=now,
        met=met,
        reason=reason,
    )
    return need


def _has_chosen(session: Session, need_id: UUID) -> bool:
    chosen = exists().where(Answer.need_id == need_id, Answer.status == AnswerStatus.CHOSEN)
    return bool(session.scalar(select(chosen)))


def _end(need: Need, *, now: datetime, reason: str = "") -> None:
    need.close_reason, need.closed_at, need.touched_at = reason, now, now
    # Changes that nobody reviewed have no reader any more.
    need.pending = need.pending_submitted_at = None


def withdraw_need(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Take a need out of sight; answers that wait end with it."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    need.status = rules.LIFECYCLE.next(need.status, "withdraw")
    table = load_table(session)
    for answer in lock_waiting(session, need.id):
        react(answer, now=now, table=table)
        end_with_need(session, actor=actor, answer=answer, now=now)
    _end(need, now=now)
    note(
        session,
        actor=actor,
        need=need,
        action="need.withdrawn",
        event=NeedEventKind.WITHDRAWN,
        now=now,
    )
    return need


def reopen_need(
    session: Session,
    *,
    actor: Actor,
    need_id: UUID,
    deadline_on: date | None,
    now: datetime,
) -> Need:
    """Open a closed or expired need again, its text being reviewed already; give a new deadline.

    A withdrawn one becomes a draft, and goes through review again.
    """
    need = get_own_need(session, need_id, actor=actor, lock=True)
    if need.status is NeedStatus.WITHDRAWN:
        need.status = rules.LIFECYCLE.next(need.status, "redraft")
        need.closed_at, need.touched_at = None, now
        note(session, actor=actor, need=need, action="need.redrafted", now=now)
        return need
    status = rules.LIFECYCLE.next(need.status, "reopen")
    if need.organization_id not in actor.verified:
        raise RuleBroken(N_("Your organization is not verified."))
    if rules.is_past(deadline_on, clock.day_of(now)):
        raise RuleBroken(N_("The deadline lies in the past."), field="deadline_on")
    need.status, need.deadline_on = status, deadline_on
    need.close_reason, need.closed_at = "", None
    need.touched_at, need.expiry_asked_at = now, None
    note(
        session,
        actor=actor,
        need=need,
        action="need.reopened",
        event=NeedEventKind.REOPENED,
        now=now,
    )
    return need


def keep_open(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Say that an open need still stands, which starts its 180 days anew."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    if need.status not in SHOWN:
        raise RuleBroken(N_("Only an open need can be kept open."))
    need.touched_at, need.expiry_asked_at = now, None
    audit.record(
        session, actor=actor, action="need.kept_open", kind="need", object_id=need.id, now=now
    )
    return need


def expire_needs(session: Session, *, now: datetime, limit: int = 500) -> tuple[int, int]:
    """Ask owners of untouched needs, then hide those that stay silent; give both counts.

    An open need also expires when its deadline is over and no answer waits for an outcome.
    Answers that wait when a silent need is hidden end as “need closed”.
    """
    asked = _ask_silent(session, now=now, limit=limit)
    waiting = exists().where(Answer.need_id == Need.id, Answer.status.in_(WAITING))
    over = session.scalars(
        select(Need)
        .where(
            or_(
                Need.status.in_(SHOWN) & (Need.expiry_asked_at <= now - rules.HIDE_AFTER),
                (Need.status == NeedStatus.OPEN)
                & (Need.deadline_on < clock.day_of(now))
                & ~waiting,
            )
        )
        .order_by(Need.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for need in over:
        need.status = rules.LIFECYCLE.next(need.status, "expire")
        for answer in lock_waiting(session, need.id):
            end_with_need(session, actor=None, answer=answer, now=now)
        need.closed_at = now
        need.pending = need.pending_submitted_at = None
        note(
            session,
            actor=None,
            need=need,
            action="need.expired",
            event=NeedEventKind.EXPIRED,
            now=now,
        )
    return asked, len(over)


def _ask_silent(session: Session, *, now: datetime, limit: int) -> int:
    silent = session.scalars(
        select(Need)
        .where(
            Need.status.in_(SHOWN),
            Need.touched_at <= now - rules.ASK_AFTER,
            Need.expiry_asked_at.is_(None),
        )
        .order_by(Need.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for need in silent:
        need.expiry_asked_at = now
        jobs.tell(session, "need.silent", id=str(need.id))
    return len(silent)


def sync_organization(session: Session, organization_id: UUID) -> None:
    """Queue an organization's open needs for search: they quote its name and standing."""
    ids = session.scalars(
        select(Need.id).where(Need.organization_id == organization_id, Need.status.in_(SHOWN))
    )
    jobs.sync_rows(session, Need.search_kind, [str(need_id) for need_id in ids])
