"""Running royalties: steps in order, and what they make of a base.

The rate of a step applies to the part of the base above its threshold and below the next one,
so that an amount never falls when the base grows.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.terms.kinds import RoyaltyForm
from marketplace.terms.rules.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from marketplace.terms.value import RoyaltyStep

WHOLE_BP = 10_000


def faults_of_steps(form: RoyaltyForm, steps: Sequence[RoyaltyStep]) -> Iterator[Fault]:
    """Give what is wrong with the steps: missing, out of order, or not of the named form."""
    if not steps:
        yield Fault("royalty_steps", N_("Name at least one rate, with 0 as the first threshold."))
        return
    if steps[0].from_minor != 0:
        yield Fault(
            "royalty_steps", N_("The first threshold is 0, so that every amount has a rate.")
        )
    if any(not 0 < step.rate_bp <= WHOLE_BP for step in steps):
        yield Fault("royalty_steps", N_("A rate lies above 0 % and at most at 100 %."))
    if any(after.from_minor <= before.from_minor for before, after in pairwise(steps)):
        yield Fault("royalty_steps", N_("Put the thresholds in rising order, each one once."))
    rates = [step.rate_bp for step in steps]
    if form is RoyaltyForm.FIXED and len(steps) > 1:
        yield Fault("royalty_steps", N_("A fixed rate has one step only."))
    if form is not RoyaltyForm.FIXED and len(steps) == 1:
        yield Fault("royalty_steps", N_("A rising or falling rate needs at least two steps."))
    if form is RoyaltyForm.RISING and any(low >= high for low, high in pairwise(rates)):
        yield Fault("royalty_steps", N_("A rising rate grows from step to step."))
    if form is RoyaltyForm.FALLING and any(high <= low for high, low in pairwise(rates)):
        yield Fault("royalty_steps", N_("A falling rate shrinks from step to step."))


def amount(steps: Sequence[RoyaltyStep], base_minor: int, *, already_minor: int = 0) -> int:
    """Give the royalty on a base when ``already_minor`` was counted before it in the same count.

    Rounded half up to the minor unit on the running total, so that partial reports add up to the
    amount of one report over the whole. Raises ValueError for a negative base.
    """
    if base_minor < 0 or already_minor < 0:
        raise ValueError("a base is never negative")
    return _total(steps, already_minor + base_minor) - _total(steps, already_minor)


def _total(steps: Sequence[RoyaltyStep], base_minor: int) -> int:
    thresholds = [step.from_minor for step in steps[1:]]
    ends = [*thresholds, max(base_minor, steps[-1].from_minor)]
    weighted = sum(
        max(0, min(end, base_minor) - step.from_minor) * step.rate_bp
        for step, end in zip(steps, ends, strict=True)
    )
    return (weighted + WHOLE_BP // 2) // WHOLE_BP


def owed_for_year(royalty_minor: int, minimum_minor: int | None) -> int:
    """Give a year's royalty lifted to the minimum that was agreed."""
    return max(royalty_minor, minimum_minor or 0)
