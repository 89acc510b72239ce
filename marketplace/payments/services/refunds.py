"""Giving money back, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import permissions, purposes, queries
from marketplace.payments.models import Method, Operation, Payment, Refund, RefundState, Transfer
from marketplace.payments.rules import (
    PAID,
    PAYMENT,
    REFUND,
    recalled_parts,
    refund_step,
    require_refundable,
    shown,
)
from marketplace.payments.services import entries
from marketplace.payments.services.calls import prepare
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.rules import Parts


def refund(
    session: Session,
    *,
    actor: Actor | None,
    payment_id: UUID,
    amount_minor: int,
    reason: str,
    now: datetime,
    by_bank: bool = False,
) -> Refund:
    """Order a refund; the caller has judged that the actor may (None: by the platform itself).

    Under the payment's lock: what was given back and is on its way never exceeds what came. The
    provider is asked by a job after the commit; a bank transfer goes back by hand, and so does
    anything else with ``by_bank`` (from the platform's bank account).
    """
    payment = queries.lock_payment(session, payment_id)
    require_refundable(payment, amount_minor)
    recalled = max(0, amount_minor - payment.unreleased_minor)
    by_hand = by_bank or payment.method is Method.BANK
    order = Refund(
        payment_id=payment.id,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason[:500],
        state=RefundState.BY_HAND if by_hand else RefundState.REQUESTED,
        requested_by=actor.user_id if actor else None,
        requested_at=now,
        recalled_minor=recalled,
    )
    payment.refunded_minor += amount_minor
    payment.recalled_minor += recalled
    session.add(order)
    session.flush()
    if not by_hand:
        _send(session, payment, order, now)
    note(
        session,
        payment,
        N_("Refund of %(amount)s ordered: %(reason)s"),
        now=now,
        actor=actor,
        amount=shown(amount_minor, payment.currency),
        reason=reason,
    )
    audit.record(
        session,
        actor=actor,
        action="refund.ordered",
        kind="payment",
        object_id=payment.id,
        now=now,
        refund=order.id,
        amount_minor=amount_minor,
        reason=reason,
    )
    jobs.tell(session, "refund.ordered", refund_id=str(order.id))
    tell_purpose(session, payment, now)
    return order


def tell_purpose(session: Session, payment: Payment, now: datetime) -> None:
    """Let what was paid for follow: the sum that is given back has changed."""
    purposes.rules_of(payment.purpose).refunded(session, payment, now)


def refund_by_hand(
    session: Session,
    *,
    actor: Actor,
    payment_id: UUID,
    amount_minor: int,
    seen_minor: str,
    reason: str,
    now: datetime,
) -> Refund:
    """Order a refund from the payment's page, for the payee's money people.

    ``seen_minor`` is what had gone back when the page was shown: a form that is sent twice, or by
    two people at once, gives money back once.
    """
    payment = queries.get_payment(session, payment_id, actor=actor)
    require(permissions.may_refund(actor, payment))
    payment = queries.lock_payment(session, payment_id)
    if seen_minor != str(payment.refunded_minor):
        raise RuleBroken(
            N_(
                "Meanwhile %(amount)s in all goes back to the payer. If another refund is meant, "
                "check the amount and send it again."
            ),
            amount=shown(payment.refunded_minor, payment.currency),
        )
    return refund(
        session,
        actor=actor,
        payment_id=payment_id,
        amount_minor=amount_minor,
        reason=reason,
        now=now,
    )


def _send(session: Session, payment: Payment, order: Refund, now: datetime) -> None:
    """Write the provider's call down; an order after a failure is a row and key of its own."""
    prepare(
        session,
        operation=Operation.REFUND,
        key=f"{payment.id}:{order.id}:refund",
        request={
            "intent": payment.intent_id,
            "amount": order.amount_minor,
            "payment": str(payment.id),
            "refund": str(order.id),
        },
        now=now,
        payment_id=payment.id,
        refund_id=order.id,
    )


def _parts(session: Session, payment: Payment, order: Refund) -> Parts:
    """Share what this refund takes back from the payee, after what earlier ones took."""
    before = session.scalar(
        select(func.coalesce(func.sum(Refund.recalled_minor), 0)).where(
            Refund.payment_id == payment.id,
            Refund.id != order.id,
            Refund.entered.is_(True),
            Refund.state != RefundState.FAILED,
        )
    )
    return recalled_parts(
        int(before or 0),
        order.recalled_minor,
        commission_bp=payment.commission_bp,
        tax_bp=payment.tax_bp,
    )


def enter(session: Session, payment: Payment, order: Refund, now: datetime) -> None:
    """Enter an accepted refund in the books, and in what the payee is due."""
    if order.entered:
        return
    parts = _parts(session, payment, order)
    entries.refunded(session, payment, order, parts, now)
    order.entered = True
    if order.recalled_minor:
        session.add(recall(payment, parts, entries.refund_reference(order), now))
    session.flush()


def recall(payment: Payment, parts: Parts, reference: str, now: datetime) -> Transfer:
    """Give the negative transfer of what is taken back after release."""
    platform = parts.commission_minor + parts.tax_minor
    return Transfer(
        payment_id=payment.id,
        payee_id=payment.payee_id,
        reference=reference,
        gross_minor=-(parts.net_minor + platform),
        commission_minor=-parts.commission_minor,
        tax_minor=-parts.tax_minor,
        net_minor=-parts.net_minor,
        # A payee who had the money by bank gives it back by bank; only the commission returns.
        due_minor=platform if payment.method is Method.BANK else -parts.net_minor,
        on_payable=False,
        made_at=now,
        currency=payment.currency,
    )


def accept(session: Session, payment: Payment, order: Refund, now: datetime) -> None:
    """Note that the provider sends the money back."""
    enter(session, payment, order, now)
    if REFUND.allows(order.state, "accept"):
        order.state = REFUND.next(order.state, "accept")


def succeed(session: Session, payment: Payment, order: Refund, now: datetime) -> None:
    """Note that the payer has the money back."""
    enter(session, payment, order, now)
    order.state = REFUND.next(order.state, "succeed")
    order.ended_at = now
    session.flush()
    restate(session, payment)
    note(
        session,
        payment,
        N_("Refund of %(amount)s received"),
        now=now,
        amount=shown(order.amount_minor, payment.currency),
    )
    jobs.tell(session, "refund.succeeded", refund_id=str(order.id))


def fail(session: Session, payment: Payment, order: Refund, failure: str, now: datetime) -> None:
    """Take back a refund that did not arrive; a person must see to it."""
    order.state = REFUND.next(order.state, "fail")
    order.failure = failure[:500] or "?"
    order.ended_at = now
    payment.refunded_minor -= order.amount_minor
    payment.recalled_minor -= order.recalled_minor
    if order.entered:
        entries.refund_failed(session, order, now)
        _restore(session, order, now)
    session.flush()
    restate(session, payment)
    note(
        session,
        payment,
        N_("Refund of %(amount)s failed: %(reason)s"),
        now=now,
        amount=shown(order.amount_minor, payment.currency),
        reason=order.failure,
    )
    jobs.tell(session, "refund.failed", refund_id=str(order.id))
    tell_purpose(session, payment, now)


def _restore(session: Session, order: Refund, now: datetime) -> None:
    taken = session.scalar(
        select(Transfer).where(Transfer.reference == entries.refund_reference(order))
    )
    if taken is not None:
        session.add(
            Transfer(
                payment_id=taken.payment_id,
                payee_id=taken.payee_id,
                reference=f"restore:{taken.reference}",
                gross_minor=-taken.gross_minor,
                commission_minor=-taken.commission_minor,
                tax_minor=-taken.tax_minor,
                net_minor=-taken.net_minor,
                due_minor=-taken.due_minor,
                on_payable=False,
                made_at=now,
                currency=taken.currency,
            )
        )


def restate(session: Session, payment: Payment) -> None:
    """Let the payment's state follow the refunds that arrived; a dispute keeps its own."""
    if payment.state not in PAID:
        return
    arrived = session.scalar(
        select(func.coalesce(func.sum(Refund.amount_minor), 0)).where(
            Refund.payment_id == payment.id, Refund.state == RefundState.SUCCEEDED
        )
    )
    payment.state = PAYMENT.next(payment.state, refund_step(payment, int(arrived or 0)))
    session.flush()


def _lock_refund(session: Session, refund_id: UUID) -> tuple[Payment, Refund]:
    payment_id = session.scalar(select(Refund.payment_id).where(Refund.id == refund_id))
    if payment_id is None:
        raise NotFound
    payment = queries.lock_payment(session, payment_id)
    return payment, session.get_one(Refund, refund_id, populate_existing=True)


def retry(
    session: Session, *, actor: Actor, refund_id: UUID, now: datetime, by_bank: bool = False
) -> Refund:
    """Order a failed refund anew, or by bank transfer; the failed one is seen to.

    For administrators.
    """
    require(actor.is_administrator)
    payment, failed = _lock_refund(session, refund_id)
    if failed.state is not RefundState.FAILED or failed.settled_by is not None:
        raise RuleBroken(N_("This refund doesn't wait for anybody."))
    failed.settled_by = actor.user_id
    session.flush()
    return refund(
        session,
        actor=actor,
        payment_id=payment.id,
        amount_minor=failed.amount_minor,
        reason=failed.reason,
        now=now,
        by_bank=by_bank,
    )


def settle_by_bank(
    session: Session, *, actor: Actor, refund_id: UUID, bank_reference: str, now: datetime
) -> Refund:
    """Note that the money went back by bank transfer.

    For administrators; for a payment that went straight to the payee's bank, the payee's money
    people as well.
    """
    payment, order = _lock_refund(session, refund_id)
    require(actor.is_administrator or permissions.handles_money(actor, payment.payee_id))
    if order.state is not RefundState.BY_HAND or order.settled_by is not None:
        raise RuleBroken(N_("This refund doesn't wait for anybody."))
    order.bank_reference = bank_reference[:100]
    order.settled_by = actor.user_id
    succeed(session, payment, order, now)
    audit.record(
        session,
        actor=actor,
        action="refund.settled_by_bank",
        kind="payment",
        object_id=payment.id,
        now=now,
        refund=order.id,
        bank_reference=bank_reference,
    )
    return order
