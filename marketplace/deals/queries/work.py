"""Messages, visits and tasks of a deal, and what waits for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, or_, select

from marketplace.deals import permissions
from marketplace.deals.models import (
    ENDED,
    Deal,
    DealMessage,
    DealRole,
    DealTask,
    DealVisit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def list_messages(session: Session, deal_id: UUID, *, most: int = 200) -> Sequence[DealMessage]:
    """Give the latest messages in the order in which they were written."""
    rows = session.scalars(
        select(DealMessage)
        .where(DealMessage.deal_id == deal_id)
        .order_by(DealMessage.at.desc(), DealMessage.id)
        .limit(most)
    ).all()
    return rows[::-1]


def list_visits(session: Session, deal_id: UUID) -> Sequence[DealVisit]:
    """Give the visits, the latest first."""
    return session.scalars(
        select(DealVisit)
        .where(DealVisit.deal_id == deal_id)
        .order_by(DealVisit.on.desc(), DealVisit.created_at.desc())
    ).all()


def list_tasks(session: Session, deal_id: UUID) -> Sequence[DealTask]:
    """Give the tasks: open ones first by their day, then what is done."""
    return session.scalars(
        select(DealTask)
        .where(DealTask.deal_id == deal_id)
        .order_by(DealTask.done_at.is_not(None), DealTask.due_on, DealTask.id)
    ).all()


def _mine(actor: Actor) -> ColumnElement[bool]:
    """Give the tasks of the actor's own side."""
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return or_(
        and_(DealTask.role == DealRole.LICENSOR, Deal.licensor_id.in_(writes)),
        and_(DealTask.role == DealRole.LICENSEE, Deal.licensee_id.in_(writes)),
        and_(
            DealTask.role == DealRole.MANAGER,
            Deal.manager_person_id == actor.user_id,
            Deal.manager_accepted_at.is_not(None),
        ),
    )


def list_due(
    session: Session, *, actor: Actor, until: date, most: int = 20
) -> Sequence[tuple[DealTask, Deal]]:
    """Give the open tasks of the actor's side that are due by a day, the earliest first."""
    if actor.is_visitor:
        return []
    rows = session.execute(
        select(DealTask, Deal)
        .join(Deal, Deal.id == DealTask.deal_id)
        .where(
            permissions.own_to(actor),
            _mine(actor),
            DealTask.done_at.is_(None),
            DealTask.due_on <= until,
            Deal.stage.not_in(ENDED),
        )
        .order_by(DealTask.due_on, DealTask.id)
        .limit(most)
    ).all()
    return [(row[0], row[1]) for row in rows]
