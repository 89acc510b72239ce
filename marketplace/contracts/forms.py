"""What the supplier's side types about registration and recording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wtforms import DateField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.messages import N_
from marketplace.deals.forms.money import YuanField
from marketplace.web.forms import Form, options

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from marketplace.contracts.rules import Point

_NO_DAY = N_("Give a day as 2026-11-20.")


def _day(label: str) -> DateField:
    return DateField(label, [InputRequired(_NO_DAY)])


class PrepareForm(Form):
    """What the sheet needs beyond the contract, and the checklist."""

    office = StringField(
        N_("Registration office"),
        [InputRequired(N_("Name the office.")), Length(max=120)],
        description=N_("One office only, where the supplier's side has its seat."),
    )
    technology = YuanField(
        N_("Part of the amount that pays for technology"),
        required=True,
        description=N_("In yuan, without equipment, materials and other goods."),
    )
    checked = SelectMultipleField(
        N_("Ready for the file"), widget=ListWidget(), option_widget=CheckboxInput()
    )

    def offer(self, points: Sequence[Point]) -> None:
        """Offer the points of this contract's checklist."""
        self.checked.choices = options([(point.value, point.label) for point in points])

    @property
    def technology_minor(self) -> int:
        """The typed amount in fen."""
        return self.technology.minor or 0


class FileForm(Form):
    """The day on which the file was handed in."""

    filed_on = _day(N_("Handed in on"))


class ReturnForm(Form):
    """Why the office returned the file."""

    reason = TextAreaField(
        N_("Reason given by the office"),
        [InputRequired(N_("Give the office's reason.")), Length(max=1000)],
    )


class RegisterForm(Form):
    """The number and day of the registration."""

    number = StringField(
        N_("Registration number"),
        [InputRequired(N_("Give the registration number.")), Length(max=60)],
    )
    registered_on = _day(N_("Registered on"))


class RecordForm(Form):
    """The number and day under which the patent office recorded the license."""

    recording_number = StringField(
        N_("Number of the recording"),
        [InputRequired(N_("Give the number of the recording.")), Length(max=60)],
    )
    recorded_on = _day(N_("Recorded on"))


def day_of(field: DateField) -> date:
    """Give the field's day; ValueError when the form was not checked before."""
    if field.data is None:
        raise ValueError("the form has no day")
    return field.data
