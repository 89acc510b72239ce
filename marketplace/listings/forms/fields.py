"""Fields that several steps share, and rows of a form's table."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from wtforms import DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional
from wtforms.validators import ValidationError as Refused

from marketplace.core.messages import N_
from marketplace.listings.rules import TEXT_LENGTH
from marketplace.web.forms import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.codes.code import CodeList
    from marketplace.core.enums import LabelledEnum

#: Minor units in 万元, the unit in which prices are typed.
WAN_MINOR = 1_000_000


def line(label: str, hint: str = "", *, limit: int = 300) -> StringField:
    """Make an optional field of one line."""
    return StringField(label, [Length(max=limit, message=N_("Shorten this."))], description=hint)


def words(label: str, hint: str = "", *, rows: int = 4) -> TextAreaField:
    """Make an optional field of several lines."""
    return TextAreaField(
        label,
        [Length(max=TEXT_LENGTH, message=N_("Shorten this."))],
        description=hint,
        render_kw={"rows": rows},
    )


class Yuan(DecimalField):
    """An amount in 万元, kept in minor units."""

    def __init__(self, label: str, **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        checks = [
            Optional(),
            NumberRange(min=Decimal("0.01"), max=10**9, message=N_("Give an amount above 0.")),
        ]
        options.setdefault("render_kw", {"inputmode": "decimal"})
        super().__init__(label, checks, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number with or without commas."""
        text = str(valuelist[0]).strip().replace(",", "").replace("，", "") if valuelist else ""
        if not text:
            self.data = None
            return
        try:
            value = Decimal(text)
        except ArithmeticError:
            value = Decimal("NaN")
        if not value.is_finite():
            self.data = None
            raise ValueError(gettext("Give a number, such as 12.5."))
        self.data = value

    @property
    def minor(self) -> int | None:
        """The amount in minor units."""
        return None if self.data is None else int(self.data * WAN_MINOR)


def wan(minor: int | None) -> Decimal | None:
    """Give minor units in 万元, without needless zeros."""
    if minor is None:
        return None
    amount = Decimal(minor) / WAN_MINOR
    return amount.quantize(Decimal(1)) if amount == amount.to_integral() else amount.normalize()


def choose(label: str, enum: type[LabelledEnum]) -> SelectField:
    """Make an optional choice of one entry of a list, translated when the form is made."""
    return SelectField(label, choices=lambda: options([("", "–"), *enum.choices()]))


def code_field(choices: Any) -> SelectField:  # noqa: ANN401 — a callable that WTForms calls
    """Make one choice among grouped codes; a retired code that is stored stays choosable."""
    return SelectField(choices=choices, validate_choice=False)


def known_codes(codes: CodeList, values: Iterable[str]) -> list[str]:
    """Give the chosen codes without blanks and repeats; refuse one that is in no list."""
    chosen = list(dict.fromkeys(value for value in values if value))
    if any(value not in codes for value in chosen):
        raise Refused(gettext("Choose from the list."))
    return chosen
