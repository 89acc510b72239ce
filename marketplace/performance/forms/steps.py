"""Steps of milestones, statements, commissions and disputes."""

from __future__ import annotations

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from marketplace.core.messages import N_
from marketplace.deals.forms.money import YuanField
from marketplace.files.forms import file_field
from marketplace.performance.models import DisputeOutcome
from marketplace.performance.services.notes import TEXT_LENGTH
from marketplace.web.forms import Form, options

TOO_LONG = N_("Shorten this.")
_LENGTH = Length(max=TEXT_LENGTH, message=TOO_LONG)


class StepForm(Form):
    """A step of a milestone, with words and perhaps a file."""

    note = TextAreaField(N_("In a few sentences"), [_LENGTH], render_kw={"rows": 3})
    file = file_field(N_("File to this step"))


class PartForm(Form):
    """How much is paid now."""

    amount = YuanField(
        N_("Amount paid now, in yuan"),
        required=False,
        description=N_("Leave it empty to pay all that is open."),
    )


class ReportForm(Form):
    """What a licensee reports for a period."""

    base = YuanField(N_("Base of the period, in yuan"), required=True)
    note = TextAreaField(N_("How the base was worked out"), [_LENGTH], render_kw={"rows": 3})
    file = file_field(
        N_("Evidence"), N_("Extract of the books, sales list or audit report of the period.")
    )


class ReasonForm(Form):
    """A reason that the other side reads."""

    reason = TextAreaField(
        N_("Reason for the other side"),
        [DataRequired(N_("Write at least a sentence.")), _LENGTH],
        render_kw={"rows": 3},
    )


class InspectionForm(ReasonForm):
    """When and why books are to be read."""

    planned_on = DateField(N_("Day of the inspection"), [DataRequired(N_("Give the day"))])


class FindingForm(Form):
    """What an inspection found."""

    finding = TextAreaField(
        N_("What the inspection found"),
        [DataRequired(N_("Write at least a sentence.")), _LENGTH],
        render_kw={"rows": 3},
    )


class OutcomeForm(Form):
    """How a dispute is to end."""

    outcome = SelectField(
        N_("Outcome of the dispute"),
        choices=options([(one.value, one.label) for one in DisputeOutcome]),
    )
    text = TextAreaField(
        N_("Reasons and conditions"),
        [DataRequired(N_("Write at least a sentence.")), _LENGTH],
        render_kw={"rows": 3},
    )


class WithdrawalForm(Form):
    """Why a dispute is withdrawn."""

    text = TextAreaField(
        N_("Reasons and conditions"),
        [DataRequired(N_("Write at least a sentence.")), _LENGTH],
        render_kw={"rows": 2},
    )


class InvoiceForm(Form):
    """The invoice of a commission."""

    number = StringField(
        N_("Number of the invoice"),
        [DataRequired(N_("Give the number of the invoice.")), Length(max=60, message=TOO_LONG)],
    )


class SettleForm(Form):
    """How a quarrel about a commission ends."""

    outcome = TextAreaField(
        N_("What was agreed"),
        [DataRequired(N_("Write at least a sentence.")), _LENGTH],
        render_kw={"rows": 3},
    )
    amount = YuanField(
        N_("New amount in yuan"),
        required=False,
        description=N_("Only the manager can lower it; empty leaves it as it is."),
    )
