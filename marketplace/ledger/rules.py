"""What a transaction must keep, judged before the database is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from marketplace.ledger.models import Account

#: Far above any contract, far below what 64 bits hold (minor units): 10 trillion CNY.
MOST_MINOR = 10**15


@dataclass(frozen=True)
class Line:
    """One side of a transaction in minor units: debit positive, credit negative."""

    account: Account
    amount_minor: int
    owner_id: UUID | None = None
    currency: str = "CNY"


def moving(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Leave out lines that move nothing (a commission of 0)."""
    return tuple(line for line in lines if line.amount_minor)


def require_balanced(lines: Sequence[Line]) -> None:
    """Raise RuleBroken unless there are two lines or more that sum to zero in each currency."""
    sums: dict[str, int] = {}
    for line in lines:
        if abs(line.amount_minor) > MOST_MINOR:
            raise RuleBroken(N_("The amount is too large."))
        sums[line.currency] = sums.get(line.currency, 0) + line.amount_minor
    if len(lines) < 2 or any(sums.values()):  # noqa: PLR2004 — two sides make an entry
        raise RuleBroken(N_("Debits and credits of an entry must be equal."))
