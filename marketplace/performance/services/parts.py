"""Paying in parts: each part is one payment; what it pays for is told by its purpose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import queries as payment_queries
from marketplace.payments import services as payments
from marketplace.payments.rules import shown
from marketplace.performance.models import PaymentPart
from marketplace.performance.queries import plans
from marketplace.performance.services import books

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payment, Purpose
    from marketplace.performance.services.books import Owing


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What a part is asked for out of, and between whom."""

    purpose: Purpose
    subject_id: UUID
    deal_id: UUID
    payer_id: UUID
    payee_id: UUID
    total_minor: int
    currency: str
    title: str
    title_en: str
    is_demo: bool = False


def settled_minor(parts: Sequence[PaymentPart]) -> int:
    """Give what was paid in all, what was given back taken off."""
    return sum(part.amount_minor - part.refunded_minor for part in parts if part.settled_at)


def open_part(parts: Sequence[PaymentPart]) -> PaymentPart | None:
    """Find the part that was asked for and is neither paid nor ended."""
    return next((one for one in parts if not one.settled_at and not one.ended_at), None)


def ask(
    session: Session, bill: Bill, *, actor: Actor | None, amount_minor: int | None, now: datetime
) -> PaymentPart:
    """Ask for a part of a locked bill, or for all that is left; the caller judged the actor.

    One part at a time: RuleBroken while another is open, or for more than is left.
    """
    parts = plans.list_parts(session, [bill.subject_id])
    left = bill.total_minor - settled_minor(parts)
    amount = left if amount_minor is None else amount_minor
    if open_part(parts) is not None:
        raise RuleBroken(N_("A payment for this is open already. Pay it or cancel it first."))
    if not 0 < amount <= left:
        raise RuleBroken(
            N_("Give an amount above 0 and at most what is left: %(amount)s."),
            field="amount",
            amount=shown(left, bill.currency),
        )
    part = PaymentPart(
        deal_id=bill.deal_id,
        purpose=bill.purpose,
        subject_id=bill.subject_id,
        payer_id=bill.payer_id,
        payee_id=bill.payee_id,
        amount_minor=amount,
        currency=bill.currency,
        asked_at=now,
        asked_by=actor.user_id if actor else None,
    )
    session.add(part)
    session.flush()
    payment = payments.request(
        session,
        actor=actor,
        purpose=bill.purpose,
        purpose_id=part.id,
        payer_id=bill.payer_id,
        payee_id=bill.payee_id,
        amount_minor=amount,
        currency=bill.currency,
        title=bill.title[:200],
        title_en=bill.title_en[:300],
        now=now,
        is_demo=bill.is_demo,
    )
    part.payment_id = payment.id
    session.flush()
    return part


def cancel(
    session: Session, part: PaymentPart, *, actor: Actor | None, reason: str, now: datetime
) -> None:
    """End an open part and its payment; RuleBroken when it was paid meanwhile."""
    if part.payment_id is not None:
        payments.cancel(session, actor=actor, payment_id=part.payment_id, reason=reason, now=now)
    part.ended_at = now
    session.flush()


def get_part(session: Session, part_id: UUID, *, lock: bool = False) -> PaymentPart:
    """Give a part, or raise NotFound; lock it for the callbacks of payments."""
    part = session.get(PaymentPart, part_id, with_for_update=lock, populate_existing=lock)
    if part is None:
        raise NotFound
    return part


def take_in(
    session: Session, part: PaymentPart, owing: Owing, payment: Payment, *, now: datetime
) -> int:
    """Enter that a part was paid; give what its subject has been paid in all (minor units)."""
    part.settled_at, part.ended_at = now, None
    part.payment_id = payment.id
    session.flush()
    books.was_met(session, owing, part.id, part.amount_minor, now=now)
    return settled_minor(plans.list_parts(session, [part.subject_id]))


def lock_payment(session: Session, part: PaymentPart) -> None:
    """Lock the payment of one part."""
    if part.payment_id is not None:
        payment_queries.lock_payment(session, part.payment_id)


def lock_payments(session: Session, subject_id: UUID) -> list[PaymentPart]:
    """Lock the payments of all paid parts, before anything else is locked; give the parts."""
    parts = [part for part in plans.list_parts(session, [subject_id]) if part.settled_at]
    for part in sorted(parts, key=lambda one: one.id):
        lock_payment(session, part)
    return parts


def release(
    session: Session,
    parts: Sequence[PaymentPart],
    owing: Owing,
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Release what was paid to the payee and enter it as income; RuleBroken while disputed."""
    for part in parts:
        if part.net_minor is not None or part.refunded_at is not None or part.payment_id is None:
            continue
        payment = payment_queries.lock_payment(session, part.payment_id)
        net = 0
        if payment.unreleased_minor:
            transfer = payments.release(
                session,
                payment_id=payment.id,
                amount_minor=payment.unreleased_minor,
                actor=actor,
                now=now,
            )
            net = transfer.net_minor
        part.net_minor = net
        books.earned(session, owing, part.id, net, now=now)
    session.flush()


def give_back(
    session: Session,
    parts: Sequence[PaymentPart],
    *,
    actor: Actor | None,
    reason: str,
    now: datetime,
) -> int:
    """Refund what was paid and kept; give how much that is (minor units)."""
    total = 0
    for part in parts:
        if part.refunded_at is not None or part.payment_id is None:
            continue
        payment = payment_queries.lock_payment(session, part.payment_id)
        kept = payment.kept_minor
        if kept:
            payments.refund(
                session,
                actor=actor,
                payment_id=payment.id,
                amount_minor=kept,
                reason=reason[:500],
                now=now,
            )
            total += kept
        part.refunded_at = now
    session.flush()
    return total
