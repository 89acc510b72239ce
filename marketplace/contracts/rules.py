"""Rules of registration, recording and subsidy, as pure functions."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.contracts.installments import Installment, installments
from marketplace.contracts.models import RegistrationStatus as S
from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.terms.kinds import USE_KINDS, ContractKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

__all__ = ["Installment", "installments"]

REGISTRATION: Lifecycle[S] = Lifecycle(
    {
        "prepare": ({S.PREPARED, S.RETURNED}, S.PREPARED),
        "file": ({S.PREPARED, S.RETURNED}, S.FILED),
        "return": ({S.FILED}, S.RETURNED),
        "register": ({S.FILED}, S.REGISTERED),
    }
)

#: Kinds for which the city's trade subsidy is paid.
SUBSIDIZED = USE_KINDS | {ContractKind.DEVELOPMENT}
WUHAN_PREFIX = "4201"
_WHOLE_BP = 10_000
_MONTHS = 12


class Point(LabelledEnum):
    """What the registration office asks for."""

    CONTRACT = "contract", N_("The contract in writing, signed and stamped by both parties")
    SHEET = "sheet", N_("The registration sheet, stamped by the supplier")
    IDENTITY = "identity", N_("Copy of the supplier's license or certificate of legal person")
    RIGHTS = "rights", N_("Copies of the rights' certificates and of the last fee receipts")
    PLAN = "plan", N_("The development plan or technical task, unless the contract holds it")
    PRICE = "price", N_("The split of the price into technology and other things")
    AUTHORITY = "authority", N_("Letter of authority for whoever files the contract")
    EXPORT = "export", N_("Export license or registration of the technology")


def checklist(kind: ContractKind, *, has_patent: bool, is_export: bool) -> list[Point]:
    """Give the points that a contract of this kind needs, in the order of the file."""
    points = [Point.CONTRACT, Point.SHEET, Point.IDENTITY]
    if has_patent and kind in USE_KINDS:
        points.append(Point.RIGHTS)
    if kind is ContractKind.DEVELOPMENT:
        points.append(Point.PLAN)
    points += [Point.PRICE, Point.AUTHORITY]
    if is_export:
        points.append(Point.EXPORT)
    return points


def require_ticked(points: Collection[Point], ticked: Collection[str]) -> None:
    """Refuse filing while a point of the checklist is open."""
    for point in points:
        if point.value not in ticked:
            raise RuleBroken(
                N_("Still missing: %(point)s. Tick it when you have it."),
                field="checked",
                point=point,
            )


def require_technology_part(technology_minor: int, amount_minor: int) -> None:
    """Refuse a technology part above the whole amount, where the whole is fixed."""
    if amount_minor and technology_minor > amount_minor:
        raise RuleBroken(
            N_("The technology part can't exceed the contract amount."), field="technology"
        )


def require_day(day: date, *, earliest: date, today: date, field: str) -> None:
    """Refuse a day before the fact it follows, or after today."""
    if day < earliest:
        raise RuleBroken(N_("This day lies before %(day)s."), field=field, day=earliest.isoformat())
    if day > today:
        raise RuleBroken(N_("This day lies in the future."), field=field)


def answer_due(filed_on: date, days: int) -> date:
    """Give the day by which the office should answer."""
    return filed_on + timedelta(days=days)


def months_later(day: date, months: int) -> date:
    """Give the same day some months later; a day that month lacks becomes its last."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def needs_recording(kind: ContractKind, *, has_patent: bool) -> bool:
    """Whether the contract is recorded at the patent office (Patent Rules 15)."""
    return kind is ContractKind.LICENSE and has_patent


@dataclass(frozen=True)
class Finding:
    """One line of the explanation: whether a condition holds, in a sentence with its values."""

    holds: bool
    message: str
    values: tuple[tuple[str, object], ...] = ()

    @property
    def places(self) -> dict[str, object]:
        """The values by name."""
        return dict(self.values)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is known of a contract when the subsidy of a year is judged; amounts in fen."""

    year: int
    kind: ContractKind
    supplier_district: str | None
    receiver_district: str | None
    is_signed: bool
    registration_number: str
    received_minor: int
    has_slips: bool
    has_stamped_contract: bool
    rate_bp: int
    cap_minor: int


@dataclass(frozen=True)
class Subsidy:
    """Who qualifies, why, and for how much."""

    findings: tuple[Finding, ...]
    amount_minor: int

    @property
    def qualifies(self) -> bool:
        """Whether every condition holds."""
        return all(finding.holds for finding in self.findings)


def subsidy(case: Case) -> Subsidy:
    """Judge a contract line by line; the amount is 0 while a condition fails."""
    findings = tuple(_findings(case))
    amount = min(case.received_minor * case.rate_bp // _WHOLE_BP, case.cap_minor)
    return Subsidy(findings, amount if all(one.holds for one in findings) else 0)


def _in_wuhan(district: str | None) -> bool:
    return bool(district) and str(district).startswith(WUHAN_PREFIX)


def _findings(case: Case) -> Iterator[Finding]:
    yield Finding(
        case.kind in SUBSIDIZED,
        N_("The contract is for development, transfer or license; this one: %(kind)s."),
        (("kind", case.kind),),
    )
    yield Finding(
        _in_wuhan(case.supplier_district),
        N_("The applicant is the supplier and has its seat in Wuhan."),
    )
    yield Finding(
        _in_wuhan(case.receiver_district), N_("The technology goes to a company in Wuhan.")
    )
    yield Finding(case.is_signed, N_("Both parties have signed the contract."))
    yield Finding(
        bool(case.registration_number),
        N_("The contract is registered; number: %(number)s."),
        (("number", case.registration_number or "—"),),
    )
    yield Finding(
        case.received_minor > 0,
        N_("Money was received in %(year)s: %(amount)s."),
        (("year", case.year), ("amount", case.received_minor)),
    )
    yield Finding(case.has_slips, N_("A bank slip proves each receipt."))
    yield Finding(case.has_stamped_contract, N_("The stamped copy of the contract is kept here."))
