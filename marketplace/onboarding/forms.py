"""What organizations and their reviewers type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from marketplace.accounts.forms import email_field
from marketplace.codes.districts import DISTRICTS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.actor import MemberRole
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.organizations.models import OrganizationKind, OrganizationSize
from marketplace.organizations.rules import (
    OrganizationDraft,
    plain_credit_code,
    require_credit_code,
)
from marketplace.web.forms import Form, options, say, stripped, text
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from wtforms import Field

    from marketplace.codes.code import CodeList

CHOOSE = ("", N_("Choose"))


def _coded(codes: CodeList) -> list[tuple[str, str]]:
    return [CHOOSE, *codes.choices(current_language())]


def _right_code(_form: Form, field: Field) -> None:
    """Say what is wrong with the code together with every other fault of the form."""
    try:
        require_credit_code(plain_credit_code(text(field)))
    except RuleBroken as error:
        raise ValidationError(say(error.message, error.values)) from error


class OrganizationForm(Form):
    """What an organization says of itself."""

    kind = SelectField(N_("Kind"), [DataRequired(N_("Choose the kind"))])
    name = StringField(
        N_("Name in Chinese"),
        [
            DataRequired(N_("Give the name as it stands on the license.")),
            Length(max=120, message=N_("Use at most 120 characters")),
        ],
        description=N_("As it stands on the license."),
        render_kw={"autocomplete": "organization"},
    )
    name_en = StringField(
        N_("Name in English"),
        [Optional(), Length(max=200, message=N_("Use at most 200 characters"))],
    )
    credit_code = StringField(
        N_("Unified social credit code"),
        [
            DataRequired(N_("Give the unified social credit code")),
            _right_code,
            Length(max=40, message=N_("The code has 18 characters")),
        ],
        description=N_("18 characters, on the license below the name."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"},
    )
    industry_code = SelectField(N_("Industry"), [Optional()])
    size = SelectField(
        N_("Size of the enterprise"),
        [Optional()],
        description=N_("By the national classes for statistics; other organizations leave it out."),
    )
    district_code = SelectField(N_("Location"), [DataRequired(N_("Choose the location"))])
    state_owned = BooleanField(N_("State-owned or publicly funded"))
    address = StringField(
        N_("Address"), [Optional(), Length(max=200, message=N_("Use at most 200 characters"))]
    )
    website = URLField(
        N_("Website"),
        [Optional(), Length(max=200, message=N_("Use at most 200 characters"))],
        filters=[stripped],
        description=N_("For example https://www.example.cn"),
    )
    about = TextAreaField(
        N_("About the organization, in Chinese"),
        [Optional(), Length(max=2000, message=N_("Use at most 2,000 characters"))],
        render_kw={"rows": "4"},
    )
    about_en = TextAreaField(
        N_("About the organization, in English"),
        [Optional(), Length(max=2000, message=N_("Use at most 2,000 characters"))],
        render_kw={"rows": "4"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.kind.choices = options([CHOOSE, *OrganizationKind.choices()])
        self.industry_code.choices = options(_coded(INDUSTRIES))
        self.size.choices = options([("", N_("Not stated")), *OrganizationSize.choices()])
        self.district_code.choices = options(_coded(DISTRICTS))

    def to_draft(self) -> OrganizationDraft:
        """Give what was typed as a plain value."""
        return OrganizationDraft(
            kind=OrganizationKind(text(self.kind)),
            name=text(self.name),
            name_en=text(self.name_en),
            credit_code=plain_credit_code(text(self.credit_code)),
            industry_code=text(self.industry_code) or None,
            district_code=text(self.district_code) or None,
            state_owned=bool(self.state_owned.data),
            # A size means something for enterprises alone; a kind changed later takes it along.
            size=OrganizationSize(text(self.size))
            if text(self.size) and text(self.kind) == OrganizationKind.ENTERPRISE
            else None,
            address=text(self.address),
            website=text(self.website),
            about=text(self.about),
            about_en=text(self.about_en),
        )


class ApplicationForm(OrganizationForm):
    """The first application, with its proof."""

    file = file_field(
        N_("Proof"),
        N_("A scan of the business license, or the certificate of a public body. PDF or picture."),
    )


class EditForm(OrganizationForm):
    """A change, with what its author saw and perhaps another proof."""

    version = IntegerField(N_("Version"), [DataRequired()], widget=HiddenInput())
    file = file_field(N_("Another proof"), N_("Only if a reviewer asked for one."))


class InvitationForm(Form):
    """Who is invited, to do what."""

    email = email_field(N_("E-mail address"), N_("We send an invitation to it."))
    role = SelectField(N_("Role"), [DataRequired(N_("Choose the role"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.role.choices = options([CHOOSE, *MemberRole.choices()])


class RoleForm(Form):
    """Another role for a member."""

    role = SelectField(N_("Role"), [DataRequired(N_("Choose the role"))])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.role.choices = options(MemberRole.choices())


class ReasonForm(Form):
    """Why a reviewer returns or suspends."""

    reason = TextAreaField(
        N_("Reason"),
        [
            DataRequired(N_("Say why, so that it can be mended.")),
            Length(max=2000, message=N_("Use at most 2,000 characters")),
        ],
        description=N_("The organization reads this. Say what is wrong and how to mend it."),
        render_kw={"rows": "4"},
    )
