"""What payments do in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.core.jobs import Hearer

HEARERS: Mapping[str, Hearer] = {}

HEARS: Mapping[str, tuple[str, ...]] = {
    "payment.requested": (),
    "payment.captured": (),
    "payment.not_honored": (),
    "payment.ended": (),
    "payment.released": (),
    "payment.disputed": (),
    "payment.dispute_ended": (),
    "payment.transfer_recorded": (),
    "payment.transfer_refused": (),
    "refund.ordered": (),
    "refund.succeeded": (),
    "refund.failed": (),
    "payout.paid": (),
    "payout.returned": (),
}

PERIODIC: Mapping[str, str] = {}
