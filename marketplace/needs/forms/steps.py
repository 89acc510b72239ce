"""The wizard's steps: fields, and how they become the content."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, ClassVar

from flask_babel import gettext
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
)
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.validators import ValidationError as Refused

from marketplace.codes.choices import field_choices, industry_choices
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.needs.content import Criterion, NeedContent, Parameter
from marketplace.needs.forms.fields import (
    Choices,
    WanField,
    code_field,
    level,
    level_choices,
    line,
    translated,
    words,
)
from marketplace.needs.models import Confidentiality, NeedKind
from marketplace.web.arguments import whole_number
from marketplace.web.fields import Row, WordList
from marketplace.web.forms import Form, SelectChoice, options, text

if TYPE_CHECKING:
    from wtforms import Field

#: Codes that can be chosen for one need.
CODES = 3
#: Empty rows behind the filled ones.
BLANK_ROWS = 2
ROWS_LIMIT = 30
_TITLE_LIMIT, _TITLE_EN_LIMIT, _CELL = 200, 300, 100

LANGUAGES = (("zh", N_("Chinese")), ("en", N_("English")))


def language_choices() -> list[SelectChoice]:
    """Give the languages a need may be written in."""
    return options(LANGUAGES)


class StepForm(Form):
    """What all steps share: the version that the author saw, and the way to the content.

    ``version`` is checked by the service, so that two people editing at once are noticed.
    """

    step: ClassVar[str]
    label: ClassVar[str]
    #: Field of the form → field of the content, in the order shown.
    parts: ClassVar[dict[str, str]]
    version = HiddenField()

    @classmethod
    def data_of(cls, content: NeedContent) -> dict[str, Any]:
        """Give the form's data for a content."""
        return {name: getattr(content, part) for name, part in cls.parts.items()}

    def read(self, name: str) -> Any:  # noqa: ANN401 — values of all fields
        """Give the value of one field as the content keeps it."""
        data = self[name].data
        return text(self[name]) if isinstance(data, str) or data is None else data

    def content(self, before: NeedContent, *, sound_only: bool = False) -> NeedContent:
        """Put what was typed over a content; with ``sound_only`` faulty fields are left out."""
        said = {
            part: self.read(name)
            for name, part in self.parts.items()
            if not (sound_only and self[name].errors)
        }
        return replace(before, **said)

    def seen_version(self) -> int:
        """Give the version the author started from; 0, which no row has, when it is unreadable."""
        return whole_number(text(self.version))


class BasicsForm(StepForm):
    """Kind, title and where it belongs."""

    step, label = "basics", N_("Basics")
    parts: ClassVar[dict[str, str]] = {
        name: name
        for name in ("kind", "language", "title", "industry_codes", "field_codes", "keywords")
    }
    kind = RadioField(N_("Kind of need"), [InputRequired()], choices=lambda: translated(NeedKind))
    language = RadioField(N_("Language of the text"), [InputRequired()], choices=language_choices)
    title = line(
        N_("Title of the need"),
        N_("One line with the figure that matters, as in the example."),
        limit=_TITLE_LIMIT,
        checks=[InputRequired(N_("Give the need a title."))],
    )
    industry_codes = FieldList(
        code_field(INDUSTRIES, industry_choices), N_("Industries"), min_entries=CODES
    )
    field_codes = FieldList(code_field(FIELDS, field_choices), N_("Fields"), min_entries=CODES)
    keywords = WordList(N_("Keywords"), description=N_("Up to about eight, parted by commas."))

    def read(self, name: str) -> Any:  # noqa: ANN401 — see StepForm
        """Read codes without blanks and repeats, and the kind as its member."""
        data = self[name].data
        if name == "kind":
            return NeedKind(data)
        if name in ("industry_codes", "field_codes"):
            return tuple(dict.fromkeys(code for code in data if code))
        return tuple(data or ()) if name == "keywords" else super().read(name)


class ProblemForm(StepForm):
    """What it is about, in plain words."""

    step, label = "problem", N_("Problem")
    parts: ClassVar[dict[str, str]] = {
        name: name for name in ("problem", "situation", "constraints")
    }
    problem = words(
        N_("The problem in plain words"),
        N_("What happens, where in your process, and what it costs you. No solution yet."),
        rows=6,
    )
    situation = words(
        N_("How it is done today"), N_("Today's solution, and what you have tried already.")
    )
    constraints = words(
        N_("Constraints"),
        N_("What can't be changed: space, temperature, standards, systems it must fit."),
    )


class ParameterRow(Row):
    """One row of the figures table."""

    name = line(N_("Figure"), limit=_CELL)
    unit = line(N_("Unit"), limit=40)
    now = line(N_("Now"), limit=_CELL)
    wanted = line(N_("Wanted"), limit=_CELL)


class FiguresForm(StepForm):
    """The figures now and wanted."""

    step, label = "figures", N_("Figures")
    parts: ClassVar[dict[str, str]] = {"parameters": "parameters"}
    parameters = FieldList(
        FormField(ParameterRow), N_("Figures now and wanted"), max_entries=ROWS_LIMIT
    )

    @classmethod
    def data_of(cls, content: NeedContent) -> dict[str, Any]:
        """Give the rows, and empty ones to type into."""
        rows = [asdict(row) for row in content.parameters]
        return {"parameters": rows + [{}] * min(BLANK_ROWS, ROWS_LIMIT - len(rows))}

    def read(self, name: str) -> Any:  # noqa: ANN401 — see StepForm
        """Leave empty rows out."""
        names = ("name", "unit", "now", "wanted")
        rows = [[str(row[key] or "") for key in names] for row in self[name].data]
        return tuple(Parameter(*row) for row in rows if any(row))


class TermsForm(StepForm):
    """Money, time, cooperation, and who sees the name."""

    step, label = "terms", N_("Terms and confidentiality")
    parts: ClassVar[dict[str, str]] = {
        "budget_min": "budget_min_minor",
        "budget_max": "budget_max_minor",
        "deadline_on": "deadline_on",
        "trl_min": "trl_min",
        "cooperation": "cooperation",
        "ip_wishes": "ip_wishes",
        "confidentiality": "confidentiality",
    }
    budget_min = WanField(N_("Budget from"))
    budget_max = WanField(N_("Budget up to"))
    deadline_on = DateField(
        N_("Answers wanted by"),
        [Optional()],
        description=N_("The last day on which people can answer."),
    )
    trl_min = SelectField(N_("Readiness level at least"), choices=level_choices)
    cooperation = Choices(N_("Forms of cooperation"), choices=lambda: translated(CooperationForm))
    ip_wishes = words(
        N_("Wishes about intellectual property"),
        N_("Who owns what is developed, who may use it, and where."),
        rows=3,
    )
    confidentiality = RadioField(
        N_("Who sees our name"),
        [InputRequired()],
        choices=lambda: translated(Confidentiality),
        description=N_("The text of the need itself is public in any case."),
    )

    @classmethod
    def data_of(cls, content: NeedContent) -> dict[str, Any]:
        """Name the choice “not given” where there is no level."""
        return super().data_of(content) | {"trl_min": str(content.trl_min or "")}

    def read(self, name: str) -> Any:  # noqa: ANN401 — see StepForm
        """Read choices as the content keeps them."""
        data = self[name].data
        if name == "confidentiality":
            return Confidentiality(data)
        if name == "cooperation":
            return tuple(data or ())
        if name == "trl_min":
            return level(data)
        return data if name in ("budget_min", "budget_max", "deadline_on") else super().read(name)


class CriterionRow(Row):
    """One scoring criterion."""

    name = line(N_("Criterion"), limit=_CELL)
    weight = IntegerField(
        N_("Weight"),
        [Optional(), NumberRange(1, 100, N_("A weight lies between 1 and 100."))],
    )

    def validate_name(self, field: Field) -> None:
        """Want a name for a weight, and a weight for a name."""
        if bool(field.data) != bool((self.weight.raw_data or [""])[0]):
            raise Refused(gettext("Give each criterion a name and a weight."))


class JudgingForm(StepForm):
    """How answers will be tested and weighed."""

    step, label = "judging", N_("Acceptance and scoring")
    parts: ClassVar[dict[str, str]] = {"acceptance": "acceptance", "criteria": "criteria"}
    acceptance = words(
        N_("Acceptance criteria"),
        N_("The test that shows the need is met: what, how long, how much."),
    )
    criteria = FieldList(FormField(CriterionRow), N_("Scoring criteria"), max_entries=ROWS_LIMIT)

    @classmethod
    def data_of(cls, content: NeedContent) -> dict[str, Any]:
        """Give the rows, and empty ones to type into."""
        rows = [asdict(row) for row in content.criteria]
        blank = min(BLANK_ROWS, ROWS_LIMIT - len(rows))
        return {"acceptance": content.acceptance, "criteria": rows + [{}] * blank}

    def read(self, name: str) -> Any:  # noqa: ANN401 — see StepForm
        """Leave empty rows out."""
        if name != "criteria":
            return super().read(name)
        return tuple(
            Criterion(row["name"], row["weight"])
            for row in self[name].data
            if row["name"] and row["weight"]
        )


class EnglishForm(StepForm):
    """What readers abroad see."""

    step, label = "english", N_("English text")
    parts: ClassVar[dict[str, str]] = {
        name: name for name in ("title_en", "problem_en", "keywords_en")
    }
    title_en = line(N_("Title in English"), limit=_TITLE_EN_LIMIT)
    problem_en = words(N_("The problem in English"), rows=6)
    keywords_en = WordList(N_("Keywords in English"))

    def read(self, name: str) -> Any:  # noqa: ANN401 — see StepForm
        """Read keywords as words."""
        return tuple(self[name].data or ()) if name == "keywords_en" else super().read(name)


STEPS: dict[str, type[StepForm]] = {
    form.step: form
    for form in (BasicsForm, ProblemForm, FiguresForm, TermsForm, JudgingForm, EnglishForm)
}
#: Field of the content → (step, field of the form): where a question of the coach leads.
PLACE_OF: dict[str, tuple[str, str]] = {
    part: (step, name) for step, form in STEPS.items() for name, part in form.parts.items()
}
