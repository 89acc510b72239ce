"""The deal's technology and need as rows of words, as far as the matrix lets a viewer read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.deals import confidentiality

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from marketplace.deals.confidentiality import Viewer
    from marketplace.deals.models import Deal

#: Column → what it is called; the columns of which a page of a deal shows the words.
LISTING: Mapping[str, str] = {
    "title": N_("Name of the technology"),
    "summary": N_("Summary"),
    "problem": N_("Problem that it solves"),
    "gain": N_("Measured gain"),
    "abstract": N_("How it works"),
    "trl": N_("Readiness level"),
    "next_step": N_("What it needs next"),
    "cooperation": N_("Forms of cooperation"),
    "terms": N_("Conditions of the owner"),
    "industry_codes": N_("Industries"),
    "field_codes": N_("Disciplines"),
    "year": N_("Year of the result"),
    "external_id": N_("Owner's own number"),
    "return_reason": N_("Last remark of the reviewer"),
}
NEED: Mapping[str, str] = {
    "title": N_("Name of the need"),
    "problem": N_("Problem to solve"),
    "situation": N_("Situation today"),
    "parameters": N_("Wanted figures"),
    "constraints": N_("Bounds"),
    "budget_min_minor": N_("Budget from"),
    "budget_max_minor": N_("Budget up to"),
    "deadline_on": N_("Wanted by"),
    "acceptance": N_("How it is accepted"),
    "ip_wishes": N_("Wishes about rights"),
    "cooperation": N_("Forms of cooperation"),
    "industry_codes": N_("Industries"),
    "external_id": N_("Owner's own number"),
    "return_reason": N_("Last remark of the reviewer"),
}


@dataclass(frozen=True)
class Wording:
    """Turns values into words of the reader's language."""

    say: Callable[[str], str]
    money: Callable[[int], str]
    language: str


@dataclass(frozen=True)
class Row:
    """One named field."""

    label: str
    text: str


def listing_rows(deal: Deal, viewer: Viewer, wording: Wording) -> list[Row]:
    """Give what the viewer reads of the technology."""
    return _rows(deal.listing, "listing", LISTING, viewer, wording) if deal.listing else []


def need_rows(deal: Deal, viewer: Viewer, wording: Wording) -> list[Row]:
    """Give what the viewer reads of the need."""
    return _rows(deal.need, "need", NEED, viewer, wording) if deal.need else []


def _rows(
    record: Any,  # noqa: ANN401 — a listing or a need
    table: str,
    labels: Mapping[str, str],
    viewer: Viewer,
    wording: Wording,
) -> list[Row]:
    found = []
    for column, label in labels.items():
        if not confidentiality.shows(viewer, table, column):
            continue
        value = getattr(record, column)
        english: Any = getattr(record, f"{column}_en", "")
        if wording.language == "en" and english:
            value = english
        text = _text(column, value, wording)
        if text:
            found.append(Row(label, text))
    return found


def _text(column: str, value: Any, wording: Wording) -> str:  # noqa: ANN401 — values of all columns
    if value in (None, "", []):
        return ""
    if column in ("budget_min_minor", "budget_max_minor"):
        return wording.money(value)
    if column == "trl":
        return f"TRL {value}"
    if isinstance(value, LabelledEnum):
        return wording.say(value.label)
    if isinstance(value, list):
        comma = "、" if wording.language == "zh" else ", "
        return comma.join(_words(column, value, wording))
    return str(value)


def _words(column: str, values: Sequence[Any], wording: Wording) -> list[str]:
    if column == "cooperation":
        return [wording.say(CooperationForm(one).label) for one in values]
    if column == "industry_codes":
        return [INDUSTRIES.label(one, wording.language) for one in values]
    if column == "field_codes":
        return [FIELDS.label(one, wording.language) for one in values]
    if column == "parameters":
        return [
            f"{row.get('name', '')}: {row.get('now') or '–'} → {row.get('wanted') or '–'} "
            f"{row.get('unit', '')}".rstrip()
            for row in values
        ]
    return [str(one) for one in values]
