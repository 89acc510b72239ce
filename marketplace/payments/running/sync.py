"""Bringing a payment up to what the provider says: one way for page, inbox and sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import failpoints
from marketplace.core.messages import N_
from marketplace.payments import queries
from marketplace.payments.models import (
    DisputeState,
    Method,
    Operation,
    Payment,
    PaymentState,
    StripeCall,
)
from marketplace.payments.rules import PAYMENT
from marketplace.payments.running import outcomes
from marketplace.payments.running.calls import carry_out, is_unfinished
from marketplace.payments.services import disputes, entries, receiving
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.payments.gateway import protocol
    from marketplace.payments.running.desk import Desk

_METHODS = {method.value: method for method in Method}
#: The provider's words for how a dispute ended; all others leave it open.
_ENDS = {
    "won": DisputeState.WON,
    "warning_closed": DisputeState.WON,
    "prevented": DisputeState.WON,
    "lost": DisputeState.LOST,
}


@dataclass(frozen=True)
class Known:
    """What we hold of a payment before we ask."""

    session_id: str | None
    intent_id: str | None
    opening: UUID | None


@dataclass(frozen=True)
class Snapshot:
    """What the provider says of a payment at one moment."""

    session: protocol.Session | None = None
    intent: protocol.Intent | None = None
    refunds: Sequence[protocol.Refund] = ()
    disputes: Sequence[protocol.Dispute] = ()


def _known(session: Session, payment_id: UUID) -> Known:
    payment = session.get_one(Payment, payment_id)
    opening = session.scalar(
        select(StripeCall.id)
        .where(
            StripeCall.payment_id == payment_id,
            StripeCall.operation == Operation.OPEN_SESSION,
            is_unfinished(),
        )
        .order_by(StripeCall.prepared_at.desc())
        .limit(1)
    )
    return Known(payment.session_id, payment.intent_id, opening)


def fetch(desk: Desk, known: Known) -> Snapshot:
    """Ask the provider for everything about a payment; outside of any transaction."""
    if not (known.session_id or known.intent_id):
        return Snapshot()
    gateway = desk.gateway
    page = gateway.session(known.session_id) if known.session_id else None
    intent_id = (page.intent_id if page else None) or known.intent_id
    intent = gateway.intent(intent_id) if intent_id else None
    if intent is None or intent.status != "succeeded":
        return Snapshot(page, intent)
    return Snapshot(
        page,
        intent,
        gateway.refunds(intent.id),
        gateway.disputes(intent.id) if intent.method == "card" else (),
    )


def sync_payment(desk: Desk, payment_id: UUID) -> None:
    """Fetch a payment's objects and move it forward; any number of times, at once, in any order.

    Raises GatewayError when the provider gives no answer: somebody comes again.
    """
    with desk.step() as session:
        known = _known(session, payment_id)
    if known.opening is not None and known.session_id is None:
        carry_out(desk, known.opening)
        with desk.step() as session:
            known = _known(session, payment_id)
    snapshot = fetch(desk, known)
    failpoints.reach("after_stripe_call")
    with desk.step() as session:
        payment = queries.lock_payment(session, payment_id)
        unwanted = apply(session, payment, snapshot, desk.clock())
    if unwanted is not None:
        desk.gateway.cancel_intent(unwanted)


def apply(session: Session, payment: Payment, told: Snapshot, now: datetime) -> str | None:
    """Move a locked payment forward to what was told; give an intent that must be let go.

    What was told may be older than what we know: every step asks whether it still leads forward.
    """
    payment.synced_at = now
    if told.intent is not None:
        if told.intent.payment != str(payment.id):
            note(session, payment, N_("The provider's payment belongs to something else."), now=now)
            return None
        present = told.session is None or told.session.id == payment.session_id
        if present and not payment.is_paid:
            payment.intent_id = told.intent.id
        _apply_intent(session, payment, told.intent, now)
    if payment.is_paid:
        for refund in told.refunds:
            outcomes.hear_refund(session, payment, refund, now)
        for dispute in told.disputes:
            disputes.hear(session, payment, _claim(dispute), now)
    elif told.session is not None:
        _apply_page(session, payment, told.session, told.intent, now)
    session.flush()
    held = told.intent is not None and told.intent.status == "requires_capture"
    return payment.intent_id if held and not payment.is_open and not payment.is_paid else None


def _apply_intent(
    session: Session, payment: Payment, intent: protocol.Intent, now: datetime
) -> None:
    method = _METHODS.get(intent.method or "", Method.CARD)
    if intent.status == "succeeded":
        payment.charge_id = payment.charge_id or intent.charge_id
        if PAYMENT.allows(payment.state, "capture"):
            amount = min(intent.received_minor, payment.amount_minor)
            receiving.receive(session, payment, method=method, amount_minor=amount, now=now)
        if payment.fee_minor is None and intent.fee_minor is not None:
            payment.fee_minor = intent.fee_minor
            entries.fee(session, payment, intent.fee_minor, now)
    elif intent.status == "requires_capture":
        if PAYMENT.allows(payment.state, "authorize"):
            receiving.authorize(
                session, payment, method=method, capture_before=intent.capture_before, now=now
            )
    elif intent.status == "processing":
        if PAYMENT.allows(payment.state, "process"):
            receiving.process(session, payment, now)
    elif intent.status == "canceled" and payment.state is PaymentState.AUTHORIZED:
        receiving.fail(session, payment, N_("The reservation of the amount has run out."), now)


def _apply_page(
    session: Session,
    payment: Payment,
    page: protocol.Session,
    intent: protocol.Intent | None,
    now: datetime,
) -> None:
    if page.id != payment.session_id or not payment.is_open:
        return
    if page.status == "expired" and payment.state is PaymentState.SESSION_OPEN:
        payment.state = PAYMENT.next(payment.state, "close_session")
        payment.session_id = payment.session_url = payment.session_expires_at = None
        payment.intent_id = None
        note(session, payment, N_("Payment page closed"), now=now)
        return
    failed = intent is not None and intent.status in ("requires_payment_method", "canceled")
    if page.status == "complete" and failed:
        reason = (intent.failure if intent else "") or N_("The payment did not go through.")
        receiving.fail(session, payment, reason, now)


def _claim(told: protocol.Dispute) -> disputes.Claim:
    return disputes.Claim(
        stripe_id=told.id,
        amount_minor=told.amount_minor,
        fee_minor=told.fee_minor,
        currency=told.currency,
        reason=told.reason,
        state=_ENDS.get(told.status, DisputeState.OPEN),
        opened_at=told.made_at,
        answer_by=told.answer_by,
    )
