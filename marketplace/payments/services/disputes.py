"""Disputes of card payments: opened, won, lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core import jobs
from marketplace.core.messages import N_
from marketplace.payments.models import Dispute, DisputeState, PaymentState, Refund, RefundState
from marketplace.payments.rules import DISPUTE, PAID, PAYMENT, recalled_parts, shown
from marketplace.payments.services import entries, refunds
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.payments.models import Payment


@dataclass(frozen=True)
class Claim:
    """A dispute as the provider tells it; amounts in minor units."""

    stripe_id: str
    amount_minor: int
    fee_minor: int
    currency: str
    reason: str
    state: DisputeState
    opened_at: datetime
    answer_by: datetime | None


def hear(session: Session, payment: Payment, claim: Claim, now: datetime) -> Dispute:
    """Bring a dispute of a locked payment up to what the provider says; forward only."""
    dispute = session.scalar(select(Dispute).where(Dispute.stripe_id == claim.stripe_id))
    if dispute is None:
        dispute = _open(session, payment, claim, now)
    if dispute.state is DisputeState.OPEN:
        if claim.state is DisputeState.WON:
            _win(session, payment, dispute, now)
        elif claim.state is DisputeState.LOST:
            _lose(session, payment, dispute, now)
    return dispute


def _open(session: Session, payment: Payment, claim: Claim, now: datetime) -> Dispute:
    dispute = Dispute(
        payment_id=payment.id,
        stripe_id=claim.stripe_id,
        amount_minor=claim.amount_minor,
        currency=claim.currency,
        fee_minor=claim.fee_minor,
        reason=claim.reason[:100],
        answer_by=claim.answer_by,
        opened_at=claim.opened_at,
    )
    session.add(dispute)
    session.flush()
    entries.disputed(session, payment, dispute, now)
    if payment.state in PAID:
        payment.state = PAYMENT.next(payment.state, "dispute")
    note(
        session,
        payment,
        N_("The card holder disputes %(amount)s: %(reason)s"),
        now=now,
        amount=shown(claim.amount_minor, claim.currency),
        reason=claim.reason,
    )
    jobs.tell(session, "payment.disputed", payment_id=str(payment.id))
    return dispute


def _win(session: Session, payment: Payment, dispute: Dispute, now: datetime) -> None:
    dispute.state = DISPUTE.next(dispute.state, "win")
    dispute.ended_at = now
    entries.dispute_won(session, payment, dispute, now)
    session.flush()
    if payment.state is PaymentState.DISPUTED:
        payment.state = PAYMENT.next(payment.state, "refund_none")
        refunds.restate(session, payment)
    note(session, payment, N_("The dispute is won."), now=now)
    jobs.tell(session, "payment.dispute_ended", payment_id=str(payment.id))


def _lose(session: Session, payment: Payment, dispute: Dispute, now: datetime) -> None:
    dispute.state = DISPUTE.next(dispute.state, "lose")
    dispute.ended_at = now
    gone = min(dispute.amount_minor, payment.kept_minor)
    prepaid = min(gone, payment.unreleased_minor)
    before = session.scalar(
        select(func.coalesce(func.sum(Refund.recalled_minor), 0)).where(
            Refund.payment_id == payment.id,
            Refund.entered.is_(True),
            Refund.state != RefundState.FAILED,
        )
    )
    parts = recalled_parts(
        int(before or 0),
        gone - prepaid,
        commission_bp=payment.commission_bp,
        tax_bp=payment.tax_bp,
    )
    entries.dispute_lost(session, payment, dispute, parts, prepaid, now)
    payment.refunded_minor += gone
    payment.recalled_minor += gone - prepaid
    if gone > prepaid:
        session.add(refunds.recall(payment, parts, f"dispute_lost:{dispute.stripe_id}", now))
    if payment.state is PaymentState.DISPUTED:
        payment.state = PAYMENT.next(payment.state, "lose")
    session.flush()
    note(session, payment, N_("The dispute is lost; the amount went back."), now=now)
    jobs.tell(session, "payment.dispute_ended", payment_id=str(payment.id))
    refunds.tell_purpose(session, payment, now)
