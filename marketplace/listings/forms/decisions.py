"""Forms beside the wizard: a new draft, a withdrawal, a review, an enquiry and its reply."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.files.models import Visibility
from marketplace.listings.models import DeclineReason, ListingKind
from marketplace.listings.rules import TITLE_LENGTH
from marketplace.listings.services import enquiries, life
from marketplace.listings.wording import LANGUAGES
from marketplace.web.forms import Form, options

CHOSEN = DataRequired(N_("Choose from the list."))


class DraftForm(Form):
    """Starts a listing."""

    title = StringField(
        N_("What the technology does"),
        [
            DataRequired(N_("Say in one line what the technology does.")),
            Length(max=TITLE_LENGTH, message=N_("Shorten this.")),
        ],
        description=N_(
            "One line that a buyer outside the field understands: what it does, for whom."
        ),
    )
    kind = RadioField(
        N_("Kind of offer"),
        [CHOSEN],
        choices=lambda: options(ListingKind.choices()),
        default=ListingKind.RESULT.value,
    )
    language = RadioField(
        N_("Language of the text"),
        [CHOSEN],
        choices=lambda: options(LANGUAGES.items()),
        default="zh",
    )


class WithdrawForm(Form):
    """Takes a listing back."""

    reason = TextAreaField(
        N_("Why do you withdraw it?"),
        [
            DataRequired(N_("Say why you withdraw it; people who saved it are told.")),
            Length(max=life.REASON_LENGTH, message=N_("Shorten this.")),
        ],
        description=N_("People who open its address read this."),
    )


class FileForm(Form):
    """Hangs a file on a listing."""

    file = file_field(N_("File"), N_("PDF, Office, image or text; judged by its content."))
    visibility = RadioField(
        N_("Who may open it?"),
        [CHOSEN],
        choices=lambda: options(Visibility.choices()),
        default=Visibility.PUBLIC.value,
    )
    level = SelectField(
        N_("Proves readiness level"),
        choices=lambda: options(
            [("", "–"), *((str(level), f"TRL {level}") for level in range(1, 10))]
        ),
    )


class EnquiryForm(Form):
    """Writes to a listing's owner."""

    organization = SelectField(N_("In the name of"))
    message = TextAreaField(
        N_("Your message"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=enquiries.MESSAGE_LENGTH, message=N_("Shorten this.")),
        ],
        description=N_(
            "What you want to use it for, where, from when, and what you need to know first."
        ),
        render_kw={"rows": 8},
    )
    shares_contact = BooleanField(
        N_("Show my name and e-mail address to the owner once the owner shows theirs to me")
    )


class ReplyForm(Form):
    """Answers an enquiry."""

    reply = TextAreaField(
        N_("Your reply"),
        [
            DataRequired(N_("Write at least a sentence.")),
            Length(max=enquiries.MESSAGE_LENGTH, message=N_("Shorten this.")),
        ],
        render_kw={"rows": 6},
    )
    shares_contact = BooleanField(N_("Show them my name and e-mail address"))


class DeclineForm(Form):
    """Declines an enquiry with a reason."""

    decline_reason = RadioField(
        N_("Why do you decline?"),
        [DataRequired(N_("Choose a reason."))],
        choices=lambda: options(DeclineReason.choices()),
    )
    decline_text = TextAreaField(
        N_("More about it"),
        [Length(max=enquiries.MESSAGE_LENGTH, message=N_("Shorten this."))],
        render_kw={"rows": 3},
    )
