"""Fields that several forms of needs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import wtforms
from flask_babel import gettext
from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.messages import N_
from marketplace.web.fields import ScaledField
from marketplace.web.forms import SelectChoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal

    from marketplace.codes.code import CodeList
    from marketplace.core.enums import LabelledEnum
    from marketplace.organizations.models import Organization

#: Minor units in 万元, the unit in which budgets are typed.
WAN_MINOR = 1_000_000
#: No budget of the field reaches a thousand 亿元.
_AMOUNT_LIMIT = 10_000_000
_TEXT_LIMIT = 10_000


def line(label: str, hint: str = "", *, limit: int = 300, checks: Sequence[Any] = ()) -> Any:  # noqa: ANN401 — an unbound field
    """Make a field of one line."""
    length = Length(max=limit, message=N_("This is too long."))
    return StringField(label, [*checks, length], description=hint)


def words(
    label: str,
    hint: str = "",
    *,
    rows: int = 4,
    limit: int = _TEXT_LIMIT,
    checks: Sequence[Any] = (),
) -> Any:  # noqa: ANN401 — an unbound field
    """Make a field of several lines."""
    length = Length(max=limit, message=N_("This is too long."))
    return TextAreaField(label, [*checks, length], description=hint, render_kw={"rows": rows})


class WanField(ScaledField):
    """An amount typed in 万元 (10,000 yuan), kept in minor units; half a fen is refused."""

    scale = WAN_MINOR
    too_fine = N_("Give at most six digits behind the point.")

    def judge(self, amount: Decimal) -> None:
        """Refuse what no budget of the field reaches."""
        if not amount.is_finite():
            raise ValueError(gettext("Give a number in 10,000 yuan, such as 80 or 12.5."))
        if not 0 <= amount <= _AMOUNT_LIMIT:
            raise ValueError(gettext("Give an amount between 0 and 10,000,000."))


class Choices(SelectMultipleField):
    """Ticks of one list; unknown values are refused."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def translated(enum: type[LabelledEnum]) -> list[SelectChoice]:
    """Give a list's entries in this request's language."""
    return [SelectChoice(member.value, gettext(member.label)) for member in enum]


def named(organizations: Iterable[Organization]) -> list[SelectChoice]:
    """Give organizations to choose from."""
    return [SelectChoice(str(one.id), one.name) for one in organizations]


def code_field(codes: CodeList, choices: Any) -> Any:  # noqa: ANN401 — an unbound field
    """Make one choice among grouped codes; a retired code that is stored stays choosable."""

    def known(_form: object, field: Any) -> None:  # noqa: ANN401 — WTForms' own type
        if field.data and field.data not in codes:
            raise wtforms.ValidationError(gettext("Choose from the list."))

    return SelectField(choices=choices, validators=[known], validate_choice=False)


def level_choices() -> list[SelectChoice]:
    """Give the readiness levels, and none of them."""
    levels = [SelectChoice(str(number), f"TRL {number}") for number in range(1, 10)]
    return [SelectChoice("", gettext("Not given")), *levels]


def level(value: object) -> int | None:
    """Read a chosen readiness level."""
    return int(str(value)) if value else None
