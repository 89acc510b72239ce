"""What a signer types, and what a checker pastes."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.web.forms import Form

_SCAN_HINT = N_("Scan of the stamped signature page: PDF or picture.")


class SignForm(Form):
    """A signature: the typed name, the hash of the text that was read, a tick, a scan."""

    party_id = HiddenField(validators=[InputRequired()])
    sha256 = HiddenField(validators=[InputRequired()])
    name = StringField(
        N_("Your full name"),
        [InputRequired(N_("Type your name as your signature.")), Length(max=80)],
        render_kw={"autocomplete": "name"},
    )
    agreed = BooleanField(
        N_("I have read this text and sign it for the party named above."),
        [InputRequired(N_("Say that you have read the text."))],
    )
    upload = file_field(N_("Stamped scan"), _SCAN_HINT)


class ScanForm(Form):
    """The stamped copy of a whole paper."""

    upload = file_field(N_("Stamped copy of the whole paper"), N_("PDF or picture."))


class CheckForm(Form):
    """A hash as it is printed under a paper."""

    class Meta(Form.Meta):
        """A question changes nothing, so it carries no token."""

        csrf = False

    sha256 = StringField(
        N_("SHA-256 printed on the paper"),
        [
            InputRequired(N_("Give the 64 characters printed in the footer of the paper.")),
            Regexp(
                r"^\s*[0-9a-fA-F]{64}\s*$",
                message=N_("Give the 64 characters printed in the footer of the paper."),
            ),
        ],
    )
