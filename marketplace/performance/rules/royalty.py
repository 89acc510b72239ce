"""Royalty periods and what each owes: exact whole numbers all the way.

A period ends with its calendar quarter, half-year or year, since steps may be counted by the
calendar year. The agreed minimum is owed for each calendar year that lies wholly in the term; what
is missing is added to the year's last statement.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.terms.kinds import RoyaltyCount, RoyaltyPeriod
from marketplace.terms.rules.royalty import amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marketplace.terms.value import Terms

_MONTHS = 12


@dataclass(frozen=True)
class Period:
    """First and last day of a report."""

    from_on: date
    to_on: date


@dataclass(frozen=True)
class Owed:
    """The royalty on a period's base, and what its year lacks to the minimum (minor units)."""

    royalty_minor: int
    top_up_minor: int

    @property
    def amount_minor(self) -> int:
        """What the period owes in all."""
        return self.royalty_minor + self.top_up_minor


def last_day(starts_on: date, months: int | None) -> date | None:
    """Give the last day of a term of so many months, None without a term."""
    if months is None:
        return None
    year, month = divmod(starts_on.year * _MONTHS + starts_on.month - 1 + months, _MONTHS)
    month += 1
    if starts_on.day > monthrange(year, month)[1]:
        return date(year, month, monthrange(year, month)[1])
    return date(year, month, starts_on.day) - timedelta(days=1)


def _end_of(day: date, months: int) -> date:
    month = (day.month - 1) // months * months + months
    return date(day.year, month, monthrange(day.year, month)[1])


def periods(
    starts_on: date, ends_on: date | None, length: RoyaltyPeriod, *, until: date
) -> Iterator[Period]:
    """Give the periods that have ended before ``until``, the first and last perhaps shorter."""
    first = starts_on
    while ends_on is None or first <= ends_on:
        last = _end_of(first, length.months)
        if ends_on is not None:
            last = min(last, ends_on)
        if last >= until:
            return
        yield Period(first, last)
        first = last + timedelta(days=1)


def standing(terms: Terms, former: Sequence[tuple[date, Terms]], day: date) -> Terms:
    """Give the terms that count for a period that ends on a day.

    ``former`` are the terms that amendments replaced, each with the day on which it did, the oldest
    first; ``terms`` are those that stand now.
    """
    return next((old for until, old in former if day < until), terms)


def owed(
    terms: Terms,
    reports: Sequence[tuple[Period, int]],
    ends_on: date | None,
    former: Sequence[tuple[date, Terms]] = (),
) -> list[Owed]:
    """Give what each report owes; ``reports`` are all from the first on, in their order.

    A period follows the terms that stood at its end. Steps go on counting over an amendment, as
    long as the base is the same thing. Raises ValueError for a negative base.
    """
    found: list[Owed] = []
    starts_on = reports[0][0].from_on if reports else date.min
    rows = [(standing(terms, former, period.to_on), period, base) for period, base in reports]
    for index, (own, period, base) in enumerate(rows):
        before = sum(
            one
            for other, earlier, one in rows[:index]
            if other.royalty_base is own.royalty_base
            and (
                own.royalty_count is RoyaltyCount.CUMULATIVE
                or earlier.to_on.year == period.to_on.year
            )
        )
        royalty = amount(own.royalty_steps, base, already_minor=before)
        top_up = 0
        if _closes_full_year(period, starts_on, ends_on):
            year = royalty + sum(
                found[place].royalty_minor
                for place, (earlier, _) in enumerate(reports[:index])
                if earlier.to_on.year == period.to_on.year
            )
            top_up = max(0, (own.minimum_annual_royalty_minor or 0) - year)
        found.append(Owed(royalty, top_up))
    return found


def _closes_full_year(period: Period, starts_on: date, ends_on: date | None) -> bool:
    first, last = date(period.to_on.year, 1, 1), date(period.to_on.year, 12, 31)
    return period.to_on == last and starts_on <= first and (ends_on is None or ends_on >= last)
