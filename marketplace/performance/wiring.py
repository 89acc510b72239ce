"""Binds performance to deals, payments, contracts, files and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts import receipts as contract_receipts
from marketplace.deals import effects, guards
from marketplace.payments import purposes
from marketplace.performance import receipts
from marketplace.performance.services import callbacks, plans

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.payments.models import Payment


def _part_page(payment: Payment) -> str:
    return f"/parts/{payment.purpose_id}"


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Answer guards, follow effects, and hear of payments."""
    for name, check in plans.GUARDS.items():
        guards.register(name, check)
    for name, effect in plans.EFFECTS.items():
        effects.register(name, effect)
    for purpose in callbacks.PURPOSES:
        purposes.register(
            purpose,
            purposes.Rules(
                may_see=callbacks.may_see_payment,
                may_pay=callbacks.may_pay,
                settled=callbacks.settled,
                ended=callbacks.ended,
                return_url=_part_page,
            ),
        )
    contract_receipts.register(receipts.of_deal)
