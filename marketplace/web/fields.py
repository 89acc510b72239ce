"""Fields and rows that forms of several domains are made of."""

from __future__ import annotations

from typing import Any

import wtforms
from wtforms import StringField

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
