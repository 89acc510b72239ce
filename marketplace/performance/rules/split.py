"""Sharing a net income out, to the last minor unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.codes.rules import WHOLE_BP
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.core.money import shares

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The four pools in basis points of the net income; together 10,000."""

    inventors_bp: int
    staff_bp: int
    college_bp: int
    university_bp: int

    def __iter__(self) -> Iterator[int]:
        """Give the four in their order."""
        return iter((self.inventors_bp, self.staff_bp, self.college_bp, self.university_bp))


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Every part in minor units; costs and the four pools add up to the gross income."""

    gross_minor: int
    cost_minor: int
    inventors_minor: int
    staff_minor: int
    college_minor: int
    university_minor: int
    inventors: tuple[int, ...]
    staff: tuple[int, ...]

    @property
    def net_minor(self) -> int:
        """What is shared out."""
        return self.gross_minor - self.cost_minor


def require_rates(rates: Rates, *, floor_bp: int) -> None:
    """Raise RuleBroken unless the pools make a whole and inventors get what the law asks."""
    if min(rates) < 0 or sum(rates) != WHOLE_BP:
        raise RuleBroken(
            N_("The four parts make %(sum)s percent: together they must make 100 percent."),
            field="university",
            sum=percent(sum(rates)),
        )
    if rates.inventors_bp < floor_bp:
        raise RuleBroken(
            N_("Inventors get at least %(floor)s percent of the net income (Conversion Law 45)."),
            field="inventors",
            floor=percent(floor_bp),
        )


def divide(
    gross_minor: int,
    cost_minor: int,
    rates: Rates,
    *,
    inventors: Sequence[int],
    staff: Sequence[int] = (),
) -> Outcome:
    """Share an income: pools by their rates, people of a pool by their weights.

    Raises RuleBroken when costs exceed the income or a pool that gets money has nobody in it.
    """
    if cost_minor > gross_minor:
        raise RuleBroken(N_("The direct costs exceed the income."), field="cost")
    pools = shares(gross_minor - cost_minor, list(rates))
    if not inventors and pools[0]:
        raise RuleBroken(N_("Name at least one inventor."), field="people")
    if not staff and pools[1]:
        raise RuleBroken(
            N_("Name the transfer staff, or set their part to 0 percent."), field="people"
        )
    return Outcome(
        gross_minor=gross_minor,
        cost_minor=cost_minor,
        inventors_minor=pools[0],
        staff_minor=pools[1],
        college_minor=pools[2],
        university_minor=pools[3],
        inventors=tuple(shares(pools[0], inventors)) if inventors else (),
        staff=tuple(shares(pools[1], staff)) if staff else (),
    )


def percent(basis_points: int) -> str:
    """Show basis points as percent without idle zeros: 12.5."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")
