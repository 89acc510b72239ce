"""The wizard's steps: fields, and how they become parts of the content."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from wtforms import (
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from marketplace.codes.choices import field_choices, industry_choices
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.drafting import forms as drafting
from marketplace.listings.content import OUTLINE, RIGHT_DAYS
from marketplace.listings.forms.fields import (
    Yuan,
    choose,
    code_field,
    known_codes,
    line,
    wan,
    words,
)
from marketplace.listings.forms.rows import GainRow, PersonRow, ProofRow, RightRow, rows_of
from marketplace.listings.models import (
    ExportControl,
    IpRightKind,
    ListingKind,
    PriceMode,
    SourceChannel,
)
from marketplace.listings.rights import shown_number
from marketplace.listings.rules import TITLE_LENGTH
from marketplace.listings.wording import LANGUAGES, LEVEL_MEANINGS
from marketplace.web.fields import WordList
from marketplace.web.forms import options

if TYPE_CHECKING:
    from wtforms import Field

    from marketplace.drafting.outline import Content

CHOSEN = DataRequired(N_("Choose from the list."))
#: Codes that can be chosen for one listing on the page.
CODES = 3


class StepForm(drafting.StepForm):
    """A step of writing a listing."""

    outline = OUTLINE


def _text(field: Field) -> str:
    return str(field.data or "").strip()


class BasicsForm(StepForm):
    """Title, summary and how it is found."""

    step = "basics"
    title = line(
        N_("What the technology does"),
        N_("One line that a buyer outside the field understands: what it does, for whom."),
        limit=TITLE_LENGTH,
    )
    kind = RadioField(N_("Kind of offer"), [CHOSEN], choices=lambda: options(ListingKind.choices()))
    language = RadioField(
        N_("Language of the text"), [CHOSEN], choices=lambda: options(LANGUAGES.items())
    )
    summary = TextAreaField(
        N_("Summary in one sentence"),
        [Length(max=1000, message=N_("Shorten this."))],
        description=N_("With at least one figure: speed, yield, cost, life."),
        render_kw={"rows": 3},
    )
    plain_summary = words(
        N_("In plain words, for citizens"), N_("Two sentences that your neighbor understands.")
    )
    keywords = WordList(N_("Keywords"), description=N_("Part them by commas."))
    industry_codes = FieldList(
        code_field(industry_choices), N_("Industries"), min_entries=CODES, max_entries=60
    )
    field_codes = FieldList(
        code_field(field_choices), N_("Disciplines"), min_entries=CODES, max_entries=60
    )
    source_channel = choose(N_("Where it came from"), SourceChannel)
    year = IntegerField(
        N_("Year of completion"),
        [Optional(), NumberRange(1900, 2100, N_("The year lies between 1900 and 2100."))],
    )
    external_id = line(N_("Your own number"), N_("Imports know the record again by it."), limit=100)

    def validate_title(self, field: Field) -> None:
        """A draft may lack everything but its title."""
        DataRequired(N_("Say in one line what the technology does."))(self, field)

    def validate_industry_codes(self, field: Field) -> None:
        """Take only codes of the list."""
        known_codes(INDUSTRIES, field.data)

    def validate_field_codes(self, field: Field) -> None:
        """Take only codes of the list."""
        known_codes(FIELDS, field.data)

    def values(self) -> dict[str, Any]:
        """Give the parts; empty choices are nothing."""
        found = super().values()
        for name in ("industry_codes", "field_codes"):
            found[name] = list(dict.fromkeys(code for code in found[name] if code))
        for name in ("external_id", "source_channel"):
            found[name] = found[name] or None
        return found | {name: found[name] or "" for name in ("title", "summary", "plain_summary")}


class ProblemForm(StepForm):
    """What it is good for, in figures."""

    step = "problem"
    tables = ("gains",)
    problem = words(N_("Problem solved"), N_("Who has it, and what it costs them today."))
    gain = words(
        N_("Gain against today's solution"),
        N_("Name the leading solution of today and compare under equal conditions."),
    )
    gains = FieldList(FormField(GainRow), N_("Measured gains"))
    abstract = words(
        N_("Technical description"), N_("How it works, for an engineer of the field."), rows=8
    )

    def values(self) -> dict[str, Any]:
        """Give the parts without empty rows."""
        return super().values() | {"gains": rows_of(self.gains, ("name", "today", "ours", "unit"))}


class EvidenceForm(StepForm):
    """Readiness and what proves it."""

    step = "evidence"
    trl = RadioField(
        N_("Technology readiness level"),
        choices=lambda: options((str(level), str(level)) for level in LEVEL_MEANINGS),
        validators=[Optional()],
    )
    evidence = FieldList(FormField(ProofRow), N_("Evidence"), min_entries=9, max_entries=9)
    next_step = words(
        N_("Next step"), N_("What has to be done, how long it takes, and whom you look for.")
    )

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give a row for each of the nine levels."""
        rows = {row["level"]: row for row in content["evidence"]}
        return {
            "trl": str(content["trl"]) if content["trl"] else None,
            "next_step": content["next_step"],
            "evidence": [
                {
                    "statement": rows.get(level, {}).get("statement", ""),
                    "attachment_id": rows.get(level, {}).get("attachment_id") or "",
                }
                for level in LEVEL_MEANINGS
            ],
        }

    def values(self) -> dict[str, Any]:
        """Give the parts; levels without proof fall out."""
        rows = [
            {
                "level": level,
                "statement": _text(entry.form.statement),
                "attachment_id": _text(entry.form.attachment_id) or None,
            }
            for level, entry in zip(LEVEL_MEANINGS, self.evidence, strict=True)
        ]
        return {
            "trl": int(self.trl.data) if self.trl.data else None,
            "evidence": [row for row in rows if row["statement"] or row["attachment_id"]],
            "next_step": self.next_step.data or "",
        }


_RIGHT_TEXTS = ("kind", "number", "title", "applicant", "legal_status")


class RightsForm(StepForm):
    """Patents and other rights, and the export rules."""

    step = "rights"
    tables = ("rights",)
    rights = FieldList(FormField(RightRow), N_("Rights"))
    export_control = RadioField(
        N_("Export control"),
        [CHOSEN],
        choices=lambda: options(ExportControl.choices()),
        description=N_(
            "Look the technology up in China's catalogue of technologies whose export is "
            "prohibited or restricted."
        ),
    )

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give rows with days as days."""
        return {
            "export_control": content["export_control"],
            "rights": [
                row
                | {"number": shown_number(row["number"])}
                | {
                    name: date.fromisoformat(row[name]) if row.get(name) else None
                    for name in RIGHT_DAYS
                }
                for row in content["rights"]
            ],
        }

    def values(self) -> dict[str, Any]:
        """Give the parts; a row without number, title and owner falls out."""
        rows = []
        for entry in self.rights:
            row: dict[str, Any] = {name: _text(entry.form[name]) for name in _RIGHT_TEXTS}
            days = {
                name: day.isoformat() if (day := entry.form[name].data) else None
                for name in RIGHT_DAYS
            }
            if any(row.values()) or any(days.values()):
                row["kind"] = row["kind"] or IpRightKind.INVENTION_PATENT.value
                row["legal_status"] = row["legal_status"] or None
                rows.append(row | days)
        return {"rights": rows, "export_control": self.export_control.data}


class TermsForm(StepForm):
    """Forms of cooperation and the price."""

    step = "terms"
    parts_of: ClassVar[dict[str, str]] = {
        "price": "price_minor",
        "price_max": "price_max_minor",
        "open_fee": "open_license",
        "open_payment": "open_license",
        "open_until": "open_license",
    }
    cooperation = SelectMultipleField(
        N_("Cooperation offered"),
        choices=lambda: options(CooperationForm.choices()),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    price_mode = RadioField(
        N_("How the price is named"), [CHOSEN], choices=lambda: options(PriceMode.choices())
    )
    price = Yuan(N_("Price, or lower end"))
    price_max = Yuan(N_("Upper end"))
    terms = words(
        N_("Conditions"),
        N_("Territory, field of use, support, and what happens after a free trial."),
    )
    open_fee = line(N_("Fee"))
    open_payment = line(N_("Payment"))
    open_until = line(N_("Offer holds until"), limit=60)

    @classmethod
    def data_of(cls, content: Content) -> dict[str, Any]:
        """Give prices in 万元 and the statement's fields one by one."""
        statement = content["open_license"]
        return {
            "cooperation": content["cooperation"],
            "price_mode": content["price_mode"],
            "price": wan(content["price_minor"]),
            "price_max": wan(content["price_max_minor"]),
            "terms": content["terms"],
            "open_fee": statement.get("fee", ""),
            "open_payment": statement.get("payment", ""),
            "open_until": statement.get("until", ""),
        }

    def values(self) -> dict[str, Any]:
        """Give the parts; a price stays only where the mode names one."""
        mode = self.price_mode.data
        named = mode in (PriceMode.FIXED, PriceMode.RANGE)
        statement = {
            "fee": _text(self.open_fee),
            "payment": _text(self.open_payment),
            "until": _text(self.open_until),
        }
        return {
            "cooperation": self.cooperation.data or [],
            "price_mode": mode,
            "price_minor": self.price.minor if named else None,
            "price_max_minor": self.price_max.minor if mode == PriceMode.RANGE else None,
            "terms": self.terms.data or "",
            "open_license": statement if any(statement.values()) else {},
        }


class PeopleForm(StepForm):
    """Who is behind it."""

    step = "people"
    tables = ("inventors",)
    inventors = FieldList(FormField(PersonRow), N_("Inventors"))

    def values(self) -> dict[str, Any]:
        """Give the named people."""
        return {"inventors": rows_of(self.inventors, ("name", "unit"))}


class EnglishForm(StepForm):
    """The same in English, for readers abroad."""

    step = "english"
    title_en = line(N_("Title in English"))
    summary_en = words(N_("Summary in English"), rows=3)
    plain_summary_en = words(N_("Plain words in English"))
    problem_en = words(N_("Problem in English"))
    gain_en = words(N_("Gain in English"))
    abstract_en = words(N_("Description in English"), rows=8)
    keywords_en = WordList(N_("Keywords in English"), description=N_("Part them by commas."))
    next_step_en = words(N_("Next step in English"))
    terms_en = words(N_("Conditions in English"))

    def values(self) -> dict[str, Any]:
        """Give the parts; nothing typed is an empty text."""
        return {
            name: value or type(value)() if value is not None else ""
            for name, value in super().values().items()
        }


FORMS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (
        BasicsForm,
        ProblemForm,
        EvidenceForm,
        RightsForm,
        TermsForm,
        PeopleForm,
        EnglishForm,
    )
}
