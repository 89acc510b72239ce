"""What payments call when a part was paid or ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.permissions import may_see
from marketplace.deals.queries.deals import load_deal
from marketplace.payments.models import Purpose
from marketplace.performance.models import PaymentPart
from marketplace.performance.services import (
    commissions,
    interests,
    milestones,
    parts,
    royalties,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payment

#: Purposes whose payments performance asks for.
PURPOSES = (Purpose.MILESTONE, Purpose.ROYALTY, Purpose.COMMISSION, Purpose.INTEREST)


def settled(session: Session, payment: Payment, now: datetime) -> None:
    """Follow a payment that came in; RuleBroken sends the money back."""
    try:
        part = parts.get_part(session, payment.purpose_id, lock=True)
    except NotFound:
        raise RuleBroken(N_("Nothing is owed for this any more.")) from None
    if part.purpose is Purpose.COMMISSION:
        commissions.settle(session, part, payment, now)
        return
    deal = load_deal(session, part.deal_id)
    if part.purpose is Purpose.MILESTONE:
        milestones.settle(session, part, payment, deal, now)
    elif part.purpose is Purpose.INTEREST:
        interests.settle(session, part, payment, deal, now)
    else:
        royalties.settle(session, part, payment, deal, now)


def ended(session: Session, payment: Payment, now: datetime) -> None:
    """Note that a part was not paid: another may be asked for."""
    part = session.get(PaymentPart, payment.purpose_id)
    if part is not None and part.settled_at is None:
        part.ended_at = now
        session.flush()


def may_see_payment(session: Session, actor: Actor, payment: Payment) -> bool:
    """Whoever is in the deal sees its payments, but not those of commissions."""
    part = session.get(PaymentPart, payment.purpose_id)
    if part is None or part.purpose is Purpose.COMMISSION:
        return False
    return may_see(actor, load_deal(session, part.deal_id))


def may_pay(session: Session, actor: Actor, payment: Payment) -> bool:  # noqa: ARG001 — a predicate's signature
    """Nobody besides the payer's money people."""
    return False
