"""Fields of amounts, percentages and days, with errors that say how to mend them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from wtforms import DecimalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import DateField
from wtforms.validators import Length, Optional

from marketplace.core.messages import N_
from marketplace.terms.rules.validation import TEXT_LENGTH
from marketplace.web.forms import options

if TYPE_CHECKING:
    from marketplace.core.enums import LabelledEnum

#: Larger numbers are slips; they would not fit the columns either.
_MOST = Decimal(10) ** 15
_HUNDREDTH = Decimal("0.01")


class _Figure(DecimalField):
    """A number of at most two decimals, typed with or without commas."""

    def __init__(self, label: str = "", **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        options.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, [Optional()], places=None, **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; say what is wrong with it."""
        text = str(valuelist[0]).strip().replace(",", "").replace("，", "") if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            value = Decimal(text)
        except ArithmeticError:
            raise ValueError(gettext("Give a number, such as 12.5.")) from None
        if not value.is_finite() or abs(value) > _MOST:
            raise ValueError(gettext("Give a number, such as 12.5."))
        if value != value.quantize(_HUNDREDTH):
            raise ValueError(gettext("Two decimals at most."))
        if value < 0:
            raise ValueError(gettext("An amount can't be negative."))
        self.data = value

    @property
    def hundredths(self) -> int | None:
        """The number in hundredths: fen of yuan, basis points of per cent."""
        return None if self.data is None else int(self.data * 100)


class Amount(_Figure):
    """An amount in whole units of the currency (yuan), kept in minor units."""


class Percent(_Figure):
    """A share in per cent, kept in basis points."""


class Day(DateField):
    """A day as 2026-11-20."""

    def __init__(self, label: str = "", **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        options.setdefault("render_kw", {"type": "date"})
        super().__init__(label, [Optional()], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day; say how it is written."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError:
            raise ValueError(gettext("Give a day as 2026-11-20.")) from None


class Count(IntegerField):
    """A whole number that may be left out."""

    def __init__(self, label: str = "", **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        options.setdefault("render_kw", {"inputmode": "numeric"})
        super().__init__(label, [Optional()], **options)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; say what is wrong with it."""
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            return
        if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 — fits an integer column
            raise ValueError(gettext("Give a whole number from 0 on."))
        self.data = int(text)


def money(minor: int | None) -> Decimal | None:
    """Give hundredths as the number that a person typed; nothing for 0 and None."""
    return Decimal(minor) / 100 if minor else None


def share(basis_points: int | None) -> Decimal | None:
    """Give basis points as the per cent that a person typed; 0 was typed too."""
    return None if basis_points is None else Decimal(basis_points) / 100


def line(label: str, hint: str = "", *, limit: int = 300) -> StringField:
    """Make an optional field of one line."""
    return StringField(label, [Length(max=limit, message=N_("Shorten this."))], description=hint)


def words(label: str, hint: str = "", *, rows: int = 3) -> TextAreaField:
    """Make an optional field of several lines."""
    return TextAreaField(
        label,
        [Length(max=TEXT_LENGTH, message=N_("Shorten this."))],
        description=hint,
        render_kw={"rows": rows},
    )


def choose(label: str, enum: type[LabelledEnum], hint: str = "") -> SelectField:
    """Make an optional choice of one entry of a list."""
    return SelectField(
        label,
        choices=lambda: options([("", N_("Nothing said")), *enum.choices()]),
        description=hint,
    )
