"""A payment's money comes, is reserved, or does not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import failpoints, jobs
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import queries
from marketplace.payments.models import Operation, Payment, PaymentState
from marketplace.payments.purposes import rules_of
from marketplace.payments.rules import PAYMENT, shown
from marketplace.payments.services import entries, refunds
from marketplace.payments.services.calls import prepare
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Method


def receive(
    session: Session,
    payment: Payment,
    *,
    method: Method,
    amount_minor: int,
    now: datetime,
    actor: Actor | None = None,
) -> None:
    """Take in the money of a locked payment, once; its purpose decides what follows.

    Money that comes late (the payment had ended) or twice goes the same way: when the purpose
    can't honour it any more, all of it is refunded by itself.
    """
    failpoints.reach("after_lock")
    late = not payment.is_open
    payment.state = PAYMENT.next(payment.state, "capture")
    payment.method = method
    payment.captured_minor = amount_minor
    payment.captured_at = now
    payment.ended_at = None
    entries.captured(session, payment, now)
    message = N_("Paid late, after the payment had ended") if late else N_("Paid")
    note(
        session,
        payment,
        message,
        now=now,
        actor=actor,
        amount=shown(amount_minor, payment.currency),
    )
    session.flush()
    jobs.tell(session, "payment.captured", payment_id=str(payment.id))
    try:
        with session.begin_nested():
            _require_first(session, payment)
            rules_of(payment.purpose).settled(session, payment, now)
            session.flush()
    except RuleBroken as error:
        session.refresh(payment)
        _give_back(session, payment, error, now)
        return
    _cancel_others(session, payment, now)


def _require_first(session: Session, payment: Payment) -> None:
    """Refuse money for what another attempt has paid."""
    paid = (
        select(Payment.id)
        .where(
            Payment.purpose == payment.purpose,
            Payment.purpose_id == payment.purpose_id,
            Payment.id != payment.id,
            Payment.captured_at.is_not(None),
            Payment.state.not_in({PaymentState.REFUNDED, PaymentState.LOST}),
            Payment.refunded_minor < Payment.captured_minor,
        )
        .limit(1)
    )
    if session.scalar(paid) is not None:
        raise RuleBroken(N_("This had been paid already."))


def _give_back(session: Session, payment: Payment, error: RuleBroken, now: datetime) -> None:
    payment.note = error.message[:500]
    note(
        session,
        payment,
        N_("It can't be honored any more: %(reason)s"),
        now=now,
        reason=error.message % error.values,
    )
    if payment.captured_minor:
        refunds.refund(
            session,
            actor=None,
            payment_id=payment.id,
            amount_minor=payment.captured_minor,
            reason=error.message % error.values,
            now=now,
        )
    jobs.tell(session, "payment.not_honored", payment_id=str(payment.id))


def _cancel_others(session: Session, payment: Payment, now: datetime) -> None:
    """End another open attempt: the late one has paid for the thing."""
    for other in queries.lock_attempts(session, payment.purpose, payment.purpose_id):
        if other.is_open:
            _end(session, other, "cancel", N_("Another attempt has paid for this."), now)


def authorize(
    session: Session,
    payment: Payment,
    *,
    method: Method,
    capture_before: datetime | None,
    now: datetime,
) -> None:
    """Note that the sum is reserved on the card; the purpose decides when it is captured."""
    payment.state = PAYMENT.next(payment.state, "authorize")
    payment.method = method
    payment.authorized_at = now
    payment.capture_before = capture_before
    note(session, payment, N_("The amount is reserved on the card."), now=now)
    session.flush()
    rules_of(payment.purpose).authorized(session, payment, now)


def process(session: Session, payment: Payment, now: datetime) -> None:
    """Note that the money is on its way."""
    payment.state = PAYMENT.next(payment.state, "process")
    note(session, payment, N_("The payment is on its way."), now=now)


def capture(session: Session, *, actor: Actor | None, payment_id: UUID, now: datetime) -> Payment:
    """Order the capture of a reserved sum; RuleBroken when nothing is reserved."""
    payment = queries.lock_payment(session, payment_id)
    if payment.state is not PaymentState.AUTHORIZED or payment.intent_id is None:
        raise RuleBroken(N_("No amount is reserved for this payment."))
    if payment.capture_before is not None and payment.capture_before <= now:
        raise RuleBroken(N_("The reservation of the amount has run out."))
    prepare(
        session,
        operation=Operation.CAPTURE,
        key=f"{payment.id}:{payment.session_no}:capture",
        request={"intent": payment.intent_id, "amount": payment.amount_minor},
        now=now,
        payment_id=payment.id,
    )
    note(session, payment, N_("Capture of the amount ordered"), now=now, actor=actor)
    return payment


def cancel(
    session: Session, *, actor: Actor | None, payment_id: UUID, reason: str, now: datetime
) -> Payment:
    """End an open payment that is no longer wanted; the caller has judged that the actor may.

    The provider's page is closed by a job. Money that comes nevertheless comes late. ``ended`` is
    not called: the caller knows. A payment that has ended already is left as it is; one that is
    paid raises RuleBroken (refund it).
    """
    payment = queries.lock_payment(session, payment_id)
    if payment.is_paid:
        raise RuleBroken(N_("This is paid already."))
    if payment.is_open:
        _end(session, payment, "cancel", reason, now, actor=actor)
    return payment


def expire(session: Session, payment: Payment, now: datetime) -> None:
    """End a locked payment whose time is over and whose page is closed; tell its purpose."""
    _end(session, payment, "expire", N_("It was not paid in time."), now)
    rules_of(payment.purpose).ended(session, payment, now)


def fail(session: Session, payment: Payment, reason: str, now: datetime) -> None:
    """End a locked payment that the provider declined for good; tell its purpose."""
    _end(session, payment, "fail", reason, now)
    rules_of(payment.purpose).ended(session, payment, now)


def _end(  # noqa: PLR0917 — read as a sentence
    session: Session,
    payment: Payment,
    event: str,
    reason: str,
    now: datetime,
    actor: Actor | None = None,
) -> None:
    payment.state = PAYMENT.next(payment.state, event)
    payment.ended_at = now
    payment.note = reason[:500]
    note(
        session,
        payment,
        N_("Ended without payment: %(reason)s"),
        now=now,
        actor=actor,
        reason=reason,
    )
    if event == "cancel" and payment.session_no:
        jobs.ask(session, "payments.close", payment_id=str(payment.id))
    session.flush()
    jobs.tell(session, "payment.ended", payment_id=str(payment.id))
