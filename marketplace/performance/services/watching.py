"""The daily look at milestones: what falls due is called, what waits too long is marked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures_of
from marketplace.deals.exits import day_of
from marketplace.deals.models import Deal, DealStage
from marketplace.performance import settings
from marketplace.performance.models import Milestone, MilestoneState, Performance
from marketplace.performance.rules import milestones as rules
from marketplace.performance.services.milestones import call_by_system

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def call_due(session: Session, *, now: datetime) -> list[UUID]:
    """Call planned milestones whose day is near; give their ids."""
    until = day_of(now) + timedelta(days=figures_of.number(session, settings.CALL_DAYS))
    found = []
    rows = session.execute(
        select(Milestone, Deal)
        .join(Deal, Deal.id == Milestone.deal_id)
        .join(Performance, Performance.id == Milestone.performance_id)
        .where(
            Milestone.state == MilestoneState.PLANNED,
            Milestone.due_on <= until,
            Deal.stage == DealStage.PERFORMING,
            Performance.frozen_at.is_(None),
        )
        .order_by(Milestone.due_on, Milestone.id)
        .with_for_update(of=Milestone, skip_locked=True)
    ).all()
    for milestone, deal in rows:
        call_by_system(session, milestone, deal, now=now)
        found.append(milestone.id)
    return found


def watch(session: Session, *, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Mark paid milestones that wait too long; give the newly alarmed and the newly stopped."""
    alarm = now - timedelta(days=figures_of.number(session, settings.ALARM_DAYS))
    stop = now - timedelta(days=figures_of.number(session, settings.STOP_DAYS))
    alarmed, stopped = [], []
    waiting = session.scalars(
        select(Milestone)
        .where(
            Milestone.state.in_(rules.WAITING_FOR_RELEASE),
            Milestone.paid_at <= alarm,
            Milestone.stopped_at.is_(None),
        )
        .order_by(Milestone.paid_at, Milestone.id)
        .with_for_update(skip_locked=True)
    ).all()
    for milestone in waiting:
        if milestone.alarmed_at is None:
            milestone.alarmed_at = now
            alarmed.append(milestone.id)
        if milestone.paid_at is not None and milestone.paid_at <= stop:
            milestone.stopped_at = now
            stopped.append(milestone.id)
    session.flush()
    return alarmed, stopped
