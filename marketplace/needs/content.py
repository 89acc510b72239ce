"""What the author of a need writes, as one plain value apart from its life."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from marketplace.core.messages import N_
from marketplace.needs.models import Confidentiality, NeedKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.needs.models import Need


@dataclass(frozen=True)
class Parameter:
    """One row of the figures table: how it is today, and how it should be."""

    name: str
    unit: str = ""
    now: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class Criterion:
    """One thing answers are scored by; weights count against each other."""

    name: str
    weight: int


@dataclass(frozen=True, kw_only=True)
class NeedContent:
    """Everything of a need that readers see and reviewers judge."""

    title: str
    kind: NeedKind = NeedKind.TECHNOLOGY
    language: str = "zh"
    title_en: str = ""
    problem: str = ""
    problem_en: str = ""
    situation: str = ""
    parameters: tuple[Parameter, ...] = ()
    constraints: str = ""
    budget_min_minor: int | None = None
    budget_max_minor: int | None = None
    deadline_on: date | None = None
    confidentiality: Confidentiality = Confidentiality.VERIFIED
    cooperation: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    acceptance: str = ""
    ip_wishes: str = ""
    keywords: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    field_codes: tuple[str, ...] = ()
    trl_min: int | None = None


#: Names of the fields in the order people read them, with their labels.
LABELS: dict[str, str] = {
    "kind": N_("Kind of need"),
    "title": N_("Title of the need"),
    "language": N_("Language of the text"),
    "problem": N_("The problem in plain words"),
    "situation": N_("How it is done today"),
    "constraints": N_("Constraints"),
    "parameters": N_("Figures now and wanted"),
    "budget_min_minor": N_("Budget from"),
    "budget_max_minor": N_("Budget up to"),
    "deadline_on": N_("Answers wanted by"),
    "trl_min": N_("Readiness level at least"),
    "cooperation": N_("Forms of cooperation"),
    "ip_wishes": N_("Wishes about intellectual property"),
    "acceptance": N_("Acceptance criteria"),
    "criteria": N_("Scoring criteria"),
    "confidentiality": N_("Who sees our name"),
    "industry_codes": N_("Industries"),
    "field_codes": N_("Fields"),
    "keywords": N_("Keywords"),
    "title_en": N_("Title in English"),
    "problem_en": N_("The problem in English"),
    "keywords_en": N_("Keywords in English"),
}

FIELDS: tuple[str, ...] = tuple(field.name for field in dataclasses.fields(NeedContent))
_LISTS = ("cooperation", "keywords", "keywords_en", "industry_codes", "field_codes")


def parameters_of(rows: object) -> tuple[Parameter, ...]:
    """Read stored rows of the figures table."""
    found = rows if isinstance(rows, list) else []
    names = ("name", "unit", "now", "wanted")
    return tuple(Parameter(**{name: str(row.get(name) or "") for name in names}) for row in found)


def criteria_of(rows: object) -> tuple[Criterion, ...]:
    """Read stored rows of the scoring criteria."""
    found = rows if isinstance(rows, list) else []
    return tuple(Criterion(str(row["name"]), int(row["weight"])) for row in found)


def content_of(need: Need) -> NeedContent:
    """Give the text that readers see (of a never published need: the author's)."""
    values: dict[str, Any] = {name: getattr(need, name) for name in FIELDS}
    return _typed(values)


def working_content(need: Need) -> NeedContent:
    """Give the text the author works on: the changes that wait, else what is shown."""
    return content_of(need) if need.pending is None else from_json(need.pending)


def _typed(values: Mapping[str, Any]) -> NeedContent:
    typed = dict(values)
    typed |= {name: tuple(values.get(name) or ()) for name in _LISTS}
    typed["parameters"] = parameters_of(values.get("parameters"))
    typed["criteria"] = criteria_of(values.get("criteria"))
    return NeedContent(**typed)


def columns_of(content: NeedContent) -> dict[str, Any]:
    """Give the value of each column of the row."""
    values: dict[str, Any] = {name: getattr(content, name) for name in FIELDS}
    values |= {name: list(values[name]) for name in _LISTS}
    values["parameters"] = [dataclasses.asdict(row) for row in content.parameters]
    values["criteria"] = [dataclasses.asdict(row) for row in content.criteria]
    return values


def write(need: Need, content: NeedContent) -> None:
    """Put a content into the columns, touching only what differs."""
    for name, value in columns_of(content).items():
        if getattr(need, name) != value:
            setattr(need, name, value)


def to_json(content: NeedContent) -> dict[str, Any]:
    """Give a content as it is kept in ``pending`` and in revisions."""
    values = columns_of(content)
    values["deadline_on"] = content.deadline_on.isoformat() if content.deadline_on else None
    values["kind"], values["confidentiality"] = content.kind.value, content.confidentiality.value
    return values


def from_json(stored: Mapping[str, Any]) -> NeedContent:
    """Read a kept content; fields it does not know keep their defaults."""
    values: dict[str, Any] = {name: stored[name] for name in FIELDS if name in stored}
    if values.get("deadline_on"):
        values["deadline_on"] = date.fromisoformat(values["deadline_on"])
    values["kind"] = NeedKind(values.get("kind", NeedKind.TECHNOLOGY))
    values["confidentiality"] = Confidentiality(
        values.get("confidentiality", Confidentiality.VERIFIED)
    )
    return _typed(values)
