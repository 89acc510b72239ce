"""The steps of a facility's form: fields, and how they become parts of the content."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional
from wtforms.validators import ValidationError as Refused

from marketplace.codes.choices import field_choices, industry_choices
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.facilities.forms.rows import (
    CapabilityRow,
    CertificateRow,
    ClosureRow,
    DayRow,
    InstrumentRow,
    LimitRow,
    StaffRow,
    capabilities_of,
    cell,
    certificates_of,
    closures_of,
    instruments_of,
    texts_of,
)
from marketplace.facilities.forms.step import StepForm, codes_of, district_choices, many, words
from marketplace.facilities.models import (
    FacilityKind,
    FilingLevel,
    PilotService,
    VerificationKind,
)
from marketplace.facilities.values import WIDTHS
from marketplace.web.fields import WordList
from marketplace.web.forms import options

if TYPE_CHECKING:
    from wtforms import Field

    from marketplace.drafting.outline import Content

CHOSEN = DataRequired(N_("Choose from the list."))
#: Codes that can be chosen for one facility on the page.
CODES = 3
_LEVELS = [("", "–"), *((str(level), f"TRL {level}") for level in range(1, 10))]


class BasicsForm(StepForm):
    """What it is, what it does, and between which levels."""

    step = "basics"
    name = cell(N_("Name of the facility"), N_("As it stands on its door."), limit=WIDTHS["name"])
    kind = RadioField(
        N_("Kind of facility"), [CHOSEN], choices=lambda: options(FacilityKind.choices())
    )
    summary = TextAreaField(
        N_("What it does, in one sentence"),
        [Length(max=500, message=N_("Shorten this."))],
        description=N_("For whom, on which scale, with at least one figure."),
        render_kw={"rows": 3},
    )
    about = words(N_("Description"), N_("History, team, typical projects."), rows=6)
    services = many(
        N_("Pilot services"),
        lambda: options(PilotService.choices()),
        N_("The eight services of the 2024 notice on pilot platforms."),
    )
    verifications = many(
        N_("Kinds of verification"),
        lambda: options(VerificationKind.choices()),
        N_("What a proof-of-concept centre verifies."),
    )
    trl_from = SelectField(
        N_("Readiness level at the start"),
        choices=lambda: options(_LEVELS),
        description=N_("What users bring with them."),
    )
    trl_to = SelectField(
        N_("Readiness level at the end"),
        choices=lambda: options(_LEVELS),
        description=N_("What they can leave with."),
    )
    industry_codes = FieldList(
        SelectField(choices=industry_choices, validate_choice=False),
        N_("Industries"),
        min_entries=CODES,
        max_entries=60,
    )
    field_codes = FieldList(
        SelectField(choices=field_choices, validate_choice=False),
        N_("Disciplines"),
        min_entries=CODES,
        max_entries=60,
    )
    keywords = WordList(N_("Keywords"), description=N_("Part them by commas."))

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give the data; levels are texts in a list of choices."""
        found = super().data_of(content)
        levels = {name: str(content[name] or "") for name in ("trl_from", "trl_to")}
        return found | levels

    def validate_name(self, field: Field) -> None:
        """A draft may lack everything but its name."""
        DataRequired(N_("Give the facility's name."))(self, field)

    def validate_trl_to(self, field: Field) -> None:
        """Refuse a span that runs backwards."""
        if self.trl_from.data and field.data and int(field.data) < int(self.trl_from.data):
            raise Refused(N_("The upper readiness level lies below the lower one."))

    def validate_industry_codes(self, field: Field) -> None:
        """Take only codes of the list."""
        codes_of(INDUSTRIES, field.data)

    def validate_field_codes(self, field: Field) -> None:
        """Take only codes of the list."""
        codes_of(FIELDS, field.data)

    def values(self) -> dict[str, Any]:
        """Give the parts; empty choices are nothing."""
        found = super().values()
        for name in ("trl_from", "trl_to"):
            found[name] = int(found[name]) if found[name] else None
        for name in ("industry_codes", "field_codes"):
            found[name] = list(dict.fromkeys(code for code in found[name] if code))
        return found


class PlaceForm(StepForm):
    """Where it stands, and whom to ask."""

    step = "place"
    district_code = SelectField(N_("District"), choices=district_choices)
    address = cell(N_("Address"), N_("Street, number, building, floor."), limit=WIDTHS["address"])
    contact_name = cell(N_("Contact person"), limit=WIDTHS["contact_name"])
    contact_phone = cell(
        N_("Phone"),
        N_("Best a number of the office, such as 027-87654321."),
        limit=WIDTHS["contact_phone"],
        inputmode="tel",
    )
    contact_email = cell(
        N_("E-mail address of the contact"), limit=WIDTHS["contact_email"], inputmode="email"
    )
    contact_public = BooleanField(
        N_("The contact person agrees that everybody sees this, signed in or not")
    )

    def values(self) -> dict[str, Any]:
        """Give the parts; no district is nothing."""
        found = super().values()
        return found | {"district_code": found["district_code"] or None}


class FilingForm(StepForm):
    """With which authority it is on file, or that it applies to the city."""

    step = "filing"
    filing_level = RadioField(
        N_("Filing level"),
        choices=lambda: options([("", N_("Not on file")), *FilingLevel.choices()]),
        validators=[Optional()],
        default="",
        description=N_(
            "City level without a number: you apply for it here. Your district recommends, "
            "the city decides."
        ),
    )
    filing_number = cell(N_("Filing number"), limit=WIDTHS["filing_number"])
    filed_on = DateField(N_("Filed on (day)"), [Optional()])

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give the data; days are days in a form."""
        filed_on = content["filed_on"]
        return {
            "filing_level": content["filing_level"] or "",
            "filing_number": content["filing_number"],
            "filed_on": date.fromisoformat(filed_on) if filed_on else None,
        }

    def values(self) -> dict[str, Any]:
        """Give the parts that are typed; the proof is a file of its own."""
        return {
            "filing_level": self.filing_level.data or None,
            "filing_number": self.filing_number.data or "",
            "filed_on": self.filed_on.data.isoformat() if self.filed_on.data else None,
        }


class InstrumentsForm(StepForm):
    """What stands in it."""

    step = "instruments"
    tables = ("instruments",)
    instruments = FieldList(FormField(InstrumentRow), N_("Instruments and lines"))

    def values(self) -> dict[str, Any]:
        """Give the named ones."""
        return {"instruments": instruments_of(self.instruments)}


class CapabilityForm(StepForm):
    """What goes in, what comes out, within which limits."""

    step = "capability"
    tables = ("capabilities", "safety_limits", "certificates")
    capabilities = FieldList(FormField(CapabilityRow), N_("What goes in and what comes out"))
    safety_limits = FieldList(FormField(LimitRow), N_("Safety limits"))
    certificates = FieldList(FormField(CertificateRow), N_("Certificates"))

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give the data; days are days in a form."""
        certificates = [
            row
            | {"expires_on": date.fromisoformat(row["expires_on"]) if row["expires_on"] else None}
            for row in content["certificates"]
        ]
        return super().data_of(content) | {"certificates": certificates}

    def values(self) -> dict[str, Any]:
        """Give the filled rows."""
        return {
            "capabilities": capabilities_of(self.capabilities),
            "safety_limits": texts_of(self.safety_limits, ("name", "limit")),
            "certificates": certificates_of(self.certificates),
        }


class HoursForm(StepForm):
    """When it is open; holds at once."""

    step = "hours"
    tables = ("closures",)
    hours = FieldList(FormField(DayRow), N_("Opening hours"), min_entries=7, max_entries=7)
    follows_holidays = BooleanField(
        N_("Closed on public holidays, open on make-up working days"),
    )
    closures = FieldList(FormField(ClosureRow), N_("Days closed"))

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give a row for each weekday, with its first two spans."""
        days: list[dict[str, str]] = [{} for _ in range(7)]
        for row in content["hours"]:
            day = days[row["weekday"] - 1]
            closes = "00:00" if row["closes"] == "24:00" else row["closes"]
            again = "_again" if day else ""
            day |= {f"opens{again}": row["opens"], f"closes{again}": closes}
        closures = [
            {
                "first": date.fromisoformat(row["from"]),
                "last": date.fromisoformat(row["to"]),
                "reason": row["reason"],
            }
            for row in content["closures"]
        ]
        return {
            "hours": days,
            "closures": closures,
            "follows_holidays": content["follows_holidays"],
        }

    def values(self) -> dict[str, Any]:
        """Give the typed spans; a span with one end missing is told by the rules."""
        hours = []
        for weekday, entry in enumerate(self.hours, start=1):
            form = entry.form
            for opens, closes in ((form.opens, form.closes), (form.opens_again, form.closes_again)):
                if opens.data or closes.data:
                    hours.append(
                        {
                            "weekday": weekday,
                            "opens": str(opens.data or ""),
                            "closes": str(closes.data or ""),
                        }
                    )
        return {
            "hours": hours,
            "closures": closures_of(self.closures),
            "follows_holidays": bool(self.follows_holidays.data),
        }


class PeopleForm(StepForm):
    """Who works there; photos are files of their own."""

    step = "people"
    tables = ("people",)
    people = FieldList(FormField(StaffRow), N_("People"))

    def values(self) -> dict[str, Any]:
        """Give the named people."""
        return {"people": texts_of(self.people, ("name", "role", "field"))}


class EnglishForm(StepForm):
    """The same in English."""

    step = "english"
    name_en = cell(N_("Name in English"), limit=WIDTHS["name_en"])
    summary_en = words(N_("Summary in English"), rows=3)
    about_en = words(N_("Description in English"), rows=6)
    address_en = StringField(
        N_("Address in English"),
        [Length(max=WIDTHS["address_en"], message=N_("Shorten this."))],
    )


FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        BasicsForm,
        PlaceForm,
        FilingForm,
        InstrumentsForm,
        CapabilityForm,
        HoursForm,
        PeopleForm,
        EnglishForm,
    )
}
