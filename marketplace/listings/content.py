"""A listing's text as one plain value: what revisions keep, reviewers compare and imports bring."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.messages import N_
from marketplace.drafting.outline import Content, Outline, Part
from marketplace.listings.models import (
    ExportControl,
    IpRight,
    IpRightKind,
    LegalStatus,
    ListingKind,
    PriceMode,
    SourceChannel,
    TrlEvidence,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.listings.models import Listing

#: Steps of the wizard in their order, with the names that people read.
STEPS: dict[str, str] = {
    "basics": N_("Basics"),
    "problem": N_("Problem and gain"),
    "evidence": N_("Readiness and evidence"),
    "rights": N_("Rights"),
    "terms": N_("Terms and price"),
    "people": N_("People"),
    "english": N_("English text"),
}


#: Every part in the order in which it is edited and compared.
PARTS: dict[str, Part] = {
    "title": Part("basics", N_("What the technology does")),
    "kind": Part("basics", N_("Kind of offer"), ListingKind.RESULT.value),
    "language": Part("basics", N_("Language of the text"), "zh"),
    "external_id": Part("basics", N_("Your own number"), None),
    "summary": Part("basics", N_("Summary in one sentence")),
    "plain_summary": Part("basics", N_("In plain words, for citizens")),
    "keywords": Part("basics", N_("Keywords"), []),
    "industry_codes": Part("basics", N_("Industries"), []),
    "field_codes": Part("basics", N_("Disciplines"), []),
    "source_channel": Part("basics", N_("Where it came from"), None),
    "year": Part("basics", N_("Year of completion"), None),
    "problem": Part("problem", N_("Problem solved")),
    "gain": Part("problem", N_("Gain against today's solution")),
    "gains": Part("problem", N_("Measured gains"), []),
    "abstract": Part("problem", N_("Technical description")),
    "trl": Part("evidence", N_("Technology readiness level"), None),
    "evidence": Part("evidence", N_("Evidence"), []),
    "next_step": Part("evidence", N_("Next step")),
    "rights": Part("rights", N_("Rights"), []),
    "export_control": Part("rights", N_("Export control"), ExportControl.UNCHECKED.value),
    "cooperation": Part("terms", N_("Cooperation offered"), []),
    "price_mode": Part("terms", N_("How the price is named"), PriceMode.NEGOTIABLE.value),
    "price_minor": Part("terms", N_("Price"), None),
    "price_max_minor": Part("terms", N_("Upper price"), None),
    "terms": Part("terms", N_("Conditions")),
    "open_license": Part("terms", N_("Open license statement"), {}),
    "inventors": Part("people", N_("Inventors"), []),
    "title_en": Part("english", N_("Title in English")),
    "summary_en": Part("english", N_("Summary in English")),
    "plain_summary_en": Part("english", N_("Plain words in English")),
    "problem_en": Part("english", N_("Problem in English")),
    "gain_en": Part("english", N_("Gain in English")),
    "abstract_en": Part("english", N_("Description in English")),
    "keywords_en": Part("english", N_("Keywords in English"), []),
    "next_step_en": Part("english", N_("Next step in English")),
    "terms_en": Part("english", N_("Conditions in English")),
}

OUTLINE = Outline(STEPS, PARTS)
empty_content, filled, steps_of = OUTLINE.empty, OUTLINE.filled, OUTLINE.names_of

#: Parts that are rows of tables of their own.
TABLES = ("rights", "evidence")
_ENUMS = {
    "kind": ListingKind,
    "source_channel": SourceChannel,
    "export_control": ExportControl,
    "price_mode": PriceMode,
}
RIGHT_FIELDS = (
    "kind",
    "number",
    "title",
    "applicant",
    "filed_on",
    "granted_on",
    "expires_on",
    "legal_status",
    "renewal_due_on",
)
RIGHT_DAYS = ("filed_on", "granted_on", "expires_on", "renewal_due_on")


def public_content(listing: Listing) -> Content:
    """Give the text that readers see; ``rights`` and ``evidence`` must be loaded."""
    content: Content = {}
    for name in PARTS:
        if name in TABLES:
            continue
        value = getattr(listing, name)
        content[name] = value.value if name in _ENUMS and value is not None else value
    content["rights"] = [right_values(right) for right in listing.rights]
    content["evidence"] = [
        {
            "level": row.level,
            "statement": row.statement,
            "attachment_id": str(row.attachment_id) if row.attachment_id else None,
        }
        for row in listing.evidence
    ]
    return filled(content)


def author_content(listing: Listing) -> Content:
    """Give the text as its author last left it: waiting changes where there are some."""
    return filled(listing.pending) if listing.pending is not None else public_content(listing)


def right_values(right: IpRight) -> dict[str, Any]:
    """Give a right as plain values."""
    return {
        "kind": right.kind.value,
        "number": right.number,
        "title": right.title,
        "applicant": right.applicant,
        "legal_status": right.legal_status.value if right.legal_status else None,
        **{
            name: value.isoformat() if (value := getattr(right, name)) else None
            for name in RIGHT_DAYS
        },
    }


def right_columns(row: Mapping[str, Any], position: int) -> dict[str, Any]:
    """Give a right's plain values as column values."""
    status = row.get("legal_status")
    return {
        "kind": IpRightKind(row["kind"]),
        "number": row.get("number") or "",
        "title": row.get("title") or "",
        "applicant": row.get("applicant") or "",
        "legal_status": LegalStatus(status) if status else None,
        "position": position,
        **{name: date.fromisoformat(row[name]) if row.get(name) else None for name in RIGHT_DAYS},
    }


def scalar_columns(content: Content) -> dict[str, Any]:
    """Give the values of the listing's own columns."""
    columns = {}
    for name, part in PARTS.items():
        if name in TABLES:
            continue
        value = content.get(name, part.empty)
        enum = _ENUMS.get(name)
        columns[name] = enum(value) if enum is not None and value is not None else value
    return columns


def write_columns(listing: Listing, content: Content) -> None:
    """Make the content the listing's public text; ``rights`` and ``evidence`` must be loaded.

    A right whose kind and number stay keeps its row, so that the unique number is never held by
    an old and a new row at once.
    """
    for name, value in scalar_columns(content).items():
        if getattr(listing, name) != value:
            setattr(listing, name, value)
    kept: dict[tuple[str, str], IpRight] = {
        (right.kind.value, right.number): right for right in listing.rights
    }
    rights = []
    for position, row in enumerate(content["rights"]):
        columns = right_columns(row, position)
        right = kept.pop((columns["kind"].value, columns["number"]), None)
        if right is None:
            right = IpRight(listing_id=listing.id, living=True, **columns)
        else:
            for name, value in columns.items():
                setattr(right, name, value)
        rights.append(right)
    listing.rights[:] = rights
    evidence = {row.level: row for row in listing.evidence}
    rows = []
    for values in content["evidence"]:
        proof = evidence.pop(values["level"], None) or TrlEvidence(
            listing_id=listing.id, level=values["level"]
        )
        proof.statement = values.get("statement") or ""
        attachment = values.get("attachment_id")
        proof.attachment_id = UUID(attachment) if attachment else None
        rows.append(proof)
    listing.evidence[:] = rows
