"""Pricing, tiers, decisions, notices and objections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core.errors import NotFound
from marketplace.core.paging import page_of
from marketplace.terms.models import (
    ApprovalDecision,
    ApprovalTier,
    NoticeStatus,
    Objection,
    ObjectionStatus,
    PriceNotice,
    Pricing,
)
from marketplace.terms.rules import clock
from marketplace.terms.rules.approval import Tier
from marketplace.terms.rules.clock import Reading, Stop
from marketplace.terms.rules.days import beijing_day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.paging import Page


def list_tiers(session: Session, organization_id: UUID) -> list[Tier]:
    """Give an institution's tiers in rising order; none when it has written none."""
    rows = session.scalars(
        select(ApprovalTier)
        .where(ApprovalTier.organization_id == organization_id)
        .order_by(ApprovalTier.from_minor, ApprovalTier.is_above)
    )
    return [Tier(from_minor=row.from_minor, is_above=row.is_above, body=row.body) for row in rows]


def find_pricing(session: Session, deal_id: UUID) -> Pricing | None:
    """Give how the deal's price came about, if it was recorded."""
    return session.scalars(select(Pricing).where(Pricing.deal_id == deal_id)).one_or_none()


def list_decisions(session: Session, deal_id: UUID) -> Sequence[ApprovalDecision]:
    """Give the recorded decisions, the newest last."""
    return session.scalars(
        select(ApprovalDecision)
        .where(ApprovalDecision.deal_id == deal_id)
        .order_by(ApprovalDecision.decided_on, ApprovalDecision.recorded_at)
    ).all()


def list_deal_notices(session: Session, deal_id: UUID) -> Sequence[PriceNotice]:
    """Give the notices of a deal, the newest first."""
    return session.scalars(
        select(PriceNotice)
        .where(PriceNotice.deal_id == deal_id)
        .order_by(PriceNotice.posted_on.desc(), PriceNotice.created_at.desc())
    ).all()


def get_notice(session: Session, notice_id: UUID, *, lock: bool = False) -> PriceNotice:
    """Give a published notice: everybody may read it. Raises NotFound."""
    statement = select(PriceNotice).where(PriceNotice.id == notice_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    notice = session.scalars(statement).one_or_none()
    if notice is None:
        raise NotFound
    return notice


def list_notices(
    session: Session, *, status: NoticeStatus | None, number: int, size: int = 20
) -> Page[PriceNotice]:
    """Give published notices, running ones first, then the newest."""
    statement = select(PriceNotice).order_by(
        PriceNotice.status != NoticeStatus.RUNNING,
        PriceNotice.posted_on.desc(),
        PriceNotice.id,
    )
    if status is not None:
        statement = statement.where(PriceNotice.status == status)
    return page_of(session, statement, number=number, size=size)


def list_objections(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[Objection]]:
    """Give the objections of notices in the order in which they came."""
    found: dict[UUID, list[Objection]] = {notice_id: [] for notice_id in notice_ids}
    for row in session.scalars(
        select(Objection)
        .where(Objection.notice_id.in_(notice_ids))
        .order_by(Objection.raised_at, Objection.id)
    ):
        found[row.notice_id].append(row)
    return found


def get_objection(session: Session, notice_id: UUID, objection_id: UUID) -> Objection:
    """Give one objection of a notice, or raise NotFound."""
    row = session.scalars(
        select(Objection).where(Objection.id == objection_id, Objection.notice_id == notice_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


def count_open_objections(session: Session, organization_ids: Sequence[UUID]) -> int:
    """Count what the institutions' officers have to settle."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Objection)
            .join(PriceNotice, PriceNotice.id == Objection.notice_id)
            .where(
                PriceNotice.organization_id.in_(organization_ids),
                PriceNotice.status == NoticeStatus.RUNNING,
                Objection.status == ObjectionStatus.RAISED,
            )
        )
        or 0
    )


def stops_of(objections: Sequence[Objection]) -> list[Stop]:
    """Give the days on which each objection kept the clock standing."""
    return [
        Stop(
            beijing_day(row.raised_at),
            beijing_day(row.settled_at) if row.settled_at else None,
        )
        for row in objections
    ]


def reading_of(notice: PriceNotice, objections: Sequence[Objection], *, today: date) -> Reading:
    """Read the clock of a notice; one that has ended is read as on its last day."""
    return clock.read(
        notice.posted_on, notice.days, stops_of(objections), today=notice.ended_on or today
    )


def list_running_of(session: Session, organization_ids: Sequence[UUID]) -> Sequence[PriceNotice]:
    """Give the running notices of institutions, the oldest first."""
    return session.scalars(
        select(PriceNotice)
        .where(
            PriceNotice.organization_id.in_(organization_ids),
            PriceNotice.status == NoticeStatus.RUNNING,
        )
        .order_by(PriceNotice.posted_on, PriceNotice.id)
    ).all()
