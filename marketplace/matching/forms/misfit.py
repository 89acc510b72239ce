"""Saying why a match does not fit."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.messages import N_
from marketplace.matching.models import MisfitReason
from marketplace.matching.services.feedback import NOTE_LENGTH
from marketplace.web.forms import Form, options


class MisfitForm(Form):
    """Why a match does not fit; it teaches the matching and hides the match from our list."""

    reason = RadioField(
        N_("Why does it not fit?"),
        [InputRequired(N_("Say why it does not fit."))],
        choices=lambda: options(MisfitReason.choices()),
    )
    note = TextAreaField(
        N_("In your own words"),
        [Length(max=NOTE_LENGTH, message=N_("At most 500 characters."))],
        description=N_("Only the platform reads this. Needed with “another reason”."),
    )
    side = HiddenField()
    back = HiddenField()

    def to_reason(self) -> MisfitReason:
        """Give the reason that was chosen."""
        return MisfitReason(self.reason.data)
