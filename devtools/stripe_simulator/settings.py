"""Fees and delays that a test may change while the simulator runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Amounts in minor units, spans in seconds of simulated time unless said otherwise."""

    #: Fee of a card payment: basis points and a fixed part. Made-up figures of the usual size.
    card_fee_bp: int = 340
    card_fee_fixed: int = 235
    #: Fee of an Alipay or WeChat Pay payment.
    wallet_fee_bp: int = 220
    wallet_fee_fixed: int = 235
    dispute_fee: int = 8500
    #: Days until a payment's money is available for transfers and payouts.
    settle_days: int = 7
    #: How long an Alipay or WeChat Pay refund stays pending.
    refund_seconds: int = 5
    #: How long a payment that the buyer left processing takes.
    processing_seconds: int = 5
    #: How long a payout is on its way.
    payout_seconds: int = 5
    #: How long an object is unknown to the search by metadata after its creation.
    search_lag: int = 0
    #: Whether every later attempt is of this many seconds more (doubling), in real time.
    retry_base: float = 1.0
    retry_most: float = 60.0
    retry_attempts: int = 12


def changed(now: dict[str, float], wanted: dict[str, float]) -> dict[str, float]:
    """Put wanted settings over those that differ from the defaults; TypeError for unknown ones."""
    merged = {**now, **wanted}
    Settings(**merged)  # type: ignore[arg-type]
    return merged
