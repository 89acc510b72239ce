"""Forms of the people who book."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from marketplace.bookings.rules import KEY_LIMIT
from marketplace.bookings.services.holding import Wish
from marketplace.bookings.services.submitting import TEXT_LIMIT, Details
from marketplace.bookings.times import BEIJING, WeeklyRule
from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.organizations.wiring import own_name
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from marketplace.bookings.models import Resource
    from marketplace.organizations.models import Organization

#: ISO weekdays with their message ids.
WEEKDAYS = (
    ("1", N_("Monday")),
    ("2", N_("Tuesday")),
    ("3", N_("Wednesday")),
    ("4", N_("Thursday")),
    ("5", N_("Friday")),
    ("6", N_("Saturday")),
    ("7", N_("Sunday")),
)


def named(organizations: Iterable[Organization]) -> list[SelectChoice]:
    """Give organizations as choices."""
    return [SelectChoice(str(one.id), own_name(one)) for one in organizations]


def moment_of(field: Any) -> datetime | None:  # noqa: ANN401 — WTForms' own type
    """Read a typed local time as Beijing time."""
    return field.data.replace(tzinfo=BEIJING) if field.data else None


def given(field: Any) -> Any:  # noqa: ANN401 — WTForms' own types
    """Give the value of a field that the form has checked to be there."""
    return field.data


class HoldForm(Form):
    """Keeps a slot or a time of one's own for a quarter of an hour."""

    key = HiddenField(validators=[Length(max=KEY_LIMIT)])
    organization_id = SelectField(N_("Book in the name of"))
    starts = DateTimeLocalField(N_("From (Beijing time)"), [Optional()])
    ends = DateTimeLocalField(N_("To (Beijing time)"), [Optional()])
    places = IntegerField(N_("Places"), [Optional()], default=1)
    samples = IntegerField(N_("Samples"), [Optional()])
    listing_id = SelectField(N_("The result that is to be proven"), [Optional()])

    def choices(
        self,
        organizations: Sequence[SelectChoice | tuple[str, str]],
        listings: Iterable[tuple[UUID, str]],
    ) -> None:
        """Say in whose name one may book, and for which results."""
        self.organization_id.choices = list(organizations)
        self.listing_id.choices = [
            SelectChoice("", "–"),
            *(SelectChoice(str(identity), title) for identity, title in listings),
        ]

    def to_wish(self, resource_id: UUID, slot_id: UUID | None) -> Wish:
        """Give the wish; numbers that were left out are one place and no samples."""
        return Wish(
            resource_id=resource_id,
            organization_id=UUID(self.organization_id.data),
            slot_id=slot_id,
            starts_at=None if slot_id else moment_of(self.starts),
            ends_at=None if slot_id else moment_of(self.ends),
            places=1 if self.places.data is None else self.places.data,
            samples=self.samples.data,
            listing_id=UUID(self.listing_id.data) if self.listing_id.data else None,
        )


class DetailsForm(Form):
    """What the operator must know; questions are added as ``answer_<number>``."""

    expected = HiddenField()
    purpose = TextAreaField(
        N_("What do you want to do?"),
        [Length(max=TEXT_LIMIT)],
        description=N_("Material, amount, what is measured; the operator judges by it."),
        render_kw={"rows": 4},
    )
    samples = IntegerField(N_("Samples"), [Optional()])
    project_account = StringField(N_("Project account to bill"), [Length(max=80)])
    voucher_number = StringField(
        N_("Number of an innovation voucher"),
        [Length(max=60)],
        description=N_("The voucher rate then holds; the operator checks the voucher."),
    )
    file = file_field(N_("A file for the operator"), N_("For example a safety data sheet."))
    safety_accepted = BooleanField(N_("I have read the safety statement and keep to it."))

    def answers(self, resource: Resource) -> dict[str, str]:
        """Give the answers by the questions' keys."""
        return {
            row["key"]: text(self._fields[f"answer_{number}"])
            for number, row in enumerate(resource.questions)
        }

    def question_fields(self, resource: Resource) -> list[Any]:
        """Give the fields of the operator's questions in their order."""
        return [self._fields[f"answer_{number}"] for number in range(len(resource.questions))]

    def to_details(self, resource: Resource) -> Details:
        """Give what is sent; a sum that is no number was never shown."""
        expected = str(self.expected.data or "")
        return Details(
            purpose=text(self.purpose),
            expected_minor=int(expected) if expected.isascii() and expected.isdigit() else -1,
            answers=self.answers(resource),
            safety_accepted=bool(self.safety_accepted.data),
            project_account=text(self.project_account),
            voucher_number=text(self.voucher_number),
            samples=self.samples.data,
        )


def with_questions(kind: type[Any], resource: Resource, language: str) -> type[Any]:
    """Give the form with a field for each question of the resource, in the reader's language."""
    fields = {
        f"answer_{number}": TextAreaField(
            (row.get("text_en") if language == "en" else "") or row["text"],
            [InputRequired(N_("The operator needs an answer here."))]
            if row.get("required")
            else [Optional()],
            render_kw={"rows": 2},
        )
        for number, row in enumerate(resource.questions)
    }
    return type(kind.__name__, (kind,), fields)


class WeeklyFields(Form):
    """The same time on some weekdays between two days."""

    weekdays = SelectMultipleField(N_("On"), choices=lambda: options(WEEKDAYS))
    starts = TimeField(N_("Starts at (Beijing time)"), [InputRequired(N_("Say from when."))])
    ends = TimeField(N_("Ends at (Beijing time)"), [InputRequired(N_("Say until when."))])
    first_on = DateField(N_("First day"), [InputRequired(N_("Say on which day it begins."))])
    last_on = DateField(N_("Last day"), [InputRequired(N_("Say on which day it ends."))])

    def to_rule(self) -> WeeklyRule:
        """Give the rule that the fields describe."""
        starts, ends = given(self.starts), given(self.ends)
        return WeeklyRule(
            weekdays=frozenset(int(one) for one in self.weekdays.data or ()),
            starts=starts.hour * 60 + starts.minute,
            ends=ends.hour * 60 + ends.minute,
            first_on=given(self.first_on),
            last_on=given(self.last_on),
        )


class SeriesForm(WeeklyFields, DetailsForm):
    """Books the same time every week."""

    key = HiddenField(validators=[Length(max=KEY_LIMIT)])
    organization_id = SelectField(N_("Book in the name of"))
    places = IntegerField(N_("Places"), [Optional()], default=1)


class CancelForm(Form):
    """Cancels at the cost that was shown."""

    expected = HiddenField()
    reason = TextAreaField(
        N_("A word to the operator"), [Length(max=TEXT_LIMIT)], render_kw={"rows": 2}
    )


class MoveForm(Form):
    """Moves a booking to another time of the same length."""

    slot_id = SelectField(N_("Another slot"), [Optional()])
    starts = DateTimeLocalField(N_("From (Beijing time)"), [Optional()])


class EarlyForm(Form):
    """Says from when on one could come before the booked time."""

    early_from = DateTimeLocalField(
        N_("I can come from (Beijing time)"),
        [Optional()],
        description=N_("Empty: the use begins at its booked time."),
    )


class HandOverForm(Form):
    """Names the colleague who comes instead."""

    person_id = SelectField(N_("Who comes instead?"))


class QualificationForm(Form):
    """Asks to be allowed to use a resource."""

    organization_id = SelectField(N_("Book in the name of"))
    statement = TextAreaField(
        N_("Your training and experience"), [Length(max=TEXT_LIMIT)], render_kw={"rows": 3}
    )
