"""The entry of a manager, a credential, and what reviewers decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from wtforms import (
    DateField,
    FieldList,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from marketplace.codes.choices import field_choices, industry_choices
from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.managers.models import CredentialKind, Language, ManagerLevel
from marketplace.managers.rules import REASON_LIMIT
from marketplace.managers.services.register import CredentialDraft, ManagerDraft
from marketplace.needs.forms.fields import Choices, code_field, line, translated, words
from marketplace.web.forms import Form, SelectChoice, options, text
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from datetime import date

    from marketplace.managers.models import ManagerProfile

#: Rows for codes that an empty form shows.
CODES = 3
CHOOSE = ("", N_("Choose"))


def _codes(field: Any) -> tuple[str, ...]:  # noqa: ANN401 — WTForms' own type
    return tuple(dict.fromkeys(code for code in field.data if code))


class ManagerForm(Form):
    """What a manager says of themself."""

    organization_id = SelectField(N_("Organization"), [DataRequired(N_("Choose an organization."))])
    level = RadioField(
        N_("Manager's level"),
        [InputRequired(N_("Choose the level."))],
        choices=lambda: translated(ManagerLevel),
    )
    name = line(
        N_("Name"),
        N_("As it stands on the credentials; it is public."),
        limit=80,
        checks=[DataRequired(N_("Give your name."))],
    )
    name_en = line(N_("Name in English"), limit=120, checks=[Optional()])
    headline = line(
        N_("In one line"),
        N_("What you broker best, for example: optoelectronics, from pilot plant to license."),
        limit=200,
        checks=[Optional()],
    )
    headline_en = line(N_("In one line, in English"), limit=300, checks=[Optional()])
    about = words(N_("Experience"), rows=5, limit=3000, checks=[Optional()])
    about_en = words(N_("Experience, in English"), rows=5, limit=3000, checks=[Optional()])
    field_codes = FieldList(code_field(FIELDS, field_choices), N_("Fields"), min_entries=CODES)
    industry_codes = FieldList(
        code_field(INDUSTRIES, industry_choices), N_("Industries"), min_entries=CODES
    )
    languages = Choices(
        N_("Languages"),
        validators=[DataRequired(N_("Choose at least one language."))],
        choices=lambda: translated(Language),
    )
    district_code = SelectField(N_("Works in"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.district_code.choices = options([CHOOSE, *DISTRICTS.choices(current_language())])

    def offer(self, organizations: list[SelectChoice]) -> None:
        """Set the organizations to choose from."""
        self.organization_id.choices = organizations

    def to_draft(self) -> ManagerDraft:
        """Give what was typed as a plain value."""
        return ManagerDraft(
            organization_id=UUID(text(self.organization_id)),
            level=ManagerLevel(text(self.level)),
            name=text(self.name),
            name_en=text(self.name_en),
            headline=text(self.headline),
            headline_en=text(self.headline_en),
            about=text(self.about),
            about_en=text(self.about_en),
            field_codes=_codes(self.field_codes),
            industry_codes=_codes(self.industry_codes),
            languages=tuple(self.languages.data or ()),
            district_code=text(self.district_code) or None,
        )


class _CredentialFields:
    """What both forms ask of a credential."""

    kind = SelectField(N_("Kind of credential"), [DataRequired(N_("Choose the kind"))])
    number = line(
        N_("Number"), limit=60, checks=[DataRequired(N_("Give the number on the credential."))]
    )
    issuer = line(
        N_("Issued by"), limit=120, checks=[DataRequired(N_("Say who issued the credential."))]
    )
    issued_on = DateField(N_("Issued on"), [InputRequired(N_("Give the day of issue."))])
    expires_on = DateField(
        N_("Valid until"), [Optional()], description=N_("Leave empty if it does not expire.")
    )
    file = file_field(N_("Scan"), N_("A scan of the credential. Reviewers see it, nobody else."))


def _credential(form: Any) -> CredentialDraft:  # noqa: ANN401 — either form
    issued: date = form.issued_on.data
    return CredentialDraft(
        kind=CredentialKind(text(form.kind)),
        number=text(form.number),
        issuer=text(form.issuer),
        issued_on=issued,
        expires_on=form.expires_on.data,
    )


class ApplicationForm(ManagerForm, _CredentialFields):
    """The first application, with its first credential."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.kind.choices = options([CHOOSE, *CredentialKind.choices()])

    def to_credential(self) -> CredentialDraft:
        """Give the credential as a plain value."""
        return _credential(self)


class EditForm(ManagerForm):
    """A change, with the version that its author saw."""

    version = IntegerField(N_("Version"), [DataRequired()], widget=HiddenInput())


class CredentialForm(Form, _CredentialFields):
    """A further credential."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 — WTForms' own types
        super().__init__(*args, **kwargs)
        self.kind.choices = options([CHOOSE, *CredentialKind.choices()])

    def to_credential(self) -> CredentialDraft:
        """Give the credential as a plain value."""
        return _credential(self)


class ReasonForm(Form):
    """Why somebody refuses, suspends, declines or ends."""

    reason = TextAreaField(
        N_("Reason"),
        [
            DataRequired(N_("Give a reason; the other side reads it.")),
            Length(max=REASON_LIMIT, message=N_("Use at most 2,000 characters")),
        ],
        render_kw={"rows": "3"},
    )


class VersionForm(Form):
    """A step on what a page showed."""

    version = IntegerField(N_("Version"), [DataRequired()], widget=HiddenInput())


class DecisionForm(ReasonForm, VersionForm):
    """A refusal of what a page showed."""


def data_of(profile: ManagerProfile) -> dict[str, Any]:
    """Give an entry as the form shows it."""
    level = profile.wanted_level or profile.level
    return {
        "organization_id": str(profile.organization_id),
        "level": level.value,
        "name": profile.name,
        "name_en": profile.name_en,
        "headline": profile.headline,
        "headline_en": profile.headline_en,
        "about": profile.about,
        "about_en": profile.about_en,
        "field_codes": list(profile.field_codes),
        "industry_codes": list(profile.industry_codes),
        "languages": list(profile.languages),
        "district_code": profile.district_code or "",
        "version": profile.version,
    }
