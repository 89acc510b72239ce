"""Late interest: which sum was open for how many days, and what that costs to the minor unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.codes.rules import WHOLE_BP
from marketplace.core.money import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

YEAR_DAYS = 365


@dataclass(frozen=True)
class Movement:
    """On a day so much more was owed (minor units), or less below 0."""

    on: date
    change_minor: int


@dataclass(frozen=True)
class Stretch:
    """A sum that was open after a day, until the end of another."""

    amount_minor: int
    after_on: date
    until_on: date

    @property
    def days(self) -> int:
        """How many days of lateness these are."""
        return (self.until_on - self.after_on).days


def stretches(
    due_on: date, amount_minor: int, movements: Iterable[Movement], *, until: date
) -> list[Stretch]:
    """Cut the time after the due day into stretches with one open sum each.

    What moved until the due day counts from the beginning; a payment on a day ends its lateness
    with that day.
    """
    found: list[Stretch] = []
    left, after = amount_minor, due_on
    for move in sorted(movements, key=lambda one: one.on):
        if move.on >= until:
            break
        if move.on > after:
            if left > 0:
                found.append(Stretch(left, after, move.on))
            after = move.on
        left += move.change_minor
    if until > after and left > 0:
        found.append(Stretch(left, after, until))
    return found


def cost(rows: Sequence[Stretch], *, rate_bp: int) -> int:
    """Give simple interest on all stretches, rounded half up once for all of them."""
    weighted = sum(row.amount_minor * row.days for row in rows)
    return rounded(weighted * rate_bp, WHOLE_BP * YEAR_DAYS)


def days(rows: Sequence[Stretch]) -> int:
    """Give on how many days anything was late."""
    return sum(row.days for row in rows)
