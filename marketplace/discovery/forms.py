"""Forms of saved searches and collections."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.discovery.models import AlertFrequency
from marketplace.discovery.rules import NAME_LIMIT, NOTE_LIMIT
from marketplace.discovery.services import CollectionDraft
from marketplace.web.forms import Form, text


def _frequencies() -> list[tuple[str, str]]:
    return [(key, gettext(label)) for key, label in AlertFrequency.choices()]


_NAME = [
    InputRequired(lazy_gettext("Give it a name.")),
    Length(max=NAME_LIMIT, message=lazy_gettext("A name has 80 characters at most.")),
]
_NOTE = [Length(max=NOTE_LIMIT, message=lazy_gettext("A note has 1,000 characters at most."))]


class SavedSearchForm(Form):
    """A name and how often to tell."""

    name = StringField(lazy_gettext("Name of the search"), _NAME)
    frequency = RadioField(
        lazy_gettext("Tell me what is new"),
        choices=_frequencies,
        default=AlertFrequency.DAILY.value,
        validators=[InputRequired(lazy_gettext("Choose one."))],
    )

    def to_frequency(self) -> AlertFrequency:
        """Give the chosen frequency."""
        return AlertFrequency(self.frequency.data)


class CollectionForm(Form):
    """A name and a note."""

    name = StringField(lazy_gettext("Name of the collection"), _NAME)
    note = TextAreaField(
        lazy_gettext("Note"),
        _NOTE,
        description=lazy_gettext("Whoever has the share link reads it, too."),
    )

    def to_draft(self) -> CollectionDraft:
        """Give what was typed."""
        return CollectionDraft(name=text(self.name), note=text(self.note))


class AddForm(Form):
    """Which collection a record goes to: one that is there, or a new one."""

    collection = SelectField(lazy_gettext("Collection"), validate_choice=True)
    name = StringField(
        lazy_gettext("Name of the new collection"),
        [Length(max=NAME_LIMIT, message=lazy_gettext("A name has 80 characters at most."))],
    )
    note = TextAreaField(lazy_gettext("Note on this record"), _NOTE)


class NoteForm(Form):
    """The note beside a record."""

    note = TextAreaField(lazy_gettext("Note on this record"), _NOTE)
