"""Who decides on what amount, and what a deal is worth to that question."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.terms.rules.faults import Fault
from marketplace.terms.rules.royalty import WHOLE_BP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marketplace.terms.value import Terms

MOST_TIERS = 10
_MONTHS = 12


@dataclass(frozen=True, kw_only=True)
class Tier:
    """From an amount on, a body decides; ``is_above`` leaves that amount to the tier below."""

    from_minor: int
    is_above: bool = False
    body: str = ""

    @property
    def first_minor(self) -> int:
        """The smallest amount of the tier."""
        return self.from_minor + (1 if self.is_above else 0)


#: An example to start from: up to 2 million, up to 5 million, 5 million yuan and more
#: (three tiers of a published university rule in Hubei). Each institution writes its own.
EXAMPLE: tuple[Tier, ...] = (
    Tier(from_minor=0, body="科技成果转化管理部门"),
    Tier(from_minor=200_000_000, is_above=True, body="科技成果转化工作领导小组"),
    Tier(from_minor=500_000_000, body="校长办公会（重大事项报党委常委会）"),
)


def faults(tiers: Sequence[Tier]) -> Iterator[Fault]:
    """Give what is wrong with an institution's tiers."""
    if not tiers:
        yield Fault("tiers", N_("Name at least one tier that begins at 0."))
        return
    if len(tiers) > MOST_TIERS:
        yield Fault("tiers", N_("At most %(most)s tiers."), {"most": MOST_TIERS})
    if tiers[0].first_minor != 0:
        yield Fault("tiers", N_("The first tier begins at 0, so that every amount has its body."))
    if any(tier.from_minor < 0 for tier in tiers):
        yield Fault("tiers", N_("An amount can't be negative."))
    if any(after.first_minor <= before.first_minor for before, after in pairwise(tiers)):
        yield Fault("tiers", N_("Put the tiers in rising order, each amount once."))
    if any(not tier.body.strip() for tier in tiers):
        yield Fault("tiers", N_("Say for every tier who decides."))


def tier_of(tiers: Sequence[Tier], amount_minor: int) -> Tier | None:
    """Give the tier that an amount falls into; None when the institution has none."""
    fitting = [tier for tier in tiers if tier.first_minor <= amount_minor]
    return fitting[-1] if fitting else None


def worth_minor(terms: Terms) -> int:
    """Give the amount that decides on the tier: all that is fixed by the terms.

    Fixed payments, minimum royalties over the whole term (one year without a term), and the value
    of the shares received. A running royalty beyond its minimum is not known yet.
    """
    months = terms.term_months or _MONTHS
    minimum = (terms.minimum_annual_royalty_minor or 0) * months // _MONTHS
    shares = (terms.valuation_minor or 0) if terms.equity_bp else 0
    return terms.fixed_total_minor + minimum + shares


def share_value_minor(valuation_minor: int, equity_bp: int) -> int:
    """Give the company's value that a share and the technology's value imply, rounded down."""
    return valuation_minor * WHOLE_BP // equity_bp
