"""Finds answers, their talk, scores and clocks."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from marketplace.accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.needs import clock, permissions
from marketplace.needs.models import (
    WAITING,
    Answer,
    AnswerMessage,
    AnswerScore,
    AnswerStatus,
    Need,
    NeedEvent,
)
from marketplace.needs.queries.needs import require_member
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def _with_sides() -> Select[Answer]:
    return (
        select(Answer)
        .join(Need, Need.id == Answer.need_id)
        .join(Organization, Organization.id == Answer.organization_id)
        .options(
            contains_eager(Answer.need).joinedload(Need.organization),
            contains_eager(Answer.organization),
        )
    )


def get_answer(session: Session, answer_id: UUID, *, actor: Actor, lock: bool = False) -> Answer:
    """Give an answer of one of the actor's two sides, with need and both organizations.

    Who answered keeps reading it when the need itself is withdrawn.

    Raises NotFound for everybody else.
    """
    statement = _with_sides().where(Answer.id == answer_id, permissions.answers_visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Answer).execution_options(populate_existing=True)
    answer = session.scalars(statement).one_or_none()
    if answer is None:
        raise NotFound
    return answer


def list_answers(session: Session, need_id: UUID) -> Sequence[Answer]:
    """Give all answers to a need in the order they came; the caller has judged who looks."""
    return session.scalars(
        _with_sides().where(Answer.need_id == need_id).order_by(Answer.sent_at, Answer.id)
    ).all()


def lock_waiting(session: Session, need_id: UUID) -> Sequence[Answer]:
    """Give the answers of a need that have no outcome yet, locked for giving them one."""
    return session.scalars(
        select(Answer)
        .where(Answer.need_id == need_id, Answer.status.in_(WAITING))
        .order_by(Answer.sent_at, Answer.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def list_sent(
    session: Session, organization_id: UUID, *, actor: Actor, number: int = 1
) -> Page[Answer]:
    """Give a page of what an organization answered, newest first."""
    require_member(actor, organization_id)
    statement = (
        _with_sides()
        .where(Answer.organization_id == organization_id)
        .order_by(Answer.sent_at.desc(), Answer.id)
    )
    return page_of(session, statement, number=number)


def messages_of(session: Session, answer_id: UUID) -> Sequence[AnswerMessage]:
    """Give the talk about an answer, oldest first."""
    return session.scalars(
        select(AnswerMessage)
        .where(AnswerMessage.answer_id == answer_id)
        .order_by(AnswerMessage.at, AnswerMessage.id)
    ).all()


def events_of(session: Session, answer_id: UUID) -> Sequence[NeedEvent]:
    """Give the dated lines of one answer, oldest first."""
    return session.scalars(
        select(NeedEvent)
        .where(NeedEvent.answer_id == answer_id)
        .order_by(NeedEvent.at, NeedEvent.created_at, NeedEvent.id)
    ).all()


def scores_of(
    session: Session, answer_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[UUID, Mapping[str, AnswerScore]]]:
    """Give answer → scorer → criterion → points."""
    found: dict[UUID, dict[UUID, dict[str, AnswerScore]]] = defaultdict(lambda: defaultdict(dict))
    rows = session.scalars(
        select(AnswerScore).where(AnswerScore.answer_id.in_(answer_ids)).order_by(AnswerScore.at)
    )
    for row in rows:
        found[row.answer_id][row.person_id][row.criterion] = row
    return found


def names_of(session: Session, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Give people's names for a page of their own side."""
    rows = session.execute(select(User.id, User.name).where(User.id.in_(person_ids)))
    return {person_id: name for person_id, name in rows}  # noqa: C416 — rows are not tuples


def list_unreacted(
    session: Session, organization_ids: Collection[UUID], *, limit: int = 20
) -> Sequence[Answer]:
    """Give answers to the organizations' needs that wait for a first reaction, oldest first."""
    return session.scalars(
        _with_sides()
        .where(
            Need.organization_id.in_(organization_ids),
            Answer.reacted_at.is_(None),
            Answer.status.in_(WAITING),
        )
        .order_by(Answer.sent_at)
        .limit(limit)
    ).all()


def list_asked(session: Session, organization_ids: Collection[UUID]) -> Sequence[Answer]:
    """Give the organizations' own answers in which a question waits for them."""
    return session.scalars(
        _with_sides()
        .where(Answer.organization_id.in_(organization_ids), Answer.status == AnswerStatus.ASKED)
        .order_by(Answer.updated_at)
        .limit(20)
    ).all()


def reply_record(
    session: Session,
    organization_id: UUID,
    *,
    now: datetime,
    target_days: int,
    table: Mapping[date, bool],
) -> clock.ReplyRecord:
    """Give the median of an organization's reactions, and how many answers wait for one."""
    of_owner = select(Answer).join(Need, Need.id == Answer.need_id)
    of_owner = of_owner.where(Need.organization_id == organization_id)
    median = func.percentile_cont(0.5).within_group(Answer.reaction_days)
    reacted, middle = session.execute(
        of_owner.with_only_columns(func.count(Answer.reaction_days), median)
    ).one()
    waiting = session.scalars(
        of_owner.where(Answer.reacted_at.is_(None), Answer.status.in_(WAITING)).with_only_columns(
            Answer.sent_at
        )
    ).all()
    clocks = [
        clock.clock_of(sent_at, now=now, target_days=target_days, table=table)
        for sent_at in waiting
    ]
    return clock.ReplyRecord(
        reacted=reacted,
        median_days=None if middle is None else float(middle),
        open=len(clocks),
        late=sum(one.late for one in clocks),
    )
