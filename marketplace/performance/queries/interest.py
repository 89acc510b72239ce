"""What was late in a deal, for how long, and which interest may still be claimed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound
from marketplace.deals.exits import day_of
from marketplace.payments.models import BankSlip, Refund, RefundState, SlipState
from marketplace.performance import settings
from marketplace.performance.models import (
    InterestClaim,
    InterestState,
    Milestone,
    MilestoneState,
    RoyaltyStatement,
    StatementState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import interest as rules
from marketplace.performance.rules.interest import Movement, Stretch
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal
    from marketplace.performance.models import PaymentPart, Performance

#: States of what was never owed, or is owed no more.
_NOT_OWED = (
    MilestoneState.PLANNED,
    MilestoneState.REFUNDED,
    MilestoneState.CANCELLED,
    MilestoneState.REPLACED,
)
_CONFIRMED = (StatementState.CONFIRMED, StatementState.SETTLED)


@dataclass(frozen=True, kw_only=True)
class Lateness:
    """How late one milestone or statement was; amounts in minor units.

    ``due_on`` is the later of the agreed day and the day from which it could be paid.
    """

    kind: str
    subject: Milestone | RoyaltyStatement
    due_on: date
    until: date
    rate_bp: int
    stretches: tuple[Stretch, ...]
    claimed_minor: int

    @property
    def days(self) -> int:
        """Days on which anything was late."""
        return rules.days(self.stretches)

    @property
    def accrued_minor(self) -> int:
        """Interest in all until the day of the look."""
        return rules.cost(self.stretches, rate_bp=self.rate_bp)

    @property
    def left_minor(self) -> int:
        """Interest that was neither claimed nor given up yet."""
        return max(0, self.accrued_minor - self.claimed_minor)


def rate_of(session: Session, performance: Performance) -> int:
    """Give the contract's rate a year in basis points, or the setting where it names none."""
    agreed = from_json(performance.terms).late_interest_bp
    return figures_of.number(session, settings.INTEREST_BP) if agreed is None else agreed


def list_lateness(session: Session, deal: Deal, *, today: date) -> list[Lateness]:
    """Give everything of a deal that was or is paid late, milestones first."""
    performance = plans.find_performance(session, deal.id)
    if performance is None:
        return []
    subjects: list[tuple[str, Milestone | RoyaltyStatement, date]] = []
    for milestone in plans.list_milestones(session, deal.id):
        if milestone.state in _NOT_OWED or not (milestone.due_on and milestone.payable_at):
            continue
        subjects.append(
            (figures.MILESTONE, milestone, max(milestone.due_on, day_of(milestone.payable_at)))
        )
    subjects.extend(
        (figures.STATEMENT, one, max(one.pay_due_on, day_of(one.confirmed_at)))
        for one in plans.list_statements(session, performance.id)
        if one.state in _CONFIRMED and one.pay_due_on and one.confirmed_at
    )
    late = [row for row in subjects if row[2] < today]
    return _measured(session, performance, late, today) if late else []


def _measured(
    session: Session,
    performance: Performance,
    late: Sequence[tuple[str, Milestone | RoyaltyStatement, date]],
    today: date,
) -> list[Lateness]:
    ids = [subject.id for _, subject, _ in late]
    moves = _movements(session, ids)
    claimed: dict[UUID, int] = defaultdict(int)
    for claim in list_claims(session, performance.deal_id):
        claimed[claim.subject_id] += claim.amount_minor
    rate = rate_of(session, performance)
    owed = {
        kind: figures.standings(session, kind, [one.id for own, one, _ in late if own == kind])
        for kind in (figures.MILESTONE, figures.STATEMENT)
    }
    found = []
    for kind, subject, due_on in late:
        rows = rules.stretches(
            due_on, owed[kind][subject.id].owed_minor, moves.get(subject.id, ()), until=today
        )
        if rows:
            found.append(
                Lateness(
                    kind=kind,
                    subject=subject,
                    due_on=due_on,
                    until=today,
                    rate_bp=rate,
                    stretches=tuple(rows),
                    claimed_minor=claimed[subject.id],
                )
            )
    return found


def _movements(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[Movement]]:
    """Give when each thing was paid (a transfer on its own day) and when money went back."""
    parts = [part for part in plans.list_parts(session, ids) if part.settled_at]
    by_payment = {part.payment_id: part for part in parts if part.payment_id}
    sent = _transfer_days(session, list(by_payment))
    found: dict[UUID, list[Movement]] = defaultdict(list)
    for part in parts:
        if part.settled_at is not None:
            on = sent.get(part.payment_id) or day_of(part.settled_at)  # type: ignore[arg-type]  # None is in no mapping
            found[part.subject_id].append(Movement(on, -part.amount_minor))
    for part, movement in _given_back(session, by_payment):
        found[part.subject_id].append(movement)
    return found


def _transfer_days(session: Session, payment_ids: Collection[UUID]) -> Mapping[UUID, date]:
    rows = session.execute(
        select(BankSlip.payment_id, BankSlip.paid_on).where(
            BankSlip.payment_id.in_(payment_ids), BankSlip.state == SlipState.CONFIRMED
        )
    ).all()
    return {row.payment_id: row.paid_on for row in rows}


def _given_back(
    session: Session, parts: Mapping[UUID, PaymentPart]
) -> list[tuple[PaymentPart, Movement]]:
    """Give the refunds that reopened something, on their days; what has no order, today's last."""
    rows = session.scalars(
        select(Refund)
        .where(Refund.payment_id.in_(list(parts)), Refund.state != RefundState.FAILED)
        .order_by(Refund.requested_at, Refund.id)
    ).all()
    left = {payment_id: part.refunded_minor for payment_id, part in parts.items()}
    found = []
    for row in rows:
        amount = min(row.amount_minor, left[row.payment_id])
        left[row.payment_id] -= amount
        found.append((parts[row.payment_id], Movement(day_of(row.requested_at), amount)))
    return found


def list_claims(session: Session, deal_id: UUID) -> Sequence[InterestClaim]:
    """Give the claims of interest of a deal, the oldest first."""
    return session.scalars(
        select(InterestClaim)
        .where(InterestClaim.deal_id == deal_id)
        .order_by(InterestClaim.claimed_at, InterestClaim.id)
    ).all()


def list_open_claims(session: Session, deal_id: UUID) -> list[InterestClaim]:
    """Give the claims that are neither paid nor waived."""
    return [one for one in list_claims(session, deal_id) if one.state is InterestState.CLAIMED]


def get_claim(session: Session, deal: Deal, claim_id: UUID, *, lock: bool = False) -> InterestClaim:
    """Give a claim of this deal, or raise NotFound."""
    statement = select(InterestClaim).where(
        InterestClaim.id == claim_id, InterestClaim.deal_id == deal.id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found
