"""Fields and rows that forms of several domains are made of."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

import wtforms
from flask_babel import gettext
from wtforms import Field, StringField
from wtforms.widgets import TextInput

from marketplace.web.forms import stripped
from marketplace.web.languages import current_language

_SEPARATORS = str.maketrans(dict.fromkeys("，、；;\n\r\t", ","))


class Row(wtforms.Form):
    """One row of a table inside a form; the form around it carries the token."""

    class Meta:
        """No token of its own, and the same trimming as in the form around."""

        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:  # noqa: ANN401 — WTForms' own types
            """Trim typed text."""
            if unbound_field.field_class is StringField:
                options = {**options, "filters": [stripped]}
            return unbound_field.bind(form=form, **options)


class WordList(StringField):
    """Words in one line, parted by commas of any kind; kept as a list without repeats."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the words apart."""
        parts = str(valuelist[0]).translate(_SEPARATORS).split(",") if valuelist else []
        self.data: Any = list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def _value(self) -> str:
        return ("、" if current_language() == "zh" else ", ").join(self.data or ())


class ScaledField(Field):
    """A number typed in one unit and kept in whole smaller ones, such as yuan in fen."""

    widget = TextInput()
    #: How many of the smaller units make one that is typed.
    scale: ClassVar[int]
    #: What is said of more digits than the smaller unit has (message id).
    too_fine: ClassVar[str]
    #: Signs that may stand in the number and say nothing.
    ignored: ClassVar[str] = ",， "

    def __init__(self, label: str, **options: Any) -> None:  # noqa: ANN401 — WTForms' own options
        options.setdefault("render_kw", {"inputmode": "decimal"})
        super().__init__(label, **options)
        self.typed = ""

    def judge(self, amount: Decimal) -> None:
        """Raise ValueError with a translated text for what is out of the field's bounds.

        Every number is right unless a field says otherwise.
        """

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number; what was typed is kept to be shown again."""
        self.typed = str(valuelist[0]).strip() if valuelist else ""
        self.data: Any = None
        plain = self.typed.translate(str.maketrans("", "", self.ignored))
        if not plain:
            return
        try:
            amount = Decimal(plain)
        except InvalidOperation:
            amount = Decimal("NaN")
        self.judge(amount)
        units = amount * self.scale
        if units != units.to_integral():
            raise ValueError(gettext(self.too_fine))
        self.data = int(units)

    def shown(self, amount: Decimal) -> str:
        """Show a kept amount as people type it."""
        return f"{amount.normalize():f}"

    def _value(self) -> str:
        if self.typed or self.data is None:
            return self.typed
        return self.shown(Decimal(self.data) / self.scale)
