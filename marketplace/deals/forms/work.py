"""Messages, visits, tasks, contacts, managers, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    DateField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.core.messages import N_
from marketplace.deals.models import DealRole
from marketplace.deals.services.room import DISCLOSURE_LENGTH
from marketplace.deals.services.work import (
    MESSAGE_LENGTH,
    NOTES_LENGTH,
    TITLE_LENGTH,
    TaskDraft,
    VisitDraft,
)
from marketplace.files.forms import file_field
from marketplace.web.forms import Form, options, text

if TYPE_CHECKING:
    from collections.abc import Iterable

TOO_LONG = N_("Shorten this.")


class MessageForm(Form):
    """A line to the others."""

    body = TextAreaField(
        N_("Your message in this deal"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=MESSAGE_LENGTH, message=TOO_LONG),
        ],
        render_kw={"rows": 3},
    )


class VisitForm(Form):
    """A note of a meeting."""

    on = DateField(N_("Day of the visit"), [DataRequired(N_("Give the day"))])
    place = StringField(
        N_("Place of the visit"),
        [DataRequired(N_("Say where it was.")), Length(max=TITLE_LENGTH, message=TOO_LONG)],
    )
    present = StringField(
        N_("Who was there"),
        [Length(max=300, message=TOO_LONG)],
        description=N_("Names or posts."),
    )
    notes = TextAreaField(
        N_("What was seen and said"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=NOTES_LENGTH, message=TOO_LONG),
        ],
        render_kw={"rows": 4},
    )

    def to_draft(self) -> VisitDraft:
        """Give the note; the form has checked the day."""
        return VisitDraft(
            on=self.on.data,  # type: ignore[arg-type]
            place=text(self.place),
            notes=text(self.notes),
            present=text(self.present),
        )


class TaskForm(Form):
    """Something to do by a day."""

    title = StringField(
        N_("What is to be done"),
        [
            DataRequired(N_("Say what is to be done.")),
            Length(max=TITLE_LENGTH, message=TOO_LONG),
        ],
    )
    role = SelectField(N_("Whose task it is"), [DataRequired(N_("Choose a side."))])
    due_on = DateField(N_("Due on"), [DataRequired(N_("Give the day"))])
    blocking = BooleanField(N_("The deal does not move on before it is done"))

    def __init__(self, roles: Iterable[DealRole], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.role.choices = options(
            [("", N_("Choose")), *((role.value, role.label) for role in roles)]
        )

    def to_draft(self) -> TaskDraft:
        """Give the task; the form has checked side and day."""
        return TaskDraft(
            title=text(self.title),
            role=DealRole(text(self.role)),
            due_on=self.due_on.data,  # type: ignore[arg-type]
            blocking=bool(self.blocking.data),
        )


class ContactForm(Form):
    """What the other side sees once it has agreed too."""

    name = StringField(
        N_("Person to speak to"),
        [
            DataRequired(N_("Give the name of the person to speak to.")),
            Length(max=80, message=TOO_LONG),
        ],
    )
    email = StringField(
        N_("E-mail"),
        [
            Optional(),
            Length(max=254, message=TOO_LONG),
            Regexp(
                r"[^@\s]+@[^@\s]+\.[^@\s]+$",
                message=N_("Give an address such as name@example.com."),
            ),
        ],
    )
    phone = StringField(N_("Telephone"), [Optional(), Length(max=40, message=TOO_LONG)])


class InviteForm(Form):
    """Which manager is asked."""

    manager_id = SelectField(N_("Technology manager"), [DataRequired(N_("Choose a manager."))])


class ReasonForm(Form):
    """Why the manager's part ends."""

    reason = TextAreaField(
        N_("Reason"),
        [DataRequired(N_("Say why; the others read it.")), Length(max=1000, message=TOO_LONG)],
        render_kw={"rows": 3},
    )


class PurposeForm(Form):
    """Another purpose of the confidentiality agreement."""

    purpose = TextAreaField(
        N_("What the confidential information is for"),
        [
            DataRequired(N_("Say what the information is for.")),
            Length(max=4000, message=TOO_LONG),
        ],
        render_kw={"rows": 3},
    )


class DisclosureForm(Form):
    """Confidential particulars of one's side."""

    body = TextAreaField(
        N_("Confidential particulars"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=DISCLOSURE_LENGTH, message=TOO_LONG),
        ],
        description=N_("Parameters, recipes, costs: what the public record leaves out."),
        render_kw={"rows": 6},
    )


class RoomForm(Form):
    """A file for the room, and who may open it."""

    file = file_field(
        N_("File for the room"),
        N_("The same name again becomes the next version; earlier ones stay."),
    )
    audience = SelectMultipleField(
        N_("Who of the others may open it"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    confidential = BooleanField(
        N_("Only after both sides have signed the confidentiality agreement"), default=True
    )

    def __init__(self, roles: Iterable[DealRole], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.audience.choices = options([(role.value, role.label) for role in roles])
