"""Finds the performance of a deal, its milestones, parts, statements and disputes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.performance.models import (
    DealDispute,
    DealDisputeState,
    FormerTerms,
    Inspection,
    Milestone,
    MilestoneEvent,
    MilestoneState,
    PaymentPart,
    Performance,
    RoyaltyStatement,
)
from marketplace.terms.models import AgreedTerms
from marketplace.terms.value import Terms, from_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal

#: Disputes that still hold a deal back.
OPEN_DISPUTES = (DealDisputeState.OPEN, DealDisputeState.PROPOSED)


def find_contract(session: Session, deal_id: UUID) -> Contract | None:
    """Find the contract of a deal."""
    return session.scalar(select(Contract).where(Contract.deal_id == deal_id))


def terms_of_contract(session: Session, contract: Contract) -> Terms | None:
    """Give the agreed terms from which the contract's text was assembled."""
    agreed = session.scalar(
        select(AgreedTerms)
        .where(AgreedTerms.deal_id == contract.deal_id, AgreedTerms.sha256 == contract.terms_sha256)
        .order_by(AgreedTerms.number.desc())
        .limit(1)
    )
    return from_json(agreed.content) if agreed else None


def latest_terms(session: Session, deal_id: UUID) -> Terms | None:
    """Give the terms that both sides agreed on last."""
    agreed = session.scalar(
        select(AgreedTerms)
        .where(AgreedTerms.deal_id == deal_id)
        .order_by(AgreedTerms.number.desc())
        .limit(1)
    )
    return from_json(agreed.content) if agreed else None


def find_performance(session: Session, deal_id: UUID, *, lock: bool = False) -> Performance | None:
    """Find the performance of a deal; a deal has none before its contract is signed."""
    statement = select(Performance).where(Performance.deal_id == deal_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def get_performance(session: Session, deal_id: UUID, *, lock: bool = False) -> Performance:
    """Give the performance of a deal, or raise NotFound."""
    found = find_performance(session, deal_id, lock=lock)
    if found is None:
        raise NotFound
    return found


def list_milestones(session: Session, deal_id: UUID) -> Sequence[Milestone]:
    """Give a deal's milestones in their order, without those that an amendment took out."""
    return session.scalars(
        select(Milestone)
        .where(Milestone.deal_id == deal_id, Milestone.state != MilestoneState.REPLACED)
        .order_by(Milestone.position)
    ).all()


def former_terms(session: Session, performance: Performance) -> list[tuple[date, Terms]]:
    """Give the replaced terms as the rules of royalties read them."""
    rows = list_former_terms(session, performance.id)
    return [(row.until_on, from_json(row.terms)) for row in rows]


def list_former_terms(session: Session, performance_id: UUID) -> Sequence[FormerTerms]:
    """Give the terms that amendments replaced, the oldest first."""
    return session.scalars(
        select(FormerTerms)
        .where(FormerTerms.performance_id == performance_id)
        .order_by(FormerTerms.number)
    ).all()


def get_milestone(
    session: Session, deal: Deal, milestone_id: UUID, *, lock: bool = False
) -> Milestone:
    """Give a milestone of this deal, or raise NotFound."""
    statement = select(Milestone).where(Milestone.id == milestone_id, Milestone.deal_id == deal.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_events(session: Session, milestone_id: UUID) -> Sequence[MilestoneEvent]:
    """Give the steps of a milestone, the oldest first."""
    return session.scalars(
        select(MilestoneEvent)
        .where(MilestoneEvent.milestone_id == milestone_id)
        .order_by(MilestoneEvent.at, MilestoneEvent.id)
    ).all()


def list_parts(session: Session, subject_ids: Sequence[UUID]) -> Sequence[PaymentPart]:
    """Give the parts in which these were asked for, the oldest first."""
    return session.scalars(
        select(PaymentPart)
        .where(PaymentPart.subject_id.in_(subject_ids))
        .order_by(PaymentPart.asked_at, PaymentPart.id)
    ).all()


def list_open_parts(session: Session, deal_id: UUID) -> Sequence[PaymentPart]:
    """Give what was asked for in a deal and is neither paid nor ended."""
    return session.scalars(
        select(PaymentPart)
        .where(
            PaymentPart.deal_id == deal_id,
            PaymentPart.settled_at.is_(None),
            PaymentPart.ended_at.is_(None),
        )
        .order_by(PaymentPart.asked_at, PaymentPart.id)
    ).all()


def list_statements(session: Session, performance_id: UUID) -> Sequence[RoyaltyStatement]:
    """Give the royalty statements of a contract in their order."""
    return session.scalars(
        select(RoyaltyStatement)
        .where(RoyaltyStatement.performance_id == performance_id)
        .order_by(RoyaltyStatement.number)
    ).all()


def get_statement(
    session: Session, deal: Deal, statement_id: UUID, *, lock: bool = False
) -> RoyaltyStatement:
    """Give a royalty statement of this deal, or raise NotFound."""
    statement = select(RoyaltyStatement).where(
        RoyaltyStatement.id == statement_id, RoyaltyStatement.deal_id == deal.id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def list_inspections(session: Session, statement_id: UUID) -> Sequence[Inspection]:
    """Give the inspections asked for because of one statement, the oldest first."""
    return session.scalars(
        select(Inspection)
        .where(Inspection.statement_id == statement_id)
        .order_by(Inspection.asked_on, Inspection.id)
    ).all()


def list_disputes(session: Session, deal_id: UUID) -> Sequence[DealDispute]:
    """Give the disputes of a deal, the latest first."""
    return session.scalars(
        select(DealDispute)
        .where(DealDispute.deal_id == deal_id)
        .order_by(DealDispute.opened_at.desc(), DealDispute.id)
    ).all()


def find_open_dispute(session: Session, deal_id: UUID) -> DealDispute | None:
    """Find the dispute that holds a deal back."""
    return session.scalar(
        select(DealDispute).where(
            DealDispute.deal_id == deal_id, DealDispute.state.in_(OPEN_DISPUTES)
        )
    )
