"""What payments enter in the books; every amount that moves has its lines here.

Money on the way stands on ``STRIPE_CLEARING`` (what the provider holds for us) or, for transfers
between the two organizations, on ``DIRECT_BANK`` of the payee, who has it in hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post, reverse
from marketplace.payments.models import Method, Provider, RefundState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.ledger.models import Transaction
    from marketplace.payments.models import Dispute, Payment, Payout, Refund
    from marketplace.payments.rules import Parts

KIND = "payment"


def _holder(payment: Payment) -> tuple[Account, UUID | None]:
    """Who has the money of a payment in hand."""
    if payment.method is Method.BANK:
        return Account.DIRECT_BANK, payment.payee_id
    return Account.STRIPE_CLEARING, None


def _post(  # noqa: PLR0917 — read as a sentence
    session: Session,
    payment: Payment,
    kind: TransactionKind,
    reference: str,
    lines: Sequence[tuple[Account, int, UUID | None]],
    now: datetime,
) -> Transaction | None:
    """Enter lines about a payment; nothing when none of them moves anything."""
    if not any(amount for _, amount, _ in lines):
        return None
    return post(
        session,
        kind=kind,
        reference=reference,
        lines=[Line(account, amount, owner, payment.currency) for account, amount, owner in lines],
        now=now,
        about=(KIND, payment.id),
        memo=f"{payment.number} {payment.title}",
    )


def captured(session: Session, payment: Payment, now: datetime) -> None:
    """Enter that the money came: it is prepaid."""
    account, owner = _holder(payment)
    amount = payment.captured_minor
    _post(
        session,
        payment,
        TransactionKind.CAPTURE,
        f"capture:{payment.id}",
        ((account, amount, owner), (Account.PREPAID, -amount, payment.payer_id)),
        now,
    )


def fee(session: Session, payment: Payment, fee_minor: int, now: datetime) -> None:
    """Enter what the provider kept of a payment."""
    lines = (
        (Account.PAYMENT_FEES, fee_minor, None),
        (Account.STRIPE_CLEARING, -fee_minor, None),
    )
    _post(session, payment, TransactionKind.FEE, f"fee:{payment.id}", lines, now)


def released(
    session: Session, payment: Payment, parts: Parts, reference: str, now: datetime
) -> None:
    """Enter that the service was accepted: what was prepaid is the payee's and the platform's."""
    platform = parts.commission_minor + parts.tax_minor
    income = (
        (Account.COMMISSION_INCOME, -parts.commission_minor, None),
        (Account.TAX_PAYABLE, -parts.tax_minor, None),
    )
    prepaid = (Account.PREPAID, parts.net_minor + platform, payment.payer_id)
    lines: tuple[tuple[Account, int, UUID | None], ...]
    if payment.method is Method.BANK:
        # The payee has all of it already and owes the platform its commission.
        lines = (
            prepaid,
            (Account.DIRECT_BANK, -parts.net_minor - platform, payment.payee_id),
            (Account.PROVIDER_RECEIVABLE, platform, payment.payee_id),
            *income,
        )
    else:
        lines = (prepaid, (Account.PROVIDER_PAYABLE, -parts.net_minor, payment.payee_id), *income)
    _post(session, payment, TransactionKind.RELEASE, reference, lines, now)


def taken_back(
    payment: Payment, parts: Parts, prepaid_minor: int
) -> tuple[tuple[Account, int, UUID | None], ...]:
    """Give the debits of money that goes back: prepaid first, the rest from payee and platform."""
    recalled = parts.net_minor + parts.commission_minor + parts.tax_minor
    platform = parts.commission_minor + parts.tax_minor
    debits: tuple[tuple[Account, int, UUID | None], ...] = (
        (Account.PREPAID, prepaid_minor, payment.payer_id),
        (Account.COMMISSION_INCOME, parts.commission_minor, None),
        (Account.TAX_PAYABLE, parts.tax_minor, None),
    )
    if payment.method is Method.BANK:
        # The payee gives back out of its own pocket; only the commission is ours to return.
        return (*debits, (Account.PROVIDER_RECEIVABLE, -platform, payment.payee_id))
    return (*debits, (Account.PROVIDER_RECEIVABLE, recalled - platform, payment.payee_id))


def refunded(
    session: Session, payment: Payment, refund: Refund, parts: Parts, now: datetime
) -> None:
    """Enter that money goes back to the payer."""
    prepaid = refund.amount_minor - refund.recalled_minor
    debits = taken_back(payment, parts, prepaid)
    account, owner = _holder(payment)
    if refund.state is RefundState.BY_HAND and payment.method is not Method.BANK:
        account = Account.BANK
    leaves = prepaid if payment.method is Method.BANK else refund.amount_minor
    _post(
        session,
        payment,
        TransactionKind.REFUND,
        refund_reference(refund),
        (*debits, (account, -leaves, owner)),
        now,
    )


def refund_reference(refund: Refund) -> str:
    """Give the reference of a refund's entry."""
    return f"refund:{refund.id}"


def refund_failed(session: Session, refund: Refund, now: datetime) -> None:
    """Take a refund's entry back: the money has come back to us."""
    reverse(session, reference=refund_reference(refund), now=now, memo=refund.failure)


def disputed(session: Session, payment: Payment, dispute: Dispute, now: datetime) -> None:
    """Enter that the provider holds back a disputed amount and its fee."""
    amount, charged = dispute.amount_minor, dispute.fee_minor
    _post(
        session,
        payment,
        TransactionKind.DISPUTE,
        f"dispute:{dispute.stripe_id}",
        (
            (Account.DISPUTE_HOLD, amount, payment.payer_id),
            (Account.PAYMENT_FEES, charged, None),
            (Account.STRIPE_CLEARING, -amount - charged, None),
        ),
        now,
    )


def dispute_won(session: Session, payment: Payment, dispute: Dispute, now: datetime) -> None:
    """Enter that the disputed amount came back; the fee stays with the provider."""
    amount = dispute.amount_minor
    _post(
        session,
        payment,
        TransactionKind.DISPUTE,
        f"dispute_won:{dispute.stripe_id}",
        (
            (Account.STRIPE_CLEARING, amount, None),
            (Account.DISPUTE_HOLD, -amount, payment.payer_id),
        ),
        now,
    )


def dispute_lost(  # noqa: PLR0917 — read as a sentence
    session: Session,
    payment: Payment,
    dispute: Dispute,
    parts: Parts,
    prepaid_minor: int,
    now: datetime,
) -> None:
    """Enter that the disputed amount is gone; what exceeds the kept sum is the platform's loss."""
    amount = dispute.amount_minor
    recalled = parts.net_minor + parts.commission_minor + parts.tax_minor
    _post(
        session,
        payment,
        TransactionKind.DISPUTE,
        f"dispute_lost:{dispute.stripe_id}",
        (
            *taken_back(payment, parts, prepaid_minor),
            (Account.PAYMENT_FEES, amount - prepaid_minor - recalled, None),
            (Account.DISPUTE_HOLD, -amount, payment.payer_id),
        ),
        now,
    )


def paid_out(session: Session, payout: Payout, now: datetime) -> None:
    """Enter that a payee was paid, earlier refunds taken off."""
    source = Account.STRIPE_CLEARING if payout.provider is Provider.STRIPE_CONNECT else Account.BANK
    lines = [
        Line(
            Account.PROVIDER_PAYABLE,
            payout.amount_minor + payout.deducted_minor,
            payout.payee_id,
            payout.currency,
        ),
        Line(Account.PROVIDER_RECEIVABLE, -payout.deducted_minor, payout.payee_id, payout.currency),
        Line(source, -payout.amount_minor, None, payout.currency),
    ]
    post(
        session,
        kind=TransactionKind.PAYOUT,
        reference=payout_reference(payout),
        lines=lines,
        now=now,
        about=("payout", payout.id),
        memo=f"{payout.number} {payout.bank_reference or payout.stripe_id or ''}".strip(),
    )


def payout_reference(payout: Payout) -> str:
    """Give the reference of a payout's entry."""
    return f"payout:{payout.id}"


def payout_returned(session: Session, payout: Payout, now: datetime) -> None:
    """Take a payout's entry back: the bank has returned the money."""
    reverse(session, reference=payout_reference(payout), now=now, memo=payout.reason)
