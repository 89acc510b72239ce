"""What a booking costs: whole fen, by the rate and the step that its quantity reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.bookings.models import PriceUnit, RateKind
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from marketplace.bookings.models import Resource, ResourcePrice, Slot

_HOUR = 60


@dataclass(frozen=True, kw_only=True)
class Quote:
    """A price with how it came about; ``minutes`` and ``samples`` are what was counted."""

    unit: PriceUnit
    rate: RateKind
    unit_minor: int
    minutes: int
    places: int
    samples: int
    price_minor: int
    deposit_minor: int

    @property
    def total_minor(self) -> int:
        """What is paid at once: price and deposit."""
        return self.price_minor + self.deposit_minor

    def detail(self) -> dict[str, Any]:
        """Give what a booking keeps of it."""
        return {
            "unit": self.unit.value,
            "rate": self.rate.value,
            "unit_minor": self.unit_minor,
            "minutes": self.minutes,
            "places": self.places,
            "samples": self.samples,
        }


def unit_price(
    prices: Iterable[ResourcePrice], rate: RateKind, *, minutes_or_count: int, per: int = 1
) -> tuple[RateKind, int]:
    """Give the rate that is used and its price per unit.

    A rate without prices of its own falls back to the standard one; of a rate's steps the highest
    holds that the quantity (``minutes_or_count / per``) reaches. No price at all is free of charge.
    """
    rows = list(prices)
    for kind in dict.fromkeys((rate, RateKind.STANDARD)):
        own = [row for row in rows if row.rate is kind]
        if own:
            reached = [row for row in own if row.from_quantity * per <= minutes_or_count]
            chosen = max(reached or own, key=lambda row: row.from_quantity * (1 if reached else -1))
            return kind, chosen.unit_minor
    return RateKind.STANDARD, 0


def quote(
    resource: Resource,
    prices: Iterable[ResourcePrice],
    *,
    starts_at: datetime,
    ends_at: datetime,
    slot: Slot | None = None,
    places: int = 1,
    samples: int | None = None,
    rate: RateKind = RateKind.STANDARD,
) -> Quote:
    """Price a booking; a slot's own price holds for one place and knows no rates."""
    minutes = int((ends_at - starts_at).total_seconds() // 60)
    unit = resource.price_unit
    count = samples or 0
    if slot is not None and slot.price_minor is not None:
        return Quote(
            unit=PriceUnit.SLOT,
            rate=RateKind.STANDARD,
            unit_minor=slot.price_minor,
            minutes=minutes,
            places=places,
            samples=count,
            price_minor=slot.price_minor * places,
            deposit_minor=resource.deposit_minor,
        )
    if unit is PriceUnit.SAMPLE and count < 1:
        raise RuleBroken(N_("Say how many samples you bring."), field="samples")
    if unit is PriceUnit.HOUR:
        used, unit_minor = unit_price(prices, rate, minutes_or_count=minutes, per=_HOUR)
        # A half fen is rounded up, as banks do.
        price = (unit_minor * minutes * places * 2 + _HOUR) // (2 * _HOUR)
    elif unit is PriceUnit.SAMPLE:
        used, unit_minor = unit_price(prices, rate, minutes_or_count=count)
        price = unit_minor * count
    else:
        used, unit_minor = unit_price(prices, rate, minutes_or_count=places)
        price = unit_minor * places
    return Quote(
        unit=unit,
        rate=used,
        unit_minor=unit_minor,
        minutes=minutes,
        places=places,
        samples=count,
        price_minor=price,
        deposit_minor=resource.deposit_minor,
    )
