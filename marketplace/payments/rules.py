"""How payments, refunds, disputes and payouts move on, and how a release is shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures
from marketplace.codes.rules import WHOLE_BP, Unit
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.notifications.rules import both
from marketplace.payments.models import (
    DisputeState,
    PaymentState,
    PayoutState,
    Purpose,
    RefundState,
    SlipState,
)
from marketplace.payments.models.payment import OPEN

if TYPE_CHECKING:
    from marketplace.payments.models import Payment

_S = PaymentState
#: Paid and not in dispute: what refunds move between.
PAID = frozenset({_S.CAPTURED, _S.PARTIALLY_REFUNDED, _S.REFUNDED})
#: Ended without money; money may still come late.
ENDED = frozenset({_S.FAILED, _S.EXPIRED, _S.CANCELLED})

PAYMENT: Lifecycle[PaymentState] = Lifecycle(
    {
        "open": ({_S.CREATED, _S.SESSION_OPEN}, _S.SESSION_OPEN),
        "close_session": ({_S.SESSION_OPEN}, _S.CREATED),
        "process": ({_S.CREATED, _S.SESSION_OPEN}, _S.PROCESSING),
        "authorize": ({_S.CREATED, _S.SESSION_OPEN, _S.PROCESSING}, _S.AUTHORIZED),
        "capture": ({*OPEN, *ENDED}, _S.CAPTURED),
        "fail": ({*OPEN}, _S.FAILED),
        "expire": ({*OPEN}, _S.EXPIRED),
        "cancel": ({*OPEN}, _S.CANCELLED),
        "refund_none": ({*PAID, _S.DISPUTED}, _S.CAPTURED),
        "refund_part": ({*PAID, _S.DISPUTED}, _S.PARTIALLY_REFUNDED),
        "refund_all": ({*PAID, _S.DISPUTED}, _S.REFUNDED),
        "dispute": ({*PAID}, _S.DISPUTED),
        "lose": ({_S.DISPUTED}, _S.LOST),
    }
)

REFUND: Lifecycle[RefundState] = Lifecycle(
    {
        "accept": ({RefundState.REQUESTED}, RefundState.PENDING),
        "succeed": (
            {RefundState.REQUESTED, RefundState.PENDING, RefundState.BY_HAND},
            RefundState.SUCCEEDED,
        ),
        # A bank may send back what had arrived: a success can still fail.
        "fail": (
            {RefundState.REQUESTED, RefundState.PENDING, RefundState.SUCCEEDED},
            RefundState.FAILED,
        ),
    }
)

DISPUTE: Lifecycle[DisputeState] = Lifecycle(
    {
        "win": ({DisputeState.OPEN}, DisputeState.WON),
        "lose": ({DisputeState.OPEN}, DisputeState.LOST),
    }
)

SLIP: Lifecycle[SlipState] = Lifecycle(
    {
        "confirm": ({SlipState.WAITING}, SlipState.CONFIRMED),
        "refuse": ({SlipState.WAITING}, SlipState.REFUSED),
    }
)

PAYOUT: Lifecycle[PayoutState] = Lifecycle(
    {
        "approve": ({PayoutState.PREPARED}, PayoutState.APPROVED),
        "refuse": ({PayoutState.PREPARED, PayoutState.APPROVED}, PayoutState.REFUSED),
        "send": ({PayoutState.APPROVED}, PayoutState.SENT),
        "pay": ({PayoutState.APPROVED, PayoutState.SENT}, PayoutState.PAID),
        # Its own event, after success as well: the bank sends the money back.
        "return": ({PayoutState.SENT, PayoutState.PAID}, PayoutState.RETURNED),
    }
)

_SOURCE = N_("The platform's own price list; to be settled by its operator.")
COMMISSION = {
    Purpose.BOOKING: figures.declare(
        "payment_commission_booking_bp",
        500,
        Unit.BASIS_POINTS,
        N_("Platform commission on bookings"),
        _SOURCE,
        confirmed=False,
    ),
    Purpose.MILESTONE: figures.declare(
        "payment_commission_milestone_bp",
        0,
        Unit.BASIS_POINTS,
        N_("Platform commission on milestones of a contract"),
        _SOURCE,
        confirmed=False,
    ),
    Purpose.ROYALTY: figures.declare(
        "payment_commission_royalty_bp",
        0,
        Unit.BASIS_POINTS,
        N_("Platform commission on royalties"),
        _SOURCE,
        confirmed=False,
    ),
    Purpose.COMMISSION: figures.declare(
        "payment_commission_manager_bp",
        0,
        Unit.BASIS_POINTS,
        N_("Platform commission on technology managers' commissions"),
        _SOURCE,
        confirmed=False,
    ),
    Purpose.INTEREST: figures.declare(
        "payment_commission_interest_bp",
        0,
        Unit.BASIS_POINTS,
        N_("Platform commission on interest for late payment"),
        _SOURCE,
        confirmed=False,
    ),
}
COMMISSION_TAX = figures.declare(
    "payment_commission_tax_bp",
    600,
    Unit.BASIS_POINTS,
    N_("Value-added tax contained in the platform commission"),
    N_("VAT rate of services of general taxpayers, 6 percent; the operator's own rate may differ."),
    confirmed=False,
)


@dataclass(frozen=True)
class Parts:
    """How a sum is shared (minor units); the three parts add up to it."""

    net_minor: int
    commission_minor: int
    tax_minor: int


def parts_of(amount_minor: int, *, commission_bp: int, tax_bp: int) -> Parts:
    """Share a sum between the payee, the platform and the tax contained in its commission.

    The commission is rounded half up, the tax inside it down. Never a fen is lost: the payee gets
    what is left.
    """
    commission = (amount_minor * commission_bp + WHOLE_BP // 2) // WHOLE_BP
    tax = commission * tax_bp // (WHOLE_BP + tax_bp)
    return Parts(amount_minor - commission, commission - tax, tax)


def recalled_parts(
    before_minor: int, amount_minor: int, *, commission_bp: int, tax_bp: int
) -> Parts:
    """Share what is taken back after release, ``before_minor`` having been taken back already.

    Worked out on the running total, so that many small refunds take back what one large one does.
    """
    old = parts_of(before_minor, commission_bp=commission_bp, tax_bp=tax_bp)
    new = parts_of(before_minor + amount_minor, commission_bp=commission_bp, tax_bp=tax_bp)
    return Parts(
        new.net_minor - old.net_minor,
        new.commission_minor - old.commission_minor,
        new.tax_minor - old.tax_minor,
    )


def refund_step(payment: Payment, succeeded_minor: int) -> str:
    """Name the step that the sum of arrived refunds makes."""
    if succeeded_minor == 0:
        return "refund_none"
    return "refund_all" if succeeded_minor >= payment.captured_minor else "refund_part"


def require_refundable(payment: Payment, amount_minor: int) -> None:
    """Raise RuleBroken unless the payment was received and that much of it was kept."""
    if amount_minor <= 0:
        raise RuleBroken(N_("Give an amount above 0."), field="amount")
    if payment.state not in PAID:
        raise RuleBroken(
            N_("A payment in the state “%(state)s” can't be refunded."), state=payment.state
        )
    if amount_minor > payment.kept_minor:
        raise RuleBroken(
            N_("At most %(amount)s can be refunded: the rest has been given back already."),
            field="amount",
            amount=shown(payment.kept_minor, payment.currency),
        )


def require_releasable(payment: Payment, amount_minor: int) -> None:
    """Raise RuleBroken unless that much is prepaid and nobody disputes it."""
    if amount_minor <= 0:
        raise RuleBroken(N_("Give an amount above 0."), field="amount")
    if payment.state not in PAID:
        raise RuleBroken(
            N_("A payment in the state “%(state)s” can't be released."), state=payment.state
        )
    if amount_minor > payment.unreleased_minor:
        raise RuleBroken(
            N_("Only %(amount)s of this payment is still prepaid."),
            field="amount",
            amount=shown(payment.unreleased_minor, payment.currency),
        )


def shown(minor: int, currency: str = "CNY") -> dict[str, str]:
    """Give an exact amount for a sentence of either language: 1,234.50 元, 1,234.50 CNY."""
    sign = "-" if minor < 0 else ""
    whole, fen = divmod(abs(minor), 100)
    figure = f"{sign}{whole:,}.{fen:02d}"
    return both(
        f"{figure} 元" if currency == "CNY" else f"{figure} {currency}", f"{figure} {currency}"
    )
