"""The long form of an offer: groups that fit the contract kind, and how it becomes terms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms import Form as RowForm
from wtforms.validators import DataRequired, Length

from marketplace.core.messages import N_
from marketplace.terms.forms.fields import (
    Amount,
    Count,
    Day,
    Percent,
    choose,
    line,
    money,
    share,
    words,
)
from marketplace.terms.kinds import (
    CURRENCIES,
    ROYALTY_KINDS,
    USE_KINDS,
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
from marketplace.terms.rules.validation import faults
from marketplace.terms.value import Milestone, RoyaltyStep, Terms, fitted
from marketplace.terms.wording import LABELS
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from datetime import date

    from wtforms import Field

#: Empty rows behind the filled ones.
BLANK_ROWS = 2


def _is_blank(row: Field) -> bool:
    return not row.errors and all(value in (None, "") for value in row.data.values())


#: Group of fields → the contract kinds that have a place for it.
SHOWN_FOR: dict[str, frozenset[ContractKind]] = {
    "license": frozenset({ContractKind.LICENSE}),
    "use": USE_KINDS | {ContractKind.DEVELOPMENT},
    "royalty": ROYALTY_KINDS,
    "equity": ROYALTY_KINDS,
    "improvements": USE_KINDS,
    "know_how": ROYALTY_KINDS,
}

_ENUMS: dict[str, Any] = {
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
_COUNTS = ("term_months", "confidentiality_years")
_AMOUNTS = ("upfront_fee_minor", "entry_fee_minor")
_MAYBE_AMOUNTS = ("minimum_annual_royalty_minor", "valuation_minor")


class MilestoneRow(RowForm):
    """A part payment."""

    name = line(N_("Milestone"), limit=200)
    criterion = line(N_("What shows that it is reached"), limit=1000)
    amount_minor = Amount(N_("Amount"))
    due_on = Day(N_("Payment due on"))


class StepRow(RowForm):
    """A rate from a threshold on."""

    from_minor = Amount(N_("From a base of"))
    rate_bp = Percent(N_("Rate in per cent"))


class OfferForm(Form):
    """Terms to offer, with a message and the last day on which they may be accepted."""

    seen = HiddenField()
    contract_kind = RadioField(
        LABELS["contract_kind"],
        [DataRequired(N_("Choose from the list."))],
        choices=lambda: options(ContractKind.choices()),
    )
    subject = words(
        LABELS["subject"],
        N_("The technology with the numbers of its rights, or the work to be done."),
    )
    starts_on = Day(LABELS["starts_on"])
    term_months = Count(LABELS["term_months"], description=N_("In months."))
    foreign_licensee = BooleanField(
        N_("The receiving side is a foreign person, company or organization")
    )
    license_kind = SelectField(
        LABELS["license_kind"],
        choices=lambda: options(
            [
                ("", N_("Nothing said")),
                *(pair for pair in LicenseKind.choices() if pair[0] != LicenseKind.OPEN),
            ]
        ),
    )
    fields_of_use = words(
        LABELS["fields_of_use"], N_("Products or industries in which it may be used."), rows=2
    )
    territory = line(LABELS["territory"], N_("For example: Hubei; mainland China; worldwide."))
    sublicensing = choose(LABELS["sublicensing"], Sublicensing)
    currency = SelectField(
        LABELS["currency"], choices=lambda: [SelectChoice(code, code) for code in CURRENCIES]
    )
    free_of_charge = BooleanField(N_("No payment at all: free of charge"))
    upfront_fee_minor = Amount(
        LABELS["upfront_fee_minor"], description=N_("Paid at the start, in whole units.")
    )
    entry_fee_minor = Amount(
        LABELS["entry_fee_minor"],
        description=N_("Paid before a running royalty and besides it (Civil Code 846)."),
    )
    payment_note = words(LABELS["payment_note"], N_("Days, instalments, accounts."), rows=2)
    late_interest_bp = Percent(
        LABELS["late_interest_bp"],
        description=N_("In per cent. Empty: the one-year loan prime rate; 0: no interest."),
    )
    milestones = FieldList(FormField(MilestoneRow), LABELS["milestones"])
    royalty_base = choose(LABELS["royalty_base"], RoyaltyBase)
    royalty_form = choose(LABELS["royalty_form"], RoyaltyForm)
    royalty_steps = FieldList(FormField(StepRow), LABELS["royalty_steps"])
    royalty_count = choose(LABELS["royalty_count"], RoyaltyCount)
    royalty_period = choose(LABELS["royalty_period"], RoyaltyPeriod)
    minimum_annual_royalty_minor = Amount(LABELS["minimum_annual_royalty_minor"])
    inspects_books = SelectField(
        LABELS["inspects_books"],
        choices=lambda: options([("", N_("Nothing said")), ("yes", N_("Yes")), ("no", N_("No"))]),
    )
    equity_bp = Percent(
        LABELS["equity_bp"],
        description=N_("In per cent, for a technology that is contributed as capital."),
    )
    valuation_minor = Amount(LABELS["valuation_minor"])
    improvements = choose(LABELS["improvements"], Ownership)
    new_results = choose(LABELS["new_results"], Ownership)
    know_how = words(LABELS["know_how"], N_("Documents, samples, parameters, guidance."), rows=2)
    training = words(LABELS["training"], N_("How many people, how many days, where."), rows=2)
    confidentiality_years = Count(LABELS["confidentiality_years"], description=N_("In years."))
    liability = words(LABELS["liability"], N_("Warranties, limits, infringed rights of others."))
    tax_borne_by = choose(LABELS["tax_borne_by"], TaxBearer)
    other = words(LABELS["other"])
    message = TextAreaField(
        N_("Message to the other side"),
        [Length(max=2000, message=N_("Shorten this."))],
        render_kw={"rows": 3},
    )
    valid_until = Day(N_("May be accepted until"), description=N_("The last day, in Beijing time."))

    @classmethod
    def data_of(cls, terms: Terms) -> dict[str, Any]:
        """Give the form's data for terms."""
        data: dict[str, Any] = {name: getattr(terms, name) for name in (*_TEXTS, *_COUNTS)}
        data |= {name: getattr(terms, name) or "" for name in _ENUMS}
        data |= {name: money(getattr(terms, name)) for name in (*_AMOUNTS, *_MAYBE_AMOUNTS)}
        inspects = terms.inspects_books
        return data | {
            "contract_kind": terms.contract_kind.value,
            "starts_on": terms.starts_on,
            "currency": terms.currency,
            "free_of_charge": terms.free_of_charge,
            "foreign_licensee": terms.foreign_licensee,
            "equity_bp": money(terms.equity_bp),
            "late_interest_bp": share(terms.late_interest_bp),
            "inspects_books": "" if inspects is None else "yes" if inspects else "no",
            "milestones": [
                {
                    "name": row.name,
                    "criterion": row.criterion,
                    "amount_minor": money(row.amount_minor),
                    "due_on": row.due_on,
                }
                for row in terms.milestones
            ],
            "royalty_steps": [
                {
                    "from_minor": money(row.from_minor) or 0,
                    "rate_bp": money(row.rate_bp),
                }
                for row in terms.royalty_steps
            ],
        }

    def add_blank_rows(self) -> None:
        """Put empty rows behind the filled ones, so that a page without script can grow."""
        for rows in (self.milestones, self.royalty_steps):
            blank = sum(_is_blank(row) for row in rows)
            for _ in range(blank, BLANK_ROWS):
                rows.append_entry()

    @property
    def kind(self) -> ContractKind:
        """The chosen contract kind; a license until one is chosen."""
        known = {kind.value for kind in ContractKind}
        chosen = self.contract_kind.data
        return ContractKind(chosen) if chosen in known else ContractKind.LICENSE

    def shows(self, group: str) -> bool:
        """Whether the contract kind has a place for a group of fields."""
        return self.kind in SHOWN_FOR[group]

    def to_terms(self) -> Terms:
        """Give what the fields hold, without what the contract kind has no place for."""
        values: dict[str, Any] = {name: text(self[name]) for name in _TEXTS}
        values |= {name: self[name].data for name in _COUNTS}
        values |= {name: _member(self[name], enum) for name, enum in _ENUMS.items()}
        values |= {name: _hundredths(self[name]) or 0 for name in _AMOUNTS}
        values |= {name: _hundredths(self[name]) or None for name in _MAYBE_AMOUNTS}
        inspects = self.inspects_books.data
        return fitted(
            Terms(
                contract_kind=self.kind,
                starts_on=self.starts_on.data,
                currency=self.currency.data or "CNY",
                free_of_charge=bool(self.free_of_charge.data),
                foreign_licensee=bool(self.foreign_licensee.data),
                equity_bp=self.equity_bp.hundredths or None,
                late_interest_bp=self.late_interest_bp.hundredths,
                inspects_books={"yes": True, "no": False}.get(inspects),
                milestones=self._milestones(),
                royalty_steps=self._steps(),
                **values,
            )
        )

    def _milestones(self) -> tuple[Milestone, ...]:
        rows = (entry.form for entry in self.milestones)
        return tuple(
            Milestone(
                name=text(row.name),
                criterion=text(row.criterion),
                amount_minor=row.amount_minor.hundredths or 0,
                due_on=row.due_on.data,
            )
            for row in rows
            if text(row.name) or text(row.criterion) or row.amount_minor.data or row.due_on.data
        )

    def _steps(self) -> tuple[RoyaltyStep, ...]:
        rows = (entry.form for entry in self.royalty_steps)
        return tuple(
            RoyaltyStep(
                from_minor=row.from_minor.hundredths or 0, rate_bp=row.rate_bp.hundredths or 0
            )
            for row in rows
            if row.rate_bp.data is not None or row.from_minor.data
        )

    def sound_terms(self) -> Terms | None:
        """Give terms that may be offered; otherwise None, with every fault shown at its field."""
        if not self.accepted():
            return None
        terms = self.to_terms()
        found = faults(terms)
        for fault in found:
            self.reject(fault.as_error())
        return None if found else terms

    @property
    def last_day(self) -> date | None:
        """The last day that was typed."""
        found: date | None = self.valid_until.data
        return found


def _hundredths(field: Field) -> int | None:
    return cast("Amount", field).hundredths


def _member(field: Field, enum: Any) -> Any:  # noqa: ANN401 — any labelled enum
    """Give the chosen member; a value of no list counts as nothing said."""
    value = text(field)
    return enum(value) if value in {member.value for member in enum} else None
