"""Forms of every reviewed text: a step of writing it, and the reviewer's decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import FieldList, HiddenField, SelectMultipleField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.messages import N_
from marketplace.drafting.rules import REASON_LENGTH
from marketplace.web.forms import Form, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.drafting.outline import Content, Outline

#: Empty rows behind the filled ones of a table.
BLANK_ROWS = 2


class StepForm(Form):
    """What all steps share: the parts they edit, and the mark of what the author saw."""

    outline: ClassVar[Outline]
    step: ClassVar[str]
    #: Field of the form → part of the content, where the names differ.
    parts_of: ClassVar[dict[str, str]] = {}
    #: Fields that are tables whose rows can be added.
    tables: ClassVar[tuple[str, ...]] = ()
    version = HiddenField()

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give the form's data for a content."""
        return {name: content[name] for name in cls.outline.names_of(cls.step)}

    def values(self) -> dict[str, Any]:
        """Give the parts of the content that the fields hold."""
        return {
            name: self[name].data
            for name in self.outline.names_of(self.step)
            if name in self._fields
        }

    def sound_values(self) -> dict[str, Any]:
        """Give the values of faultless fields alone: what an autosave may keep."""
        faulty = {self.parts_of.get(field.name, field.name) for field in self if field.errors}
        return {name: value for name, value in self.values().items() if name not in faulty}

    def add_blank_rows(self) -> None:
        """Put empty rows behind the filled ones, so that rows can be added without a script."""
        for name in self.tables:
            rows = self[name]
            if isinstance(rows, FieldList):
                for _ in range(BLANK_ROWS):
                    rows.append_entry()


class ReviewForm(Form):
    """Publishes a text or returns it with reasons."""

    seen = HiddenField()
    prepared = SelectMultipleField(
        N_("Prepared reasons"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = TextAreaField(
        N_("In your own words"),
        [Length(max=REASON_LENGTH, message=N_("Shorten this."))],
        description=N_("Say what is wrong, where, and how to mend it."),
    )

    def offer(self, reasons: Sequence[str]) -> None:
        """Let reviewers tick prepared reasons (message ids)."""
        self.prepared.choices = options((str(number), text) for number, text in enumerate(reasons))
