"""Listings as they come from outside: plain values, and how they become content."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.listings import rules
from marketplace.listings.content import filled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from marketplace.drafting.outline import Content


@dataclass(frozen=True, kw_only=True)
class RightRecord:
    """One right of a record, as plain values; the number may be written in any usual way."""

    kind: str
    number: str = ""
    title: str = ""
    applicant: str = ""
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    legal_status: str | None = None
    renewal_due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListingRecord:
    """One listing as it comes from outside; prices in minor units, codes from ``codes``."""

    external_id: str
    title: str
    kind: str = "result"
    language: str = "zh"
    title_en: str = ""
    summary: str = ""
    summary_en: str = ""
    plain_summary: str = ""
    plain_summary_en: str = ""
    problem: str = ""
    problem_en: str = ""
    gain: str = ""
    gain_en: str = ""
    #: Rows of {"name", "unit", "today", "ours"}.
    gains: tuple[Mapping[str, str], ...] = ()
    abstract: str = ""
    abstract_en: str = ""
    keywords: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    field_codes: tuple[str, ...] = ()
    trl: int | None = None
    #: Rows of {"level", "statement"}.
    evidence: tuple[Mapping[str, Any], ...] = ()
    next_step: str = ""
    next_step_en: str = ""
    #: Rows of {"name", "unit"}.
    inventors: tuple[Mapping[str, str], ...] = ()
    source_channel: str | None = "import"
    cooperation: tuple[str, ...] = ()
    terms: str = ""
    terms_en: str = ""
    #: {"fee", "payment", "until"} when an open license is among the forms of cooperation.
    open_license: Mapping[str, str] = field(default_factory=dict)
    price_mode: str = "negotiable"
    price_minor: int | None = None
    price_max_minor: int | None = None
    export_control: str = "unchecked"
    year: int | None = None
    rights: tuple[RightRecord, ...] = ()
    is_demo: bool = False


def content_of(record: ListingRecord) -> Content:
    """Give a record's content; its values are not judged yet."""
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(record).items()
    }
    values["rights"] = [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in asdict(right).items()
        }
        for right in record.rights
    ]
    values["evidence"] = [
        {
            "level": int(row["level"]),
            "statement": str(row.get("statement", "")),
            "attachment_id": None,
        }
        for row in record.evidence
    ]
    values["open_license"] = dict(record.open_license)
    return filled(values)


def check_record(record: ListingRecord) -> Content:
    """Give a record's sound content, or raise the RuleBroken that a form would show."""
    external_id = record.external_id.strip()
    if not external_id:
        raise RuleBroken(
            N_("Give each record a number of your own, so that it is known again."),
            field="external_id",
        )
    content = rules.sound(content_of(record))
    rules.require_publishable(content, imported=True)
    content["external_id"] = external_id
    return content
