"""What terms must satisfy before they may be offered."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.terms.kinds import (
    CURRENCIES,
    EQUITY_KINDS,
    ROYALTY_KINDS,
    ContractKind,
    LicenseKind,
    Sublicensing,
)
from marketplace.terms.rules.faults import Fault
from marketplace.terms.rules.royalty import WHOLE_BP, faults_of_steps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.terms.value import Terms

#: Beyond this an amount is a slip of the unit (minor units: 10 trillion yuan).
TOO_MUCH = 10**15
LONGEST_TERM = 600
LONGEST_SECRET = 50
TEXT_LENGTH = 5_000
MILESTONES = 40

_AMOUNTS = (
    "upfront_fee_minor",
    "entry_fee_minor",
    "minimum_annual_royalty_minor",
    "valuation_minor",
)
_TEXTS = (
    "subject",
    "fields_of_use",
    "territory",
    "payment_note",
    "know_how",
    "training",
    "liability",
    "other",
)
#: Signs that a text column cannot keep.
_NO_TEXT = "\x00"


def faults(terms: Terms) -> list[Fault]:
    """Give every fault of the terms, in the order of the form."""
    return [
        *_faults_of_texts(terms),
        *_faults_of_kind(terms),
        *_faults_of_time(terms),
        *_faults_of_amounts(terms),
        *_faults_of_milestones(terms),
        *_faults_of_interest(terms),
        *_faults_of_royalty(terms),
        *_faults_of_equity(terms),
    ]


def require_sound(terms: Terms) -> None:
    """Raise RuleBroken at the first fault."""
    found = faults(terms)
    if found:
        raise found[0].as_error()


def _faults_of_texts(terms: Terms) -> Iterator[Fault]:
    if not terms.subject.strip():
        yield Fault(
            "subject",
            N_("Say what the contract is about, with the numbers of the rights."),
        )
    rows = [text for row in terms.milestones for text in (row.name, row.criterion)]
    for name, text in [
        *((name, getattr(terms, name)) for name in _TEXTS),
        *(("milestones", text) for text in rows),
    ]:
        if len(text) > TEXT_LENGTH:
            yield Fault(
                name,
                N_("Shorten this to %(limit)s characters at most."),
                {"limit": TEXT_LENGTH},
            )
        if _NO_TEXT in text:
            yield Fault(name, N_("This holds a sign that is no text: take it out."))


def _faults_of_kind(terms: Terms) -> Iterator[Fault]:
    is_license = terms.contract_kind is ContractKind.LICENSE
    if terms.license_kind is not None and not is_license:
        yield Fault("license_kind", N_("Only a license contract has a kind of license."))
    if terms.sublicensing is not None and not is_license:
        yield Fault("sublicensing", N_("Only a license contract speaks of sublicensing."))
    if terms.license_kind is LicenseKind.OPEN and terms.sublicensing not in (
        None,
        Sublicensing.NO,
    ):
        yield Fault(
            "sublicensing", N_("Under an open license others accept the declaration themselves.")
        )
    if terms.license_kind is LicenseKind.OPEN and terms.has_royalty:
        yield Fault(
            "royalty_base",
            N_(
                "An open license asks for the declared fee; "
                "agree on a royalty in a license of its own."
            ),
        )
    if terms.has_royalty and terms.contract_kind not in ROYALTY_KINDS:
        yield Fault(
            "royalty_base",
            N_("A running royalty fits development, transfer and license contracts only."),
        )
    if terms.equity_bp is not None and terms.contract_kind not in EQUITY_KINDS:
        yield Fault(
            "equity_bp",
            N_("A contribution as equity fits development, transfer and license contracts only."),
        )


def _faults_of_time(terms: Terms) -> Iterator[Fault]:
    if terms.term_months is not None and not 1 <= terms.term_months <= LONGEST_TERM:
        yield Fault(
            "term_months",
            N_("The term lies between 1 and %(most)s months; leave it empty for none."),
            {"most": LONGEST_TERM},
        )
    years = terms.confidentiality_years
    if years is not None and not 0 <= years <= LONGEST_SECRET:
        yield Fault(
            "confidentiality_years",
            N_("Give between 0 and %(most)s years."),
            {"most": LONGEST_SECRET},
        )


def _faults_of_amounts(terms: Terms) -> Iterator[Fault]:
    if terms.currency not in CURRENCIES:
        yield Fault("currency", N_("Choose from the list."))
    for name in _AMOUNTS:
        value = getattr(terms, name)
        if value is not None and value < 0:
            yield Fault(name, N_("An amount can't be negative."))
        elif value is not None and value > TOO_MUCH:
            yield Fault(name, N_("This amount is too high to be meant: look at the unit."))
    paid = terms.fixed_total_minor > 0 or terms.has_royalty or terms.equity_bp is not None
    if terms.free_of_charge and paid:
        yield Fault(
            "free_of_charge", N_("Take away either the payments or the mark “free of charge”.")
        )
    if not terms.free_of_charge and not paid:
        yield Fault(
            "upfront_fee_minor",
            N_("Name a fee, a milestone, a royalty or an equity share, or mark it free of charge."),
        )


def _faults_of_interest(terms: Terms) -> Iterator[Fault]:
    rate = terms.late_interest_bp
    if rate is not None and not 0 <= rate <= WHOLE_BP:
        yield Fault("late_interest_bp", N_("A rate lies between 0 % and 100 %."))


def _faults_of_milestones(terms: Terms) -> Iterator[Fault]:
    if len(terms.milestones) > MILESTONES:
        yield Fault(
            "milestones", N_("At most %(most)s milestones: join some."), {"most": MILESTONES}
        )
    for number, row in enumerate(terms.milestones, 1):
        at = {"number": number}
        if not row.name.strip():
            yield Fault("milestones", N_("Milestone %(number)s has no name."), at)
        if not row.criterion.strip():
            yield Fault(
                "milestones",
                N_("Milestone %(number)s does not say what shows that it is reached."),
                at,
            )
        if not 0 < row.amount_minor <= TOO_MUCH:
            yield Fault("milestones", N_("Milestone %(number)s needs an amount above 0."), at)
        if terms.starts_on and row.due_on and row.due_on < terms.starts_on:
            yield Fault(
                "milestones", N_("Milestone %(number)s is due before the contract starts."), at
            )
    days = [row.due_on for row in terms.milestones if row.due_on]
    if any(after < before for before, after in pairwise(days)):
        yield Fault("milestones", N_("Put the milestones in the order of their dates."))


def _faults_of_royalty(terms: Terms) -> Iterator[Fault]:
    if not terms.has_royalty:
        if terms.royalty_steps or terms.royalty_form:
            yield Fault("royalty_base", N_("Say what the royalty is a share of."))
        if terms.entry_fee_minor:
            yield Fault(
                "entry_fee_minor",
                N_("An entry fee goes with a running royalty; otherwise name an upfront fee."),
            )
        if terms.minimum_annual_royalty_minor:
            yield Fault(
                "minimum_annual_royalty_minor",
                N_("A minimum royalty needs a running royalty."),
            )
        return
    for name, message in (
        ("royalty_form", N_("Say whether the rate is fixed, rising or falling.")),
        ("royalty_count", N_("Say over which time the base is summed.")),
        ("royalty_period", N_("Say how often the royalty is reported and paid.")),
    ):
        if getattr(terms, name) is None:
            yield Fault(name, message)
    if terms.royalty_form is not None:
        yield from faults_of_steps(terms.royalty_form, terms.royalty_steps)
    if any(step.from_minor > TOO_MUCH for step in terms.royalty_steps):
        yield Fault("royalty_steps", N_("This amount is too high to be meant: look at the unit."))


def _faults_of_equity(terms: Terms) -> Iterator[Fault]:
    if (terms.equity_bp is None) != (terms.valuation_minor is None):
        yield Fault(
            "valuation_minor" if terms.valuation_minor is None else "equity_bp",
            N_("An equity share needs both the share and the value of the technology."),
        )
    if terms.equity_bp is not None and not 0 < terms.equity_bp <= WHOLE_BP:
        yield Fault("equity_bp", N_("A share lies above 0 % and at most at 100 %."))
    if terms.valuation_minor == 0:
        yield Fault("valuation_minor", N_("Give the value that the technology is contributed at."))
