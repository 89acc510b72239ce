"""The base of every form, and typed readers of its fields."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel import support
from flask_babel import get_locale, gettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectField, StringField, TextAreaField
from wtforms import SelectChoice as SelectChoice  # type: ignore[attr-defined]  # noqa: PLC0414 — stubs lag behind
from wtforms.i18n import messages_path

from marketplace.core.errors import RuleBroken
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def stripped(value: object) -> object:
    """Trim typed text; other values pass."""
    return value.strip() if isinstance(value, str) else value


def translated(choices: Any) -> Any:  # noqa: ANN401 — WTForms takes lists, pairs and groups
    """Translate the labels of a select's choices; a text that is no message id stays as it is."""
    if isinstance(choices, dict):
        return {gettext(group): translated(rows) for group, rows in choices.items()}
    return [
        (choice[0], gettext(choice[1]) if choice[1] else choice[1], *choice[2:])
        if isinstance(choice, (tuple, list))
        else choice
        for choice in choices
    ]


@lru_cache(maxsize=8)
def _words_of_wtforms(locale: str) -> support.NullTranslations:
    return support.Translations.load(messages_path(), [locale], domain="wtforms")


class Form(FlaskForm):
    """A form that is checked when it was sent, and can be refused by a rule afterwards."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:  # noqa: ANN401, ARG002 — WTForms' own types
            """Give WTForms' own words in the reader's language, read once and not per request."""
            return _words_of_wtforms(str(get_locale()))

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:  # noqa: ANN401 — WTForms' own types
            """Trim every text field once, here."""
            filters = unbound_field.kwargs.get("filters", [])
            if unbound_field.field_class in (StringField, TextAreaField):
                filters = [stripped, *filters]
            return unbound_field.bind(form=form, filters=filters, **options)

        def render_field(self, field: Any, render_kw: Any) -> Any:  # noqa: ANN401 — WTForms' own types
            """Show choices in the reader's language; labels of enums are message ids."""
            if isinstance(field, SelectField) and field.choices:
                field.choices = translated(field.choices)
            return super().render_field(field, render_kw)

    #: Faults of the form as a whole.
    general_errors: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.general_errors = []

    def is_submitted(self) -> bool:
        """Whether this request sends the form."""
        return bool(super().is_submitted())

    def accepted(self) -> bool:
        """Whether the form was sent and every field holds."""
        return bool(self.validate_on_submit())

    def takes(self, step: Callable[[], object]) -> bool:
        """Whether the form was sent, holds, and the step it asks for was taken.

        A rule that the step breaks is shown at its field; the page must then be answered with 4xx.
        """
        if not self.accepted():
            return False
        try:
            step()
        except RuleBroken as error:
            self.reject(error)
            return False
        return True

    def reject(self, error: RuleBroken) -> None:
        """Show a broken rule at its field, or on top when it has none."""
        message = say(error.message, error.values)
        if error.field and error.field in self._fields:
            field = self._fields[error.field]
            field.errors = [*field.errors, message]
        else:
            self.general_errors.append(message)


def say(message: str, values: Mapping[str, object]) -> str:
    """Translate a message id and fill its places, translating labels among the values.

    A value that is a mapping holds a text for each language.
    """
    shown = {key: _said(value) for key, value in values.items()}
    text: str = gettext(message)
    return text % shown if shown else text


def _said(value: object) -> object:
    if hasattr(value, "label"):
        return gettext(value.label)
    if isinstance(value, dict):
        return value.get(current_language()) or next(iter(value.values()))
    return gettext(value) if isinstance(value, str) and value else value


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Give (value, label) pairs as choices of a field; labels of a select are translated here."""
    return [SelectChoice(value, gettext(label) if label else "") for value, label in pairs]


def text(field: Field) -> str:
    """Give the field's text, empty when nothing was typed."""
    return str(field.data or "")


def number(field: Field) -> int:
    """Give the field's whole number; the form has checked that there is one."""
    return int(field.data)
