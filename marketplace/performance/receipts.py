"""Tells contracts which confirmed payments the supplier of a deal received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.contracts.receipts import Receipt
from marketplace.deals.exits import day_of
from marketplace.payments.models import BankSlip, Payment, Purpose, SlipState
from marketplace.performance.models import PaymentPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def of_deal(session: Session, deal_id: UUID) -> Sequence[Receipt]:
    """Give what was paid of a deal's milestones and royalties and not given back."""
    rows = session.execute(
        select(PaymentPart, Payment)
        .join(Payment, Payment.id == PaymentPart.payment_id)
        .where(
            PaymentPart.deal_id == deal_id,
            PaymentPart.purpose.in_((Purpose.MILESTONE, Purpose.ROYALTY)),
            PaymentPart.settled_at.is_not(None),
        )
        .order_by(PaymentPart.settled_at, PaymentPart.id)
    ).all()
    slips = {
        slip.payment_id: slip
        for slip in session.scalars(
            select(BankSlip).where(
                BankSlip.payment_id.in_([payment.id for _, payment in rows]),
                BankSlip.state == SlipState.CONFIRMED,
            )
        )
    }
    found = []
    for part, payment in rows:
        slip = slips.get(payment.id)
        if part.settled_at is None or payment.kept_minor <= 0:
            continue
        attached = (slip.attachment_id,) if slip and slip.attachment_id else ()
        found.append(
            Receipt(
                amount_minor=payment.kept_minor,
                on=slip.paid_on if slip else day_of(part.settled_at),
                reference=slip.bank_reference if slip else payment.number,
                currency=payment.currency,
                title=payment.title,
                attachment_ids=attached,
            )
        )
    return found
