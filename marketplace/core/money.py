"""Money in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (fen, cents) with its ISO 4217 currency."""

    minor: int
    currency: str = "CNY"


def rounded(numerator: int, denominator: int) -> int:
    """Divide whole numbers, half a unit rounded up; for amounts of at least 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def shares(total_minor: int, weights: Sequence[int]) -> list[int]:
    """Split a total by weights so that the parts add up to it exactly.

    Largest remainders get the odd units; ties go to the earlier part. Raises ValueError for
    negative or all-zero weights.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must be at least 0 and not all 0")
    parts = [total_minor * weight // whole for weight in weights]
    remainders = [total_minor * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in order[: total_minor - sum(parts)]:
        parts[index] += 1
    return parts
