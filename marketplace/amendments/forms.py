"""The form of an amendment: the coming plan, the royalty, the term, texts, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms import Form as RowForm
from wtforms.validators import DataRequired, InputRequired, Length

from marketplace.amendments.services import NUMBER_LENGTH, Proposal
from marketplace.core.messages import N_
from marketplace.performance.rules.changes import (
    CRITERION_LENGTH,
    NAME_LENGTH,
    TEXTS,
    PlanRow,
    Standing,
)
from marketplace.performance.services.notes import TEXT_LENGTH
from marketplace.terms.forms.fields import Amount, Count, Day, Percent, choose, line, money, share
from marketplace.terms.forms.fields import words as prose
from marketplace.terms.forms.offers import StepRow
from marketplace.terms.kinds import RoyaltyBase, RoyaltyForm
from marketplace.terms.value import RoyaltyStep
from marketplace.terms.wording import LABELS
from marketplace.web.forms import Form, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wtforms import Field

#: Empty rows behind the filled ones.
BLANK_ROWS = 2
_SHORTEN = N_("Shorten this.")


class PlanLine(RowForm):
    """A coming payment; a line without a name and an amount is left out."""

    milestone_id = HiddenField()
    name = line(N_("What is paid for"), limit=NAME_LENGTH)
    criterion = line(N_("What shows that it is reached"), limit=CRITERION_LENGTH)
    amount_minor = Amount(N_("Amount"))
    due_on = Day(N_("Payment due on"))
    dropped = BooleanField(N_("Take it out"))


class AmendForm(Form):
    """What shall stand from now on; it begins with what stands."""

    grounds = TextAreaField(
        N_("Why the change is wanted"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=TEXT_LENGTH, message=_SHORTEN),
        ],
        description=N_("Both sides read it, and the amendment quotes it."),
        render_kw={"rows": 2},
    )
    rows = FieldList(FormField(PlanLine), N_("Payments still to come"))
    term_months = Count(LABELS["term_months"], description=N_("In months."))
    late_interest_bp = Percent(LABELS["late_interest_bp"], description=N_("In per cent."))
    confidentiality_years = Count(LABELS["confidentiality_years"], description=N_("In years."))
    royalty_base = choose(LABELS["royalty_base"], RoyaltyBase)
    royalty_form = choose(LABELS["royalty_form"], RoyaltyForm)
    royalty_steps = FieldList(FormField(StepRow), LABELS["royalty_steps"])
    minimum_annual_royalty_minor = Amount(LABELS["minimum_annual_royalty_minor"])
    fields_of_use = prose(LABELS["fields_of_use"], rows=2)
    territory = line(LABELS["territory"])
    payment_note = prose(LABELS["payment_note"], rows=2)
    know_how = prose(LABELS["know_how"], rows=2)
    training = prose(LABELS["training"], rows=2)
    liability = prose(LABELS["liability"])
    other = prose(LABELS["other"])
    clauses = TextAreaField(
        N_("Further clauses"),
        [Length(max=TEXT_LENGTH, message=_SHORTEN)],
        description=N_("What no field above holds; it stands in the amendment word by word."),
        render_kw={"rows": 3},
    )

    @classmethod
    def data_of(cls, standing: Standing) -> dict[str, Any]:
        """Give the form's data for the contract as it stands."""
        terms = standing.terms
        return {
            **{name: getattr(terms, name) for name in TEXTS},
            "term_months": terms.term_months,
            "confidentiality_years": terms.confidentiality_years,
            "late_interest_bp": share(terms.late_interest_bp),
            "royalty_base": terms.royalty_base or "",
            "royalty_form": terms.royalty_form or "",
            "minimum_annual_royalty_minor": money(terms.minimum_annual_royalty_minor),
            "royalty_steps": [
                {"from_minor": money(step.from_minor) or 0, "rate_bp": money(step.rate_bp)}
                for step in terms.royalty_steps
            ],
            "rows": [
                {
                    "milestone_id": str(row.milestone_id),
                    "name": row.name,
                    "criterion": row.criterion,
                    "amount_minor": money(row.amount_minor),
                    "due_on": row.due_on,
                }
                for row in standing.open
            ],
        }

    def add_blank_rows(self) -> None:
        """Put empty rows behind the filled ones, so that a page without script can grow."""
        for rows in (self.rows, self.royalty_steps):
            for _ in range(BLANK_ROWS):
                rows.append_entry()

    def to_proposal(self, standing: Standing) -> Proposal:
        """Give what the fields hold; royalties only where the contract has one."""
        values: dict[str, Any] = {name: text(self[name]) for name in TEXTS}
        values |= {
            "term_months": self.term_months.data,
            "confidentiality_years": self.confidentiality_years.data,
            "late_interest_bp": self.late_interest_bp.hundredths,
        }
        if standing.terms.has_royalty:
            values |= {
                "royalty_base": _member(self.royalty_base, RoyaltyBase),
                "royalty_form": _member(self.royalty_form, RoyaltyForm),
                "royalty_steps": tuple(self._steps()),
                "minimum_annual_royalty_minor": self.minimum_annual_royalty_minor.hundredths
                or None,
            }
        return Proposal(
            rows=tuple(self._rows(standing)),
            grounds=text(self.grounds),
            clauses=text(self.clauses),
            values=values,
        )

    def _rows(self, standing: Standing) -> Iterator[PlanRow]:
        fees = {str(row.milestone_id): row.name for row in standing.open if row.is_fee}
        for entry in self.rows:
            row = entry.form
            typed = text(row.milestone_id)
            if row.dropped.data or not (
                text(row.name) or text(row.criterion) or row.amount_minor.data
            ):
                continue
            yield PlanRow(
                milestone_id=_id(typed),
                name=fees.get(typed) or text(row.name),
                criterion=text(row.criterion),
                amount_minor=row.amount_minor.hundredths or 0,
                due_on=row.due_on.data,
                is_fee=typed in fees,
            )

    def _steps(self) -> Iterator[RoyaltyStep]:
        for entry in self.royalty_steps:
            row = entry.form
            if row.rate_bp.data is not None or row.from_minor.data:
                yield RoyaltyStep(
                    from_minor=row.from_minor.hundredths or 0,
                    rate_bp=row.rate_bp.hundredths or 0,
                )


class EndForm(Form):
    """Why a proposal is refused."""

    reason = TextAreaField(
        N_("Reason for the other side"),
        [DataRequired(N_("Write at least a sentence.")), Length(max=TEXT_LENGTH, message=_SHORTEN)],
        render_kw={"rows": 3},
    )


class RecordingForm(Form):
    """The day and number under which the office recorded the change."""

    number = StringField(
        N_("Number of the recording"),
        [
            DataRequired(N_("Give the number of the recording.")),
            Length(max=NUMBER_LENGTH, message=_SHORTEN),
        ],
    )
    recorded_on = DateField(N_("Recorded on"), [InputRequired(N_("Give a day as 2026-11-20."))])


def _member(field: Field, enum: Any) -> Any:  # noqa: ANN401 — any labelled enum
    value = text(field)
    return enum(value) if value in {member.value for member in enum} else None


def _id(typed: str) -> UUID | None:
    """Read the id of a row; a forged one names no milestone of the plan."""
    try:
        return UUID(typed) if typed else None
    except ValueError:
        return UUID(int=0)
