"""What all steps of a facility's form share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.validators import ValidationError as Refused
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.codes.districts import DISTRICTS, WUHAN
from marketplace.core.messages import N_
from marketplace.drafting import forms as drafting
from marketplace.facilities.content import OUTLINE, PARTS
from marketplace.facilities.values import TEXT_LENGTH
from marketplace.web.forms import SelectChoice
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from marketplace.codes.code import CodeList


class StepForm(drafting.StepForm):
    """A step of writing a facility."""

    outline = OUTLINE

    def values(self) -> dict[str, Any]:
        """Give the parts of the content that the fields hold; nothing typed is an empty value."""
        return {
            name: PARTS[name].empty if value is None else value
            for name, value in super().values().items()
        }


def words(label: str, hint: str = "", *, rows: int = 4) -> TextAreaField:
    """Make an optional field of several lines."""
    return TextAreaField(
        label,
        [Length(max=TEXT_LENGTH, message=N_("Shorten this."))],
        description=hint,
        render_kw={"rows": rows},
    )


def many(label: str, choices: Any, hint: str = "") -> SelectMultipleField:  # noqa: ANN401 — WTForms takes a callable
    """Make boxes to tick."""
    return SelectMultipleField(
        label,
        choices=choices,
        description=hint,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def codes_of(codes: CodeList, values: list[str]) -> list[str]:
    """Give the chosen codes without blanks and repeats; refuse one that is in no list."""
    chosen = list(dict.fromkeys(value for value in values if value))
    if any(value not in codes for value in chosen):
        raise Refused(N_("Choose from the list."))
    return chosen


def district_choices() -> list[SelectChoice]:
    """Give Wuhan's districts in the language of the page."""
    language = current_language()
    return [
        SelectChoice("", "–"),
        *(SelectChoice(one.code, one.name(language)) for one in DISTRICTS.children(WUHAN)),
    ]
