"""What people type about themselves."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, PasswordField, RadioField, StringField
from wtforms.validators import DataRequired, Email, Length

from marketplace.accounts.passwords import MAXIMUM
from marketplace.core.messages import N_
from marketplace.web.forms import Form, SelectChoice, stripped

EMAIL_LENGTH = 254
NAME_LENGTH = 80

_EMAIL_CHECKS = (
    DataRequired(N_("Give your e-mail address")),
    Length(max=EMAIL_LENGTH, message=N_("The address is too long")),
    Email(N_("Write the address like name@example.com"), allow_smtputf8=False),
)


def email_field(label: str, description: str = "") -> EmailField:
    """Make a field for an e-mail address that password managers know."""
    return EmailField(
        label,
        _EMAIL_CHECKS,
        filters=[stripped],
        description=description,
        render_kw={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"},
    )


def present_password(label: str) -> PasswordField:
    """Make a field for the password in use."""
    return PasswordField(
        label,
        [DataRequired(N_("Give your password"))],
        render_kw={"autocomplete": "current-password", "maxlength": str(MAXIMUM)},
    )


def new_password(label: str) -> PasswordField:
    """Make a field for a new password; the rule about it is judged by the service."""
    return PasswordField(
        label,
        [DataRequired(N_("Choose a password"))],
        description=N_("At least 10 characters. A short sentence is easy to keep in mind."),
        render_kw={"autocomplete": "new-password"},
    )


def name_field() -> StringField:
    """Make a field for a person's name."""
    return StringField(
        N_("Your name"),
        [
            DataRequired(N_("Give your name")),
            Length(max=NAME_LENGTH, message=N_("Use at most 80 characters")),
        ],
        description=N_("As colleagues and partners know you."),
        render_kw={"autocomplete": "name"},
    )


class SignInForm(Form):
    """Address and password."""

    email = email_field(N_("E-mail address"))
    password = present_password(N_("Password"))


class CodeForm(Form):
    """A code of the authenticator, or a recovery code."""

    code = StringField(
        N_("Code"),
        [
            DataRequired(N_("Give the code")),
            Length(max=40, message=N_("The code has 6 digits")),
        ],
        description=N_("The 6 digits that your authenticator shows, or a recovery code."),
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false"},
    )


class RegisterForm(Form):
    """Who wants an account."""

    name = name_field()
    email = email_field(
        N_("E-mail address"), N_("We send a link to it. Use the address of your work.")
    )
    agreed = BooleanField(
        N_("I accept the terms of use and have read the privacy notice"),
        [DataRequired(N_("Without this we can't make an account"))],
    )


class NewAccountForm(Form):
    """Name and password of a person whose address is proved."""

    name = name_field()
    password = new_password(N_("Password"))


class AskResetForm(Form):
    """Where the link for a new password goes."""

    email = email_field(N_("E-mail address"))


class ResetForm(Form):
    """A new password behind a mailed link."""

    password = new_password(N_("New password"))


class ChangePasswordForm(Form):
    """The present password and a new one."""

    password = present_password(N_("Present password"))
    new_password = new_password(N_("New password"))


class ChangeEmailForm(Form):
    """The new address and the present password."""

    email = email_field(N_("New e-mail address"), N_("We send a link to it."))
    password = present_password(N_("Present password"))


class PasswordForm(Form):
    """The present password, before a step that matters."""

    password = present_password(N_("Present password"))


class ProfileForm(Form):
    """What a person prefers."""

    name = name_field()
    language = RadioField(
        N_("Language of our e-mails"),
        [DataRequired(N_("Choose the language"))],
        choices=[SelectChoice("zh", "中文"), SelectChoice("en", "English")],
        default="zh",
    )
    personal_matching = BooleanField(N_("Make personal matches for me"))
