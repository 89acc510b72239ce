"""Terms as one frozen value: compared, hashed, kept as JSON and read back without loss."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    Ownership,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
    Sublicensing,
    TaxBearer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A part payment that falls due when something was accepted."""

    name: str
    #: What has to be shown for the work to count as done.
    criterion: str = ""
    amount_minor: int = 0
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class RoyaltyStep:
    """From this sum of the base on, the part above it pays this rate."""

    from_minor: int
    #: Basis points: 500 = 5 %.
    rate_bp: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What two sides agree on; amounts are minor units of ``currency``, rates basis points.

    ``None`` means that nothing was said, so that the default law fills the gap.
    """

    contract_kind: ContractKind
    #: What exactly is developed, transferred, licensed or advised on, with its rights' numbers.
    subject: str = ""
    license_kind: LicenseKind | None = None
    fields_of_use: str = ""
    territory: str = ""
    starts_on: date | None = None
    term_months: int | None = None
    sublicensing: Sublicensing | None = None
    currency: str = "CNY"
    free_of_charge: bool = False
    upfront_fee_minor: int = 0
    #: Paid before the running royalty and besides it (入门费, Civil Code 846).
    entry_fee_minor: int = 0
    #: How and when the fees are paid, in words.
    payment_note: str = ""
    #: Interest a year on what is paid late; None leaves it at the loan prime rate, 0 asks none.
    late_interest_bp: int | None = None
    milestones: tuple[Milestone, ...] = ()
    royalty_base: RoyaltyBase | None = None
    royalty_form: RoyaltyForm | None = None
    royalty_steps: tuple[RoyaltyStep, ...] = ()
    royalty_count: RoyaltyCount | None = None
    royalty_period: RoyaltyPeriod | None = None
    minimum_annual_royalty_minor: int | None = None
    #: Share of the company that the technology is contributed for (作价入股).
    equity_bp: int | None = None
    #: What the technology is valued at in that contribution.
    valuation_minor: int | None = None
    improvements: Ownership | None = None
    new_results: Ownership | None = None
    inspects_books: bool | None = None
    know_how: str = ""
    training: str = ""
    #: Years for which secrets are kept after the contract's end.
    confidentiality_years: int | None = None
    liability: str = ""
    tax_borne_by: TaxBearer | None = None
    #: Whether the receiving side is a foreign party: then export rules apply.
    foreign_licensee: bool = False
    other: str = ""

    @property
    def fixed_total_minor(self) -> int:
        """What is owed whatever happens later: the sum of all fixed payments."""
        return (
            self.upfront_fee_minor
            + self.entry_fee_minor
            + sum(milestone.amount_minor for milestone in self.milestones)
        )

    @property
    def has_royalty(self) -> bool:
        """Whether a running royalty is agreed."""
        return self.royalty_base is not None

    @property
    def sha256(self) -> str:
        """SHA-256 of the canonical JSON: equal exactly when the terms are equal."""
        text = json.dumps(to_json(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


#: Names of all fields, in the order in which they are shown.
NAMES: tuple[str, ...] = tuple(field.name for field in fields(Terms))

_ENUMS: dict[str, type[Enum]] = {
    "contract_kind": ContractKind,
    "license_kind": LicenseKind,
    "sublicensing": Sublicensing,
    "royalty_base": RoyaltyBase,
    "royalty_form": RoyaltyForm,
    "royalty_count": RoyaltyCount,
    "royalty_period": RoyaltyPeriod,
    "improvements": Ownership,
    "new_results": Ownership,
    "tax_borne_by": TaxBearer,
}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [
            {field.name: _plain(getattr(row, field.name)) for field in fields(row)} for row in value
        ]
    return value


def to_json(terms: Terms) -> dict[str, Any]:
    """Give the terms as plain JSON values."""
    return {name: _plain(getattr(terms, name)) for name in NAMES}


def from_json(values: Mapping[str, Any]) -> Terms:
    """Read what ``to_json`` gave; fields that a later version added keep their defaults.

    Raises ValueError for a value outside its list.
    """
    found: dict[str, Any] = {name: values[name] for name in NAMES if name in values}
    for name, enum in _ENUMS.items():
        if found.get(name) is not None:
            found[name] = enum(found[name])
    if found.get("starts_on"):
        found["starts_on"] = date.fromisoformat(found["starts_on"])
    found["milestones"] = tuple(
        Milestone(
            **{**row, "due_on": date.fromisoformat(row["due_on"]) if row.get("due_on") else None}
        )
        for row in found.get("milestones", ())
    )
    found["royalty_steps"] = tuple(RoyaltyStep(**row) for row in found.get("royalty_steps", ()))
    return Terms(**found)


def fitted(terms: Terms) -> Terms:
    """Drop what the contract kind has no place for, so that a long form needs no script.

    A person who changes the kind keeps typing in one form; leftovers of another kind do not
    survive into the offer.
    """
    kind = terms.contract_kind
    dropped: dict[str, Any] = {}
    if kind is not ContractKind.LICENSE:
        dropped |= {"license_kind": None, "sublicensing": None}
    if kind in (ContractKind.CONSULTING, ContractKind.SERVICE):
        dropped |= {
            "fields_of_use": "",
            "territory": "",
            "improvements": None,
            "equity_bp": None,
            "valuation_minor": None,
            "know_how": "",
            "royalty_base": None,
            "entry_fee_minor": 0,
        }
    fit = replace(terms, **dropped)
    if fit.royalty_base is None:
        fit = replace(
            fit,
            royalty_form=None,
            royalty_steps=(),
            royalty_count=None,
            royalty_period=None,
            minimum_annual_royalty_minor=None,
            inspects_books=None,
        )
    return fit
