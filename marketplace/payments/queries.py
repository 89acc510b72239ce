"""Finding payments and what belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.payments import permissions
from marketplace.payments.models import (
    BankSlip,
    Dispute,
    InboxEvent,
    Invoice,
    InvoiceProfile,
    PayeeAccount,
    Payment,
    PaymentEvent,
    PaymentState,
    Payout,
    PayoutState,
    Purpose,
    Reconciliation,
    Refund,
    RefundState,
    SlipState,
    Transfer,
)
from marketplace.payments.models.payment import OPEN

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

_BOTH = (joinedload(Payment.payer), joinedload(Payment.payee))


def get_payment(session: Session, payment_id: UUID, *, actor: Actor) -> Payment:
    """Load a payment with both organizations if the actor may see it, or raise NotFound."""
    payment = session.get(Payment, payment_id, options=_BOTH, populate_existing=True)
    if payment is None or not permissions.may_see(session, actor, payment):
        raise NotFound
    return payment


def lock_payment(session: Session, payment_id: UUID) -> Payment:
    """Lock all attempts of the payment's purpose in their order, and give this one as it is now.

    The first lock of every change; capacity and bookings come after it.
    """
    key = session.execute(
        select(Payment.purpose, Payment.purpose_id).where(Payment.id == payment_id)
    ).one_or_none()
    if key is None:
        raise NotFound
    for attempt in lock_attempts(session, key[0], key[1]):
        if attempt.id == payment_id:
            return attempt
    raise NotFound


def lock_attempts(session: Session, purpose: Purpose, purpose_id: UUID) -> Sequence[Payment]:
    """Lock every attempt to pay one thing, the first one first."""
    return session.scalars(
        select(Payment)
        .where(Payment.purpose == purpose, Payment.purpose_id == purpose_id)
        .order_by(Payment.attempt_no)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def current(session: Session, purpose: Purpose, purpose_id: UUID) -> Payment | None:
    """Give the latest attempt to pay one thing."""
    return session.scalar(
        select(Payment)
        .where(Payment.purpose == purpose, Payment.purpose_id == purpose_id)
        .order_by(Payment.attempt_no.desc())
        .limit(1)
    )


def find_by_intent(session: Session, intent_id: str) -> Payment | None:
    """Find the payment of an intent of the provider."""
    return session.scalar(select(Payment).where(Payment.intent_id == intent_id))


def find_by_charge(session: Session, charge_id: str) -> Payment | None:
    """Find the payment of a charge of the provider."""
    return session.scalar(select(Payment).where(Payment.charge_id == charge_id))


def list_payments(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID | None = None,
    incoming: bool | None = None,
    states: Collection[PaymentState] = (),
    words: str = "",
    number: int = 1,
    size: int = 20,
) -> Page[Payment]:
    """List payments that the actor's organizations pay or receive, the newest first."""
    found = (
        select(Payment)
        .options(*_BOTH)
        .where(permissions.visible_to(actor))
        .order_by(Payment.requested_at.desc(), Payment.id)
    )
    if organization_id is not None:
        sides = {
            None: or_(Payment.payer_id == organization_id, Payment.payee_id == organization_id),
            True: Payment.payee_id == organization_id,
            False: Payment.payer_id == organization_id,
        }
        found = found.where(sides[incoming])
    if states:
        found = found.where(Payment.state.in_(states))
    if words:
        found = found.where(
            Payment.title.icontains(words, autoescape=True)
            | Payment.number.startswith(words.upper(), autoescape=True)
        )
    return page_of(session, found, number=number, size=size)


def timeline(session: Session, payment_id: UUID) -> Sequence[PaymentEvent]:
    """List what happened to a payment, the oldest first."""
    return session.scalars(
        select(PaymentEvent)
        .where(PaymentEvent.payment_id == payment_id)
        .order_by(PaymentEvent.at, PaymentEvent.id)
    ).all()


def refunds_of(session: Session, payment_id: UUID) -> Sequence[Refund]:
    """List a payment's refunds, the oldest first."""
    return session.scalars(
        select(Refund)
        .where(Refund.payment_id == payment_id)
        .order_by(Refund.requested_at, Refund.id)
        .execution_options(populate_existing=True)
    ).all()


def disputes_of(session: Session, payment_id: UUID) -> Sequence[Dispute]:
    """List a payment's disputes, the oldest first."""
    return session.scalars(
        select(Dispute)
        .where(Dispute.payment_id == payment_id)
        .order_by(Dispute.opened_at)
        .execution_options(populate_existing=True)
    ).all()


def slips_of(session: Session, payment_id: UUID) -> Sequence[BankSlip]:
    """List a payment's bank slips, the newest first."""
    return session.scalars(
        select(BankSlip)
        .where(BankSlip.payment_id == payment_id)
        .order_by(BankSlip.recorded_at.desc())
    ).all()


def waiting_slips(session: Session, organization_ids: Collection[UUID]) -> Sequence[Payment]:
    """List payments whose bank slip waits for one of these payees."""
    return session.scalars(
        select(Payment)
        .join(BankSlip, BankSlip.payment_id == Payment.id)
        .where(BankSlip.state == SlipState.WAITING, Payment.payee_id.in_(organization_ids))
        .order_by(BankSlip.recorded_at)
    ).all()


def to_pay(session: Session, organization_ids: Collection[UUID]) -> Sequence[Payment]:
    """List what these organizations have to pay, the most urgent first."""
    return session.scalars(
        select(Payment)
        .where(
            Payment.payer_id.in_(organization_ids),
            Payment.state.in_({PaymentState.CREATED, PaymentState.SESSION_OPEN}),
        )
        .order_by(func.least(Payment.expires_at, Payment.due_at).nulls_last(), Payment.requested_at)
    ).all()


#: Refunds that wait for a person.
STUCK = (RefundState.FAILED, RefundState.BY_HAND)


def stuck_refunds(session: Session, *, number: int = 1) -> Page[Refund]:
    """List refunds that failed or go by bank, the oldest first."""
    found = (
        select(Refund)
        .options(joinedload(Refund.payment).options(*_BOTH))
        .where(Refund.state.in_(STUCK), Refund.settled_by.is_(None))
        .order_by(Refund.requested_at)
    )
    return page_of(session, found, number=number)


def count_stuck_refunds(session: Session) -> int:
    """Count the refunds that wait for a person."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Refund)
            .where(Refund.state.in_(STUCK), Refund.settled_by.is_(None))
        )
        or 0
    )


def overdue(session: Session, now: datetime, *, limit: int = 200) -> Sequence[UUID]:
    """List open payments whose time is over."""
    return session.scalars(
        select(Payment.id)
        .where(Payment.state.in_(OPEN), Payment.expires_at <= now)
        .order_by(Payment.expires_at)
        .limit(limit)
    ).all()


def list_payouts(
    session: Session,
    *,
    states: Collection[PayoutState] = (),
    payee_id: UUID | None = None,
    number: int = 1,
) -> Page[Payout]:
    """List payouts, the newest first."""
    found = select(Payout).options(joinedload(Payout.payee)).order_by(Payout.prepared_at.desc())
    if states:
        found = found.where(Payout.state.in_(states))
    if payee_id is not None:
        found = found.where(Payout.payee_id == payee_id)
    return page_of(session, found, number=number)


def get_payout(session: Session, payout_id: UUID, *, lock: bool = False) -> Payout:
    """Load a payout with its payee (for administrators), or raise NotFound."""
    found = select(Payout).options(joinedload(Payout.payee)).where(Payout.id == payout_id)
    if lock:
        found = found.with_for_update(of=Payout).execution_options(populate_existing=True)
    payout = session.scalar(found)
    if payout is None:
        raise NotFound
    return payout


def transfers_of(session: Session, payout_id: UUID) -> Sequence[Transfer]:
    """List what a payout consists of."""
    return session.scalars(
        select(Transfer).where(Transfer.payout_id == payout_id).order_by(Transfer.made_at)
    ).all()


def due_payees(session: Session) -> Sequence[tuple[UUID, int]]:
    """Give the payees who are owed something, with the sum in minor units, the largest first."""
    due = func.sum(Transfer.due_minor)
    rows = session.execute(
        select(Transfer.payee_id, due)
        .where(Transfer.payout_id.is_(None))
        .group_by(Transfer.payee_id)
        .having(due > 0)
        .order_by(due.desc(), Transfer.payee_id)
    )
    return [(row[0], int(row[1])) for row in rows]


def payee_account(session: Session, organization_id: UUID) -> PayeeAccount | None:
    """Find where an organization is paid."""
    return session.scalar(
        select(PayeeAccount).where(PayeeAccount.organization_id == organization_id)
    )


def invoice_profile(session: Session, organization_id: UUID) -> InvoiceProfile | None:
    """Find an organization's invoice title."""
    return session.scalar(
        select(InvoiceProfile).where(InvoiceProfile.organization_id == organization_id)
    )


def invoice_of(session: Session, payment_id: UUID) -> Invoice | None:
    """Find what was asked to be invoiced for a payment."""
    return session.scalar(select(Invoice).where(Invoice.payment_id == payment_id))


def invoices_for(
    session: Session, payee_id: UUID, *, number: int = 1, size: int = 50
) -> Page[tuple[Invoice, Payment]]:
    """List the invoices that a payee is asked for, with their payments, the newest first."""
    found = (
        select(Invoice, Payment)
        .join(Payment, Payment.id == Invoice.payment_id)
        .options(joinedload(Payment.payer))
        .where(Payment.payee_id == payee_id)
        .order_by(Invoice.asked_at.desc())
    )
    total = session.scalar(select(func.count()).select_from(found.order_by(None).subquery())) or 0
    rows = session.execute(found.limit(size).offset((max(1, number) - 1) * size)).all()
    return Page(items=[(row[0], row[1]) for row in rows], total=total, number=number, size=size)


def list_reconciliations(session: Session, *, number: int = 1) -> Page[Reconciliation]:
    """List the daily comparisons, the newest first."""
    return page_of(
        session, select(Reconciliation).order_by(Reconciliation.run_at.desc()), number=number
    )


def list_inbox(session: Session, *, waiting: bool, number: int = 1) -> Page[InboxEvent]:
    """List the provider's events, those not worked on yet or all, the newest first."""
    found = select(InboxEvent).order_by(InboxEvent.received_at.desc(), InboxEvent.id)
    if waiting:
        found = found.where(InboxEvent.processed_at.is_(None))
    return page_of(session, found, number=number)
