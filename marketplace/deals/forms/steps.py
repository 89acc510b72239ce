"""Opening a deal, moving it, planning its next step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from marketplace.core.messages import N_
from marketplace.deals.exits import LINE_LENGTH, TEXT_LENGTH
from marketplace.deals.forms.money import YuanField
from marketplace.deals.rules import FieldKind
from marketplace.deals.services.opening import Opening
from marketplace.web.forms import Form, options, text

if TYPE_CHECKING:
    from wtforms import Field

    from marketplace.deals.models import Deal
    from marketplace.deals.rules import ExitField, Transition

TOO_LONG = N_("Shorten this.")


class NextStepForm(Form):
    """What comes next, and when."""

    next_step = StringField(
        N_("Next step"),
        [DataRequired(N_("Say what comes next.")), Length(max=LINE_LENGTH, message=TOO_LONG)],
        description=N_("Who does what, in one line."),
    )
    next_on = DateField(N_("Day of the next step"), [DataRequired(N_("Give the day"))])
    version = HiddenField()


class OpenForm(NextStepForm):
    """A new deal: its next step, and a first line to the others."""

    message = TextAreaField(
        N_("Message to the others"),
        [Length(max=TEXT_LENGTH, message=TOO_LONG)],
        description=N_("They read it first when they open the deal."),
        render_kw={"rows": 4},
    )

    def to_opening(self) -> Opening:
        """Give what was said."""
        return Opening(
            next_step=text(self.next_step),
            next_on=self.next_on.data,
            message=text(self.message),
        )


class MoveForm(Form):
    """The exit fields of one step; ``move_form`` adds them to a subclass."""

    version = HiddenField()
    asked: tuple[ExitField, ...] = ()

    def to_values(self) -> dict[str, object]:
        """Give what was filled in, by the names of the table."""
        found: dict[str, object] = {}
        for asked in self.asked:
            field = self[asked.name]
            found[asked.name] = field.minor if isinstance(field, YuanField) else field.data
        return found


def move_form(row: Transition, deal: Deal) -> MoveForm:
    """Build the form of a step, with the deal's version and what is known already."""
    fields: dict[str, Any] = {field.name: _field(field) for field in row.fields}
    kind = type(f"MoveForm_{row.event}", (MoveForm,), {"asked": row.fields, **fields})
    known: dict[str, Any] = {"version": str(deal.version)}
    if "value" in fields:
        known["value"] = deal.value_minor
    form: MoveForm = kind(data=known)
    return form


def _field(asked: ExitField) -> Field:
    checks: list[Any] = (
        [DataRequired(N_("Fill this in: the stage can't be left without it."))]
        if asked.required
        else [Optional()]
    )
    if asked.kind is FieldKind.DATE:
        return DateField(asked.label, checks, description=asked.hint)
    if asked.kind is FieldKind.MONEY:
        return YuanField(asked.label, required=asked.required, description=asked.hint)
    if asked.kind is FieldKind.CHOICE and asked.choices is not None:
        members = asked.choices.choices()
        return SelectField(
            asked.label,
            checks,
            choices=lambda: options([("", N_("Choose")), *members]),
            description=asked.hint,
        )
    limit = LINE_LENGTH if asked.kind is FieldKind.LINE else TEXT_LENGTH
    checks.append(Length(max=limit, message=TOO_LONG))
    if asked.kind is FieldKind.LINE:
        return StringField(asked.label, checks, description=asked.hint)
    return TextAreaField(asked.label, checks, description=asked.hint, render_kw={"rows": 4})
