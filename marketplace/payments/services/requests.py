"""Asking an organization to pay another."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures
from marketplace.core import audit, jobs
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import queries
from marketplace.payments.models import Method, Payment, PaymentState
from marketplace.payments.rules import COMMISSION, COMMISSION_TAX, shown
from marketplace.payments.services.receiving import receive
from marketplace.payments.services.timeline import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Purpose

#: Signs that nobody mistakes for one another when reading a number out.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
#: Far above any contract, far below what the books take (minor units): 100 billion CNY.
MOST_MINOR = 10**13


#: Of 31 signs nine: with 10,000 numbers a day, two are alike once in some 500,000 days.
_LENGTH = 9


def fresh_number(letter: str, now: datetime) -> str:
    """Give a number that people can read out: P261125-7KQ4MZ8RT."""
    return f"{letter}{now:%y%m%d}-" + "".join(secrets.choice(_SIGNS) for _ in range(_LENGTH))


def request(
    session: Session,
    *,
    actor: Actor | None,
    purpose: Purpose,
    purpose_id: UUID,
    payer_id: UUID,
    payee_id: UUID,
    amount_minor: int,
    title: str,
    now: datetime,
    currency: str = "CNY",
    title_en: str = "",
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    hold: bool = False,
    is_demo: bool = False,
) -> Payment:
    """Ask for a payment; the caller has judged that the actor may.

    An open request for the same thing and sum is given back; another sum, or a thing that is paid
    already, raises RuleBroken. After a failed, expired or cancelled attempt this is the next one.
    A sum of 0 is settled at once. ``hold`` reserves the sum on a card until ``capture``.
    """
    if not 0 <= amount_minor <= MOST_MINOR:
        raise RuleBroken(N_("The amount must be between 0 and 100 billion."), field="amount")
    attempts = queries.lock_attempts(session, purpose, purpose_id)
    for attempt in attempts:
        if attempt.is_open:
            if (attempt.amount_minor, attempt.currency) == (amount_minor, currency):
                return attempt
            raise RuleBroken(
                N_("A payment of %(amount)s is open for this. Cancel it first."),
                amount=shown(attempt.amount_minor, attempt.currency),
            )
        if attempt.is_paid and attempt.state not in (PaymentState.REFUNDED, PaymentState.LOST):
            raise RuleBroken(N_("This is paid already."))
    rates = figures.numbers(session, (COMMISSION[purpose], COMMISSION_TAX))
    payment = Payment(
        purpose=purpose,
        purpose_id=purpose_id,
        attempt_no=len(attempts) + 1,
        number=fresh_number("P", now),
        payer_id=payer_id,
        payee_id=payee_id,
        amount_minor=amount_minor,
        currency=currency,
        title=title,
        title_en=title_en,
        commission_bp=rates[COMMISSION[purpose]],
        tax_bp=rates[COMMISSION_TAX],
        hold=hold,
        requested_by=actor.user_id if actor else None,
        requested_at=now,
        due_at=due_at,
        expires_at=expires_at,
        is_demo=is_demo,
    )
    session.add(payment)
    session.flush()
    note(session, payment, N_("Payment asked for"), now=now, actor=actor)
    audit.record(
        session,
        actor=actor,
        action="payment.requested",
        kind="payment",
        object_id=payment.id,
        now=now,
        purpose=purpose,
        amount_minor=amount_minor,
        currency=currency,
    )
    if amount_minor == 0:
        receive(session, payment, method=Method.FREE, amount_minor=0, now=now)
    else:
        jobs.tell(session, "payment.requested", payment_id=str(payment.id))
    return payment
