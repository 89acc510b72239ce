"""What an amendment may change, and how the rows of a plan become terms again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.payments.rules import shown
from marketplace.performance.rules.royalty import last_day
from marketplace.terms.rules.difference import changed
from marketplace.terms.rules.validation import faults
from marketplace.terms.value import Milestone as AgreedMilestone
from marketplace.terms.value import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

#: Fields that an amendment may change besides the plan; the royalty's only where there is one.
TEXTS = (
    "fields_of_use",
    "territory",
    "payment_note",
    "know_how",
    "training",
    "liability",
    "other",
)
ROYALTY = (
    "royalty_base",
    "royalty_form",
    "royalty_steps",
    "minimum_annual_royalty_minor",
)
PLAN = ("upfront_fee_minor", "entry_fee_minor", "milestones")
AMENDABLE = frozenset(
    {*TEXTS, *ROYALTY, *PLAN, "term_months", "late_interest_bp", "confidentiality_years"}
)
#: Plain fees carry these names since the contract's installments gave them.
FEES: Mapping[str, str] = {"入门费": "entry_fee_minor", "首付款": "upfront_fee_minor"}
NAME_LENGTH, CRITERION_LENGTH = 200, 1000
#: Far above any contract (minor units): 100 billion.
MOST_MINOR = 10**13


@dataclass(frozen=True, kw_only=True)
class PlanRow:
    """A coming payment: a milestone that is there, or a new one without an id."""

    name: str
    criterion: str = ""
    amount_minor: int = 0
    due_on: date | None = None
    milestone_id: UUID | None = None
    #: A plain fee keeps its name and is done with its payment.
    is_fee: bool = False


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The contract as it stands: terms, rows that are fixed and that may change, and the term."""

    terms: Terms
    fixed: tuple[PlanRow, ...]
    open: tuple[PlanRow, ...]
    starts_on: date
    ends_on: date | None

    @property
    def fixed_minor(self) -> int:
        """What the fixed rows sum to."""
        return sum(row.amount_minor for row in self.fixed)


@dataclass(frozen=True, kw_only=True)
class Change:
    """The whole terms as they would be, and the rows of the plan that come after the fixed ones."""

    terms: Terms
    rows: tuple[PlanRow, ...]
    #: Clauses in free words that no field of the terms holds.
    clauses: str = ""


def composed(
    standing: Standing,
    rows: Sequence[PlanRow],
    *,
    clauses: str = "",
    **values: Any,  # noqa: ANN401 — fields of terms
) -> Change:
    """Make the change that these rows and fields amount to."""
    every = (*standing.fixed, *rows)
    fees: dict[str, Any] = dict.fromkeys(FEES.values(), 0)
    for row in every:
        if _is_known_fee(row):
            fees[FEES[row.name]] += row.amount_minor
    milestones = tuple(
        AgreedMilestone(
            name=row.name,
            criterion=row.criterion,
            amount_minor=row.amount_minor,
            due_on=row.due_on,
        )
        for row in every
        if not _is_known_fee(row)
    )
    terms = replace(standing.terms, milestones=milestones, **fees, **values)
    return Change(terms=terms, rows=tuple(rows), clauses=clauses.strip())


def _is_known_fee(row: PlanRow) -> bool:
    """Whether a row is a fee of the terms; a renamed one is refused by ``require_fits``."""
    return row.is_fee and row.name in FEES


def require_fits(standing: Standing, change: Change, *, today: date) -> None:
    """Raise RuleBroken unless the change touches only what has not happened yet.

    Asked when it is proposed, and again when the last side signs: a payment may have come between.
    """
    _require_rows(standing, change)
    different = changed(standing.terms, change.terms)
    if not different and change.rows == standing.open and not change.clauses:
        raise RuleBroken(N_("This changes nothing: change something, or leave it."))
    for name in different:
        if name not in AMENDABLE or (name in ROYALTY and not standing.terms.has_royalty):
            raise RuleBroken(N_("An amendment can't change this."), field=name)
    if change.terms.has_royalty is not standing.terms.has_royalty:
        raise RuleBroken(N_("An amendment can't change this."), field="royalty_base")
    if "term_months" in different:
        _require_term(standing, change, today)
    for fault in faults(change.terms):
        # The order of the days is a matter of the first plan; a changed one may run otherwise.
        if fault.field != "milestones":
            raise fault.as_error()


def _require_rows(standing: Standing, change: Change) -> None:
    known = {row.milestone_id: row for row in standing.open}
    named = [row.milestone_id for row in change.rows if row.milestone_id is not None]
    if len(set(named)) < len(named) or not set(named) <= set(known):
        raise RuleBroken(
            N_("A payment of the plan was made or called off meanwhile: look at the plan anew."),
            field="milestones",
        )
    for number, row in enumerate(change.rows, 1):
        before = known.get(row.milestone_id) if row.milestone_id else None
        if row.is_fee is not (before.is_fee if before else False):
            raise RuleBroken(N_("A fee keeps its name."), field="milestones")
        if before is not None and before.is_fee and row.name != before.name:
            raise RuleBroken(N_("A fee keeps its name."), field="milestones")
        if not row.name.strip() or len(row.name) > NAME_LENGTH:
            raise RuleBroken(
                N_("Milestone %(number)s has no name."), field="milestones", number=number
            )
        if not row.is_fee and not row.criterion.strip():
            raise RuleBroken(
                N_("Milestone %(number)s does not say what shows that it is reached."),
                field="milestones",
                number=number,
            )
        if not 0 < row.amount_minor <= MOST_MINOR:
            raise RuleBroken(
                N_("Milestone %(number)s needs an amount above 0."),
                field="milestones",
                number=number,
            )
    total = standing.fixed_minor + sum(row.amount_minor for row in change.rows)
    if total != change.terms.fixed_total_minor:
        raise RuleBroken(
            N_("The plan sums to %(amount)s, which is not the contract's amount."),
            field="milestones",
            amount=shown(total, standing.terms.currency),
        )


def _require_term(standing: Standing, change: Change, today: date) -> None:
    ends_on = last_day(standing.starts_on, change.terms.term_months)
    if standing.ends_on is not None and standing.ends_on < today:
        raise RuleBroken(N_("The term has ended: a new contract is needed."), field="term_months")
    if ends_on is not None and ends_on < today:
        raise RuleBroken(N_("The new term would have ended already."), field="term_months")
