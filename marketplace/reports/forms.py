"""What operators, users and reviewers type after a use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    DateTimeLocalField,
    DecimalField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from marketplace.bookings.forms.booking import moment_of
from marketplace.bookings.forms.operating import fen
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.reports.models import Conclusion
from marketplace.reports.rules import REASON_LIMIT, ROWS_LIMIT
from marketplace.reports.services.reports import ReportInput
from marketplace.reports.services.uses import UseInput
from marketplace.web.fields import Row
from marketplace.web.forms import Form, options, text

if TYPE_CHECKING:
    from datetime import datetime

_LONG = Length(max=4000, message=N_("Use at most 4,000 characters"))
_NUMBER = N_("Give a whole number.")


class ConsumableRow(Row):
    """Something that was used up."""

    name = StringField(N_("Material"), [Length(max=100)])
    amount = StringField(N_("Quantity"), [Length(max=40)])
    unit = StringField(N_("Unit"), [Length(max=20)])


class UseForm(Form):
    """What was used, and what it costs."""

    started_at = DateTimeLocalField(
        N_("Use began (Beijing time)"), [InputRequired(N_("Give day and time."))]
    )
    ended_at = DateTimeLocalField(
        N_("Use ended (Beijing time)"), [InputRequired(N_("Give day and time."))]
    )
    samples = IntegerField(N_("Samples"), [Optional()])
    consumables = FieldList(
        FormField(ConsumableRow), N_("What was used up"), max_entries=ROWS_LIMIT
    )
    charge = DecimalField(
        N_("Charge (yuan)"),
        [Optional()],
        places=2,
        description=N_("Leave it empty for the agreed price; 0 waives it."),
    )
    adjust_reason = StringField(
        N_("Why less than agreed"),
        [Length(max=REASON_LIMIT)],
        description=N_("Needed when you charge less; the user reads it."),
    )
    note = TextAreaField(N_("Remarks"), [_LONG], render_kw={"rows": "3"})

    def to_input(self) -> UseInput:
        """Give what was typed; RuleBroken for what can't be an amount."""
        return UseInput(
            started_at=_moment(self.started_at, "started_at"),
            ended_at=_moment(self.ended_at, "ended_at"),
            samples=self.samples.data,
            consumables=[
                {name: text(getattr(row.form, name)) for name in ("name", "amount", "unit")}
                for row in self.consumables
                if text(row.form.name)
            ],
            charge_minor=_fen(self.charge.data),
            adjust_reason=text(self.adjust_reason),
            note=text(self.note),
        )


def _moment(typed: DateTimeLocalField, field: str) -> datetime:
    found = moment_of(typed)
    if found is None:
        raise RuleBroken(N_("Give day and time."), field=field)
    return found


def _fen(amount: Any) -> int | None:  # noqa: ANN401 — a Decimal or None
    try:
        return fen(amount)
    except RuleBroken as error:
        raise RuleBroken(error.message, field="charge") from error


class LowerForm(Form):
    """A lower charge, with its reason."""

    charge = DecimalField(N_("New charge (yuan)"), [InputRequired(N_("Give an amount."))], places=2)
    reason = TextAreaField(
        N_("Reason"),
        [InputRequired(N_("Say why, so that the other side understands it.")), _LONG],
        render_kw={"rows": "3"},
    )

    def minor(self) -> int:
        """Give the charge in fen."""
        return _fen(self.charge.data) or 0


class ReasonForm(Form):
    """A reason that the other side reads."""

    reason = TextAreaField(
        N_("Reason"),
        [InputRequired(N_("Say why, so that the other side understands it.")), _LONG],
        render_kw={"rows": "4"},
    )


class MeasuredRow(Row):
    """A measured value against its target."""

    name = StringField(N_("Figure"), [Length(max=100)])
    unit = StringField(N_("Unit"), [Length(max=40)])
    target = StringField(N_("Target"), [Length(max=60)])
    measured = StringField(N_("Measured value"), [Length(max=60)])
    verdict = SelectField(
        N_("Verdict"),
        choices=lambda: options(
            [("", N_("by the figures")), ("reached", N_("reached")), ("missed", N_("missed"))]
        ),
    )


class ReportForm(Form):
    """A test report in its fixed form."""

    version = IntegerField(N_("Version"), [InputRequired()], widget=HiddenInput())
    title = StringField(N_("Title of the report"), [Length(max=200)])
    object_tested = TextAreaField(
        N_("What was tested"),
        [_LONG],
        description=N_("Sample, batch, version of the prototype or software."),
        render_kw={"rows": "3"},
    )
    method = TextAreaField(
        N_("Method"),
        [_LONG],
        description=N_("Instrument, procedure, and the standard followed if there is one."),
        render_kw={"rows": "4"},
    )
    conditions = TextAreaField(
        N_("Test conditions"),
        [_LONG],
        description=N_("Temperature, load, duration, number of repeats."),
        render_kw={"rows": "3"},
    )
    rows = FieldList(FormField(MeasuredRow), N_("Measured values"), max_entries=ROWS_LIMIT)
    conclusion = SelectField(
        N_("Conclusion"),
        choices=lambda: options([("", N_("by the figures")), *Conclusion.choices()]),
    )
    summary = TextAreaField(
        N_("What was found"),
        [_LONG],
        description=N_("One or two sentences with the figure that matters."),
        render_kw={"rows": "3"},
    )
    level = SelectField(
        N_("Readiness level that the results prove"),
        choices=lambda: options(
            [("", N_("none")), *((str(one), f"TRL {one}") for one in range(1, 10))]
        ),
        description=N_("A reviewer looks at it before the listing shows it."),
    )

    def to_input(self) -> ReportInput:
        """Give what was typed."""
        conclusion = text(self.conclusion)
        level = text(self.level)
        return ReportInput(
            version=self.version.data or 0,
            title=text(self.title),
            object_tested=text(self.object_tested),
            method=text(self.method),
            conditions=text(self.conditions),
            rows=[
                {
                    name: text(getattr(row.form, name))
                    for name in ("name", "unit", "target", "measured", "verdict")
                }
                for row in self.rows
            ],
            summary=text(self.summary),
            conclusion=Conclusion(conclusion) if conclusion else None,
            level=int(level) if level else None,
        )


class RatingForm(Form):
    """Stars and a sentence."""

    stars = RadioField(
        N_("Your rating"),
        [InputRequired(N_("Give one to five stars."))],
        choices=lambda: options([(str(one), "★" * one) for one in range(5, 0, -1)]),
    )
    text = TextAreaField(
        N_("What others should know"),
        [Length(max=1000, message=N_("Use at most 1,000 characters"))],
        description=N_("Everybody reads it. A rating can't be changed or removed."),
        render_kw={"rows": "4"},
    )
