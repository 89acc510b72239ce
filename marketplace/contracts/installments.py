"""All fixed payments of a contract as one list, whose sum is the contract's amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from marketplace.terms.value import Terms


@dataclass(frozen=True, kw_only=True)
class Installment:
    """One fixed payment: what it is for, when it counts as due, minor units, and its field."""

    name: str
    name_en: str
    criterion: str
    criterion_en: str
    amount_minor: int
    due_on: date | None
    source: str


def installments(terms: Terms) -> tuple[Installment, ...]:
    """Give upfront fee, entry fee and milestones; their sum is ``terms.fixed_total_minor``."""
    found = []
    for minor, name, name_en, source in (
        (terms.entry_fee_minor, "入门费", "Entry fee", "terms.entry_fee_minor"),
        (terms.upfront_fee_minor, "首付款", "Upfront fee", "terms.upfront_fee_minor"),
    ):
        if minor:
            found.append(
                Installment(
                    name=name,
                    name_en=name_en,
                    criterion="本合同生效",
                    criterion_en="This contract has taken effect",
                    amount_minor=minor,
                    due_on=None,
                    source=source,
                )
            )
    found += [
        Installment(
            name=milestone.name,
            name_en=milestone.name,
            criterion=milestone.criterion,
            criterion_en=milestone.criterion,
            amount_minor=milestone.amount_minor,
            due_on=milestone.due_on,
            source="terms.milestones",
        )
        for milestone in terms.milestones
    ]
    return tuple(found)
