"""Terms in words: labels of the fields, their groups, and values as a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.terms.value import Milestone, RoyaltyStep

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.terms.rules.difference import Compared
    from marketplace.terms.value import Terms

LABELS: dict[str, str] = {
    "contract_kind": N_("Kind of contract"),
    "subject": N_("Subject of the contract"),
    "license_kind": N_("Kind of license"),
    "fields_of_use": N_("Field of use"),
    "territory": N_("Territory"),
    "starts_on": N_("Begins on"),
    "term_months": N_("Term"),
    "sublicensing": N_("Sublicensing"),
    "currency": N_("Currency"),
    "free_of_charge": N_("No payment at all"),
    "upfront_fee_minor": N_("Upfront fee"),
    "entry_fee_minor": N_("Entry fee"),
    "payment_note": N_("How the fees are paid"),
    "late_interest_bp": N_("Interest a year on what is paid late"),
    "milestones": N_("Milestones"),
    "royalty_base": N_("Royalty on"),
    "royalty_form": N_("Form of the rate"),
    "royalty_steps": N_("Royalty rates"),
    "royalty_count": N_("Base summed over"),
    "royalty_period": N_("Royalty reported"),
    "minimum_annual_royalty_minor": N_("Minimum royalty a year"),
    "equity_bp": N_("Share of the company"),
    "valuation_minor": N_("Technology valued at"),
    "improvements": N_("Improvements belong to"),
    "new_results": N_("New results belong to"),
    "inspects_books": N_("Right to inspect the books"),
    "know_how": N_("Know-how handed over"),
    "training": N_("Training"),
    "confidentiality_years": N_("Confidentiality after the end"),
    "liability": N_("Liability"),
    "tax_borne_by": N_("Taxes borne by"),
    "foreign_licensee": N_("Foreign receiving side"),
    "other": N_("Other clauses"),
}

#: The form's groups: title and fields, in order.
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Contract"), ("contract_kind", "subject", "starts_on", "term_months", "foreign_licensee")),
    (N_("Extent of use"), ("license_kind", "fields_of_use", "territory", "sublicensing")),
    (
        N_("Fixed payments"),
        (
            "currency",
            "free_of_charge",
            "upfront_fee_minor",
            "entry_fee_minor",
            "milestones",
            "payment_note",
            "late_interest_bp",
        ),
    ),
    (
        N_("Running royalty"),
        (
            "royalty_base",
            "royalty_form",
            "royalty_steps",
            "royalty_count",
            "royalty_period",
            "minimum_annual_royalty_minor",
            "inspects_books",
        ),
    ),
    (N_("Contribution as equity"), ("equity_bp", "valuation_minor")),
    (N_("Results and know-how"), ("improvements", "new_results", "know_how", "training")),
    (
        N_("Duties"),
        ("confidentiality_years", "liability", "tax_borne_by", "other"),
    ),
)

#: Fields whose values are amounts in minor units.
AMOUNTS = frozenset(
    {
        "upfront_fee_minor",
        "entry_fee_minor",
        "minimum_annual_royalty_minor",
        "valuation_minor",
    }
)

#: Fields whose values are basis points.
SHARES = frozenset({"equity_bp", "late_interest_bp"})

#: Fields of free text, in which single words are marked as changed.
TEXTS = frozenset(
    {
        "subject",
        "fields_of_use",
        "territory",
        "payment_note",
        "know_how",
        "training",
        "liability",
        "other",
    }
)


def percent(basis_points: int) -> str:
    """Give basis points as per cent without needless zeros: 250 → 2.5 %."""
    share = (Decimal(basis_points) / 100).normalize()
    return f"{share:f} %"


def amount(minor: int, currency: str) -> str:
    """Give an amount to the cent, as contracts write it: ¥1,200,000.00."""
    sign = "¥" if currency == "CNY" else f"{currency} "
    return f"{sign}{Decimal(minor) / 100:,.2f}"


@dataclass(frozen=True)
class Wording:
    """Turns values into words; ``say`` translates a message id."""

    say: Callable[[str], str]

    def line(self, name: str, value: Any, currency: str = "CNY") -> str:  # noqa: ANN401 — any field
        """Give one field's value, or an empty text when nothing was said."""
        if value is None or value in ("", ()):
            return ""
        if name in AMOUNTS:
            return amount(value, currency) if value else ""
        if isinstance(value, Milestone):
            return self._milestone(value, currency)
        if isinstance(value, RoyaltyStep):
            return self.say("from %(base)s on: %(rate)s") % {
                "base": amount(value.from_minor, currency),
                "rate": percent(value.rate_bp),
            }
        return self._single(name, value)

    def _single(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return self.say("Yes") if value else self.say("No")
        if isinstance(value, LabelledEnum):
            return self.say(value.label)
        if isinstance(value, date):
            return value.isoformat()
        return self._figure(name, value)

    def _figure(self, name: str, value: object) -> str:
        if name in SHARES and isinstance(value, int):
            return percent(value)
        if name == "term_months":
            return self.say("%(count)s months") % {"count": value}
        if name == "confidentiality_years":
            return self.say("%(count)s years") % {"count": value}
        return str(value)

    def _milestone(self, row: Milestone, currency: str) -> str:
        parts = [row.name, amount(row.amount_minor, currency)]
        if row.due_on:
            parts.append(self.say("falls due on %(day)s") % {"day": row.due_on.isoformat()})
        if row.criterion:
            parts.append(row.criterion)
        return " · ".join(parts)

    def lines(self, terms: Terms, name: str) -> list[str]:
        """Give a field as lines: one for each row of a table, one for each line of a text."""
        value = getattr(terms, name)
        if isinstance(value, tuple):
            return [self.line(name, row, terms.currency) for row in value]
        return self.line(name, value, terms.currency).splitlines()

    def compared(self, line: Compared, before: Terms | None, after: Terms) -> tuple[str, str]:
        """Give both sides of a compared line in words."""
        old = self.line(line.name, line.before, before.currency if before else "CNY")
        return old, self.line(line.name, line.after, after.currency)


#: Words that ``Wording`` asks for, marked for translation.
WORDS = (
    N_("Yes"),
    N_("No"),
    N_("from %(base)s on: %(rate)s"),
    N_("%(count)s months"),
    N_("%(count)s years"),
    N_("falls due on %(day)s"),
)
