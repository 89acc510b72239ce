"""Noting what became of a call, under the lock of what it belongs to."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.core import jobs
from marketplace.core.messages import N_
from marketplace.payments import queries
from marketplace.payments.gateway import protocol
from marketplace.payments.models import (
    CallState,
    Operation,
    PayeeAccount,
    PaymentState,
    Refund,
    RefundState,
    StripeCall,
)
from marketplace.payments.rules import PAYMENT
from marketplace.payments.services import payouts, refunds
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.payments.models import Payment


def _payment_of(session: Session, call_id: UUID) -> Payment | None:
    """Lock the payment of a call before the call itself."""
    payment_id = session.scalar(select(StripeCall.payment_id).where(StripeCall.id == call_id))
    return queries.lock_payment(session, payment_id) if payment_id else None


def _end(session: Session, call_id: UUID, state: CallState, now: datetime) -> StripeCall | None:
    """Note the end of a call once; None when another process has noted it."""
    call = session.get_one(StripeCall, call_id, with_for_update=True, populate_existing=True)
    if call.state in (CallState.DONE, CallState.REFUSED):
        return None
    call.state, call.ended_at = state, now
    return call


def _plain(outcome: Any) -> dict[str, Any]:  # noqa: ANN401 — any of the protocol's values
    return {
        name: value if isinstance(value, (str, int, bool, type(None))) else str(value)
        for name, value in asdict(outcome).items()
    }


def done(session: Session, call_id: UUID, outcome: object, now: datetime) -> None:
    """Note what a call made, and let it take effect once."""
    payment = _payment_of(session, call_id)
    call = _end(session, call_id, CallState.DONE, now)
    if call is None:
        return
    call.response = _plain(outcome)
    if isinstance(outcome, protocol.Session) and payment is not None:
        _session_opened(session, payment, call, outcome, now)
    elif isinstance(outcome, protocol.Refund) and payment is not None:
        hear_refund(session, payment, outcome, now)
    elif isinstance(outcome, protocol.Intent) and payment is not None:
        jobs.ask(session, "payments.sync", payment_id=str(payment.id))
    elif isinstance(outcome, protocol.Transfer) and call.payout_id is not None:
        payout = queries.get_payout(session, call.payout_id, lock=True)
        payouts.hear_sent(session, payout, stripe_id=outcome.id, now=now)
    elif isinstance(outcome, protocol.Account) and call.account_id is not None:
        account = session.get_one(PayeeAccount, call.account_id, with_for_update=True)
        account.stripe_id, account.stripe_ready = outcome.id, outcome.ready


def refused(session: Session, call_id: UUID, error: protocol.Refused, now: datetime) -> None:
    """Note that the provider said no, and tell whom it concerns."""
    payment = _payment_of(session, call_id)
    call = _end(session, call_id, CallState.REFUSED, now)
    if call is None:
        return
    call.error = f"{error.code}: {error}"[:1000]
    if call.operation is Operation.REFUND and payment is not None:
        order = session.get_one(Refund, call.refund_id, populate_existing=True)
        if order.state is RefundState.REQUESTED:
            refunds.fail(session, payment, order, str(error), now)
    elif call.operation is Operation.TRANSFER and call.payout_id is not None:
        payout = queries.get_payout(session, call.payout_id, lock=True)
        payouts.hear_refused(session, payout, reason=str(error), now=now)
    elif payment is not None:
        note(
            session,
            payment,
            N_("The payment provider refused: %(reason)s"),
            now=now,
            reason=str(error),
        )
        jobs.ask(session, "payments.sync", payment_id=str(payment.id))


def _session_opened(
    session: Session, payment: Payment, call: StripeCall, made: protocol.Session, now: datetime
) -> None:
    if call.request["session_no"] != payment.session_no:
        return
    payment.session_id = made.id
    payment.session_url = made.url
    payment.session_expires_at = made.expires_at
    if PAYMENT.allows(payment.state, "open"):
        payment.state = PAYMENT.next(payment.state, "open")
        note(session, payment, N_("Payment page opened"), now=now)
    elif not payment.is_paid and payment.state is not PaymentState.PROCESSING:
        # It ended while the page was being made.
        jobs.ask(session, "payments.close", payment_id=str(payment.id))


def hear_refund(
    session: Session, payment: Payment, told: protocol.Refund, now: datetime
) -> Refund | None:
    """Bring a refund of a locked payment up to what the provider says; forward only."""
    order = _refund_of(session, payment, told, now)
    if order is None:
        return None
    order.stripe_id = order.stripe_id or told.id
    if told.status == "succeeded":
        if order.state in (RefundState.REQUESTED, RefundState.PENDING):
            refunds.succeed(session, payment, order, now)
    elif told.status in ("failed", "canceled"):
        if order.state in (RefundState.REQUESTED, RefundState.PENDING, RefundState.SUCCEEDED):
            # It left the balance there and came back: the books show both.
            refunds.enter(session, payment, order, now)
            refunds.fail(session, payment, order, told.failure or told.status, now)
    else:
        refunds.accept(session, payment, order, now)
    return order


def _refund_of(
    session: Session, payment: Payment, told: protocol.Refund, now: datetime
) -> Refund | None:
    """Find our order of a refund, or take one in that was made at the provider."""
    order = session.scalar(
        select(Refund).where(Refund.stripe_id == told.id).execution_options(populate_existing=True)
    )
    if order is not None:
        return order
    for own in queries.refunds_of(session, payment.id):
        if str(own.id) == told.refund and own.stripe_id is None:
            return own
    if told.status in ("failed", "canceled") or told.amount_minor > payment.kept_minor:
        # More than we hold it for: it shows up in the daily comparison.
        return None
    recalled = max(0, told.amount_minor - payment.unreleased_minor)
    order = Refund(
        payment_id=payment.id,
        amount_minor=told.amount_minor,
        currency=payment.currency,
        reason=N_("Made at the payment provider"),
        requested_at=now,
        recalled_minor=recalled,
    )
    payment.refunded_minor += told.amount_minor
    payment.recalled_minor += recalled
    session.add(order)
    session.flush()
    refunds.tell_purpose(session, payment, now)
    return order
