"""Forms beside the steps: a new draft, reviews, the filing, reasons, questions, photos."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityKind, Recommendation
from marketplace.facilities.rules import NAME_LENGTH
from marketplace.facilities.services import files, filing, life, questions
from marketplace.facilities.values import WIDTHS
from marketplace.files.forms import file_field
from marketplace.web.forms import Form, options

CHOSEN = DataRequired(N_("Choose from the list."))
SHORTER = N_("Shorten this.")


class DraftForm(Form):
    """Starts a facility."""

    name = StringField(
        N_("Name of the facility"),
        [
            DataRequired(N_("Give the facility's name.")),
            Length(max=NAME_LENGTH, message=SHORTER),
        ],
        description=N_("As it stands on its door."),
    )
    kind = RadioField(
        N_("Kind of facility"),
        [CHOSEN],
        choices=lambda: options(FacilityKind.choices()),
        default=FacilityKind.PILOT_PLATFORM.value,
    )


class ProofForm(Form):
    """Hangs the proof of the filing on a facility."""

    file = file_field(
        N_("Notice or list that proves the filing"),
        N_("PDF or picture; reviewers and your organization alone can open it."),
    )


class PhotoForm(Form):
    """Adds a photo."""

    file = FileField(
        N_("Photo"),
        description=N_("JPEG, PNG or WebP; place and camera data are removed."),
        render_kw={"accept": ".jpg,.jpeg,.png,.webp"},
    )
    alt = StringField(
        N_("What the photo shows"),
        [Length(max=files.ALT_LENGTH, message=SHORTER)],
        description=N_("Read to people who can't see it."),
    )
    alt_en = StringField(
        N_("What the photo shows, in English"), [Length(max=files.ALT_LENGTH, message=SHORTER)]
    )


class ReasonForm(Form):
    """A step that needs a reason."""

    reason = TextAreaField(
        N_("Reason"),
        [
            DataRequired(N_("Say why; the other side reads it.")),
            Length(max=life.REASON_LENGTH, message=SHORTER),
        ],
    )


class RecommendForm(Form):
    """What a district says of an application."""

    recommendation = RadioField(
        N_("Word of the district"), [CHOSEN], choices=lambda: options(Recommendation.choices())
    )
    text = TextAreaField(
        N_("Grounds"),
        [Length(max=filing.NOTE_LENGTH, message=SHORTER)],
        description=N_("Needed when you do not recommend it."),
    )


class FileForm(Form):
    """What the city decided on an application."""

    number = StringField(
        N_("Filing number"), [Length(max=WIDTHS["filing_number"], message=SHORTER)]
    )
    filed_on = DateField(N_("Filed on (day)"), [Optional()])
    reason = TextAreaField(
        N_("Grounds of a refusal"), [Length(max=filing.NOTE_LENGTH, message=SHORTER)]
    )


class AskForm(Form):
    """Writes to the operator."""

    organization = SelectField(N_("In the name of"))
    body = TextAreaField(
        N_("Your question"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=questions.LENGTH, message=SHORTER),
        ],
        description=N_("What you want to try, with which material and amount, and when."),
        render_kw={"rows": 6},
    )


class ReplyForm(Form):
    """Answers a question."""

    reply = TextAreaField(
        N_("Your reply"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=questions.LENGTH, message=SHORTER),
        ],
        render_kw={"rows": 6},
    )
