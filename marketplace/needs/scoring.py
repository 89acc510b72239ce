"""Scores by the enterprise's own criteria, as pure sums."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.needs.content import Criterion

#: Points run from 0 to this.
FULL = 5


@dataclass(frozen=True)
class Total:
    """One scorer's (or the mean) result: percent of the full marks, and whether it is complete."""

    percent: int
    complete: bool


def total(points: Mapping[str, int], criteria: Sequence[Criterion]) -> Total | None:
    """Weigh one person's points; criteria without points are left out and make it incomplete."""
    given = [row for row in criteria if row.name in points]
    whole = sum(row.weight for row in given)
    if not whole:
        return None
    reached = sum(row.weight * points[row.name] for row in given)
    return Total(round(Fraction(100 * reached, FULL * whole)), len(given) == len(criteria))


def mean(totals: Sequence[Total | None]) -> Total | None:
    """Give the mean of those scorers who gave points at all."""
    given = [one for one in totals if one is not None]
    if not given:
        return None
    percent = round(Fraction(sum(one.percent for one in given), len(given)))
    return Total(percent, all(one.complete for one in given))
