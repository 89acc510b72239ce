"""Policies, splits, costs, consents, payouts, the simulator."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from wtforms import (
    DateField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    Regexp,
    ValidationError,
)

from marketplace.core.messages import N_
from marketplace.deals.forms.money import YuanField
from marketplace.files.forms import file_field
from marketplace.performance.forms.steps import TOO_LONG
from marketplace.performance.models import Pool
from marketplace.performance.rules.split import Rates
from marketplace.performance.services.payouts import PayoutDraft
from marketplace.performance.services.splits import PersonLine, SplitDraft
from marketplace.web.fields import Row
from marketplace.web.forms import Form, options, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.performance.models import SplitShare

#: Weights are kept in hundredths, so that 12.5 may be typed.
HUNDREDTHS = 100
#: Empty rows offered below the filled ones.
SPARE_ROWS = 2
MOST_ROWS = 100


def percent_field(label: str) -> DecimalField:
    """Make a field for percent with at most two decimals."""
    return DecimalField(
        label,
        [Optional(), NumberRange(0, 100, N_("Give a percentage between 0 and 100."))],
        places=None,
        render_kw={"inputmode": "decimal"},
    )


class RatesForm(Form):
    """The four pools."""

    inventors = percent_field(N_("Inventors, percent"))
    staff = percent_field(N_("Transfer staff, percent"))
    college = percent_field(N_("College, percent"))
    university = percent_field(N_("Institution, percent"))

    def show_rates(self, rates: Rates) -> None:
        """Fill the pools in."""
        fields = (self.inventors, self.staff, self.college, self.university)
        for field, points in zip(fields, rates, strict=True):
            field.data = Decimal(points) / HUNDREDTHS

    def rates(self) -> Rates:
        """Give the pools in basis points; an empty field counts as 0."""
        fields = (self.inventors, self.staff, self.college, self.university)
        points = [round((field.data or Decimal(0)) * HUNDREDTHS) for field in fields]
        return Rates(
            inventors_bp=points[0],
            staff_bp=points[1],
            college_bp=points[2],
            university_bp=points[3],
        )


class PolicyForm(RatesForm):
    """An institution's policy."""

    source = StringField(
        N_("Document that says so"),
        [DataRequired(N_("Name the document.")), Length(max=300, message=TOO_LONG)],
    )


class PersonRow(Row):
    """Somebody who gets a part."""

    pool = SelectField(
        N_("Pool"),
        choices=lambda: options([(one.value, one.label) for one in Pool]),
    )
    name = StringField(N_("Person's name"), [Length(max=80, message=TOO_LONG)])
    email = StringField(
        N_("E-mail of the account"),
        [
            Optional(),
            Length(max=254, message=TOO_LONG),
            Regexp(
                r"[^@\s]+@[^@\s]+\.[^@\s]+$",
                message=N_("Give an address such as name@example.com."),
            ),
        ],
    )
    weight = StringField(N_("Share within the pool"), render_kw={"inputmode": "decimal"})

    def validate_weight(self, field: StringField) -> None:  # noqa: ARG002 — WTForms' own signature
        """Refuse a share that is no number above 0, unless the row is empty."""
        try:
            self.line()
        except ValueError:
            raise ValidationError(gettext("Give each person a name and a share above 0.")) from None

    def line(self) -> PersonLine | None:
        """Give the person; ValueError for a share that is no number."""
        name, typed = str(self.name.data or "").strip(), str(self.weight.data or "").strip()
        if not name and not typed:
            return None
        try:
            weight = Decimal(typed.rstrip("%")) * HUNDREDTHS
            whole = int(weight)
        except (ArithmeticError, ValueError):
            raise ValueError(name) from None
        if whole != weight or whole <= 0:
            raise ValueError(name)
        return PersonLine(
            pool=Pool(self.pool.data),
            name=name,
            email=str(self.email.data or "").strip(),
            weight=whole,
        )


class PeopleForm(RatesForm):
    """The pools, and the people in them."""

    people = FieldList(FormField(PersonRow), N_("People"), max_entries=MOST_ROWS)

    def show_people(self, rows: Iterable[dict[str, Any]]) -> None:
        """Fill people in, with spare rows below."""
        while self.people.entries:
            self.people.pop_entry()
        for row in [*rows, *({} for _ in range(SPARE_ROWS))]:
            self.people.append_entry(row)

    def spare(self) -> None:
        """Offer spare rows where the browser sent none."""
        if not self.people.entries:
            self.show_people([])

    def lines(self) -> list[PersonLine]:
        """Give the filled rows."""
        found = (entry.form.line() for entry in self.people)
        return [line for line in found if line is not None]


def rows_of(shares: Iterable[SplitShare]) -> list[dict[str, Any]]:
    """Give the people of a split as rows of the form."""
    return [
        {
            "pool": share.pool.value,
            "name": share.name,
            "email": share.email,
            "weight": f"{Decimal(share.weight) / HUNDREDTHS:.2f}".rstrip("0").rstrip("."),
        }
        for share in shares
    ]


class SplitForm(PeopleForm):
    """An income to share out."""

    gross = YuanField(N_("Income to share out, in yuan"), required=True)
    college_name = StringField(N_("Name of the college"), [Length(max=120, message=TOO_LONG)])
    note = TextAreaField(
        N_("Remark on the split"), [Length(max=2000, message=TOO_LONG)], render_kw={"rows": 2}
    )

    def to_draft(self) -> SplitDraft:
        """Give what was filled in."""
        return SplitDraft(
            gross_minor=self.gross.minor or 0,
            rates=self.rates(),
            people=self.lines(),
            college=text(self.college_name),
            note=text(self.note),
        )


class SimulatorForm(PeopleForm):
    """An income that may come, and its costs."""

    gross = YuanField(N_("Gross income in yuan"), required=True)
    cost = YuanField(N_("Direct costs in yuan"), required=False)


class CalculatorForm(RatesForm):
    """The same for everybody, sent in the address: inventors share their part equally."""

    class Meta(RatesForm.Meta):
        csrf = False

    gross = YuanField(N_("Gross income in yuan"), required=True)
    cost = YuanField(N_("Direct costs in yuan"), required=False)
    people = IntegerField(
        N_("Number of inventors"),
        [
            InputRequired(N_("Give a number from 1 to 100.")),
            NumberRange(1, MOST_ROWS, N_("Give a number from 1 to 100.")),
        ],
        render_kw={"inputmode": "numeric"},
    )


class CostForm(Form):
    """A direct cost."""

    amount = YuanField(N_("Cost in yuan"), required=True)
    text = StringField(
        N_("What the cost was for"),
        [DataRequired(N_("Say what it was for.")), Length(max=300, message=TOO_LONG)],
    )
    file = file_field(N_("Proof of the cost"))


class AnswerForm(Form):
    """What somebody says to their share."""

    answer = RadioField(
        N_("Your answer"),
        [DataRequired(N_("Choose one."))],
        choices=options([("agree", N_("I agree to my share")), ("refuse", N_("I don't agree"))]),
    )
    reason = TextAreaField(
        N_("Reason, if you don't agree"),
        [Length(max=2000, message=TOO_LONG)],
        render_kw={"rows": 2},
    )


class PaperConsentForm(Form):
    """A consent that was signed on paper."""

    file = file_field(N_("Signed consent"))


class ObjectionForm(Form):
    """An objection against an award notice."""

    text = TextAreaField(
        N_("Your objection and its reasons"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=2000, message=TOO_LONG),
        ],
        render_kw={"rows": 4},
    )


class AwardOutcomeForm(Form):
    """How an objection was settled."""

    outcome = TextAreaField(
        N_("How it was settled, with reasons"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=2000, message=TOO_LONG),
        ],
        render_kw={"rows": 2},
    )


class PayoutForm(Form):
    """A payout to a person."""

    amount = YuanField(N_("Amount before tax, in yuan"), required=True)
    tax = YuanField(N_("Tax withheld, in yuan"), required=False)
    paid_on = DateField(N_("Day of the payout"), [DataRequired(N_("Give the day"))])
    reference = StringField(
        N_("Reference of the payout"),
        [
            DataRequired(N_("Give the reference of the payment.")),
            Length(max=100, message=TOO_LONG),
        ],
    )
    tax_note = StringField(
        N_("Note on the tax"),
        [Length(max=300, message=TOO_LONG)],
        description=N_("For example: half of it counts as wages, as the rule for job awards says."),
    )

    def to_draft(self) -> PayoutDraft:
        """Give what was filled in."""
        return PayoutDraft(
            amount_minor=self.amount.minor or 0,
            tax_minor=self.tax.minor or 0,
            paid_on=self.paid_on.data or date.max,
            reference=text(self.reference),
            tax_note=text(self.tax_note),
        )
