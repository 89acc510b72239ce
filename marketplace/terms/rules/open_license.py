"""Open licenses: what must hold before one is accepted, and what the declaration says.

Patent Law 50–52; Implementing Rules 85–88: only a granted patent whose fees are paid and that is
under no exclusive license may be declared open; the licensee accepts by written notice and pays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.listings.models import IpRightKind, LegalStatus
from marketplace.terms.kinds import ContractKind, LicenseKind, Sublicensing
from marketplace.terms.rules.articles import Source
from marketplace.terms.value import Milestone, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LONGEST_YEARS = 20
_PATENTS = (IpRightKind.INVENTION_PATENT, IpRightKind.UTILITY_MODEL, IpRightKind.DESIGN)
_UNITS = {"亿": 100_000_000, "万": 10_000, "million": 1_000_000, "": 1}
_AMOUNT = re.compile(
    r"(?P<figure>\d[\d,，]*(?:\.\d+)?)\s*(?P<unit>亿|万|million)?\s*(?:元|人民币|RMB|CNY|yuan)?",
    re.IGNORECASE,
)
_YEARLY = re.compile(r"每年|/\s*年|一年|年费|年许可费|per year|a year|annual|yearly", re.IGNORECASE)
_FREE = re.compile(r"免费|无偿|free of charge|^\s*free\b", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})\s*[-年./]\s*(\d{1,2})\s*[-月./]\s*(\d{1,2})")


@dataclass(frozen=True)
class Check:
    """One thing that the law asks, and whether it holds; None where only the owner can know."""

    holds: bool | None
    source: Source
    articles: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Patent:
    """What the checks need of a right."""

    kind: IpRightKind
    number: str
    legal_status: LegalStatus | None
    expires_on: date | None = None
    fee_due_on: date | None = None


@dataclass(frozen=True)
class Fee:
    """The declared fee: an amount in minor units, once or for every year."""

    minor: int
    is_yearly: bool


def checks(
    *,
    cooperation: Sequence[str],
    patents: Sequence[Patent],
    statement: Mapping[str, str],
    today: date,
) -> Iterator[Check]:
    """Give each demand of the law on the declaration, held or not."""
    granted = [
        one
        for one in patents
        if one.kind in _PATENTS and one.number and one.legal_status is LegalStatus.GRANTED
    ]
    yield Check(
        bool(granted),
        Source.PATENT_LAW,
        "50",
        N_("The patent is granted and named with its number."),
    )
    yield Check(
        not any(one.expires_on and one.expires_on < today for one in granted),
        Source.PATENT_LAW,
        "42",
        N_("The patent has not run out."),
    )
    yield Check(
        not any(one.fee_due_on and one.fee_due_on < today for one in granted),
        Source.PATENT_RULES,
        "85–88",
        N_("The annual fee is paid: no due date of a fee has passed."),
    )
    yield Check(
        not {CooperationForm.EXCLUSIVE_LICENSE, CooperationForm.SOLE_LICENSE} & set(cooperation),
        Source.PATENT_LAW,
        "51",
        N_("No exclusive or sole license is granted or offered beside it."),
    )
    yield Check(
        all(statement.get(name, "").strip() for name in ("fee", "payment", "until")),
        Source.PATENT_LAW,
        "50",
        N_("The declaration names the fee, how it is paid, and its term."),
    )
    until = read_day(statement.get("until", ""))
    yield Check(
        until is None or until >= today,
        Source.PATENT_LAW,
        "50",
        N_("The declaration's term has not run out."),
    )
    yield Check(
        None,
        Source.PATENT_RULES,
        "85–88",
        N_("The patent is not pledged without consent; the owner declares so."),
    )
    if any(one.kind is not IpRightKind.INVENTION_PATENT for one in granted):
        yield Check(
            None,
            Source.PATENT_LAW,
            "50",
            N_("For a utility model or design the owner has an evaluation report."),
        )


def read_fee(text: str) -> Fee | None:
    """Read a declared fee; None when it names no amount that could be charged.

    Two different amounts in one text (a table of scales, say) are not guessed at.
    """
    if _FREE.search(text):
        return Fee(0, is_yearly=False)
    found = {
        int(
            Decimal(match["figure"].replace(",", "").replace("，", ""))
            * _UNITS[(match["unit"] or "").lower()]
            * 100
        )
        for match in _AMOUNT.finditer(text)
        if match["unit"] or re.search(r"元|RMB|CNY|yuan", match.group(0), re.IGNORECASE)
    }
    if len(found) != 1:
        return None
    (minor,) = found
    return Fee(minor, is_yearly=bool(_YEARLY.search(text))) if minor > 0 else None


def read_day(text: str) -> date | None:
    """Read a day in a declaration's term; None when it names none."""
    match = _DAY.search(text)
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None


def terms_of(
    *,
    subject: str,
    statement: Mapping[str, str],
    conditions: str,
    fee: Fee,
    years: int,
    starts_on: date,
) -> Terms:
    """Make the terms that the declaration offers to everybody, for a number of years."""
    milestones = tuple(
        Milestone(
            name=f"第{number}年许可费 (year {number})",
            criterion=statement["payment"],
            amount_minor=fee.minor,
            due_on=_later(starts_on, number - 1),
        )
        for number in range(1, years + 1)
        if fee.is_yearly
    )
    return Terms(
        contract_kind=ContractKind.LICENSE,
        license_kind=LicenseKind.OPEN,
        sublicensing=Sublicensing.NO,
        subject=subject,
        territory="中国 (China)",
        starts_on=starts_on,
        term_months=years * 12,
        free_of_charge=fee.minor == 0,
        upfront_fee_minor=0 if fee.is_yearly else fee.minor,
        milestones=milestones,
        payment_note="\n".join(text for text in (statement["fee"], statement["payment"]) if text),
        other=conditions,
    )


def _later(day: date, years: int) -> date:
    """Give the same day some years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def for_foreign_party(terms: Terms) -> Terms:
    """Mark the receiving side as foreign, so that the export rules are asked."""
    return replace(terms, foreign_licensee=True)
