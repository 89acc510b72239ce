"""A facility's text as one plain value: what revisions keep and reviewers compare."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from marketplace.core.messages import N_
from marketplace.drafting.outline import Content, Outline, Part
from marketplace.facilities.models import (
    Facility,
    FacilityKind,
    FilingLevel,
    Instrument,
    InstrumentKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

#: Steps of the form in their order, with the names that people read.
STEPS: dict[str, str] = {
    "basics": N_("Basics"),
    "place": N_("Place and contact"),
    "filing": N_("Filing"),
    "instruments": N_("Instruments and lines"),
    "capability": N_("Capability sheet"),
    "hours": N_("Opening hours"),
    "people": N_("People and photos"),
    "english": N_("English text"),
}


#: Every part in the order in which it is edited and compared.
PARTS: dict[str, Part] = {
    "name": Part("basics", N_("Name of the facility")),
    "kind": Part("basics", N_("Kind of facility"), FacilityKind.PILOT_PLATFORM.value),
    "summary": Part("basics", N_("What it does, in one sentence")),
    "about": Part("basics", N_("Description")),
    "services": Part("basics", N_("Pilot services"), []),
    "verifications": Part("basics", N_("Kinds of verification"), []),
    "trl_from": Part("basics", N_("Readiness level at the start"), None),
    "trl_to": Part("basics", N_("Readiness level at the end"), None),
    "industry_codes": Part("basics", N_("Industries"), []),
    "field_codes": Part("basics", N_("Disciplines"), []),
    "keywords": Part("basics", N_("Keywords"), []),
    "district_code": Part("place", N_("District"), None),
    "address": Part("place", N_("Address")),
    "contact_name": Part("place", N_("Contact person")),
    "contact_phone": Part("place", N_("Phone")),
    "contact_email": Part("place", N_("E-mail address of the contact")),
    "contact_public": Part("place", N_("Contact shown to everybody"), empty=False),
    "filing_level": Part("filing", N_("Filing level"), None),
    "filing_number": Part("filing", N_("Filing number")),
    "filed_on": Part("filing", N_("Filed on (day)"), None),
    "filing_proof_id": Part("filing", N_("Proof of the filing"), None),
    "instruments": Part("instruments", N_("Instruments and lines"), []),
    "capabilities": Part("capability", N_("What goes in and what comes out"), []),
    "safety_limits": Part("capability", N_("Safety limits"), []),
    "certificates": Part("capability", N_("Certificates"), []),
    "hours": Part("hours", N_("Opening hours"), []),
    "closures": Part("hours", N_("Days closed"), []),
    "follows_holidays": Part("hours", N_("Follows the public holidays"), empty=True),
    "people": Part("people", N_("People"), []),
    "photos": Part("people", N_("Photos"), []),
    "name_en": Part("english", N_("Name in English")),
    "summary_en": Part("english", N_("Summary in English")),
    "about_en": Part("english", N_("Description in English")),
    "address_en": Part("english", N_("Address in English")),
}

OUTLINE = Outline(STEPS, PARTS)
empty_content, filled, steps_of = OUTLINE.empty, OUTLINE.filled, OUTLINE.names_of

#: Parts that hold at once, without a review.
IMMEDIATE = ("hours", "closures", "follows_holidays")
_ENUMS = {"kind": FacilityKind, "filing_level": FilingLevel}
_TABLE = "instruments"
INSTRUMENT_FIELDS = (
    "kind",
    "name",
    "name_en",
    "model",
    "maker",
    "count",
    "note",
    "bookable",
    "needs_qualification",
)


def public_content(facility: Facility) -> Content:
    """Give the text that readers see; ``instruments`` must be loaded."""
    content: Content = {}
    for name in PARTS:
        if name == _TABLE:
            content[name] = [
                instrument_values(one) for one in facility.instruments if one.retired_at is None
            ]
            continue
        value = getattr(facility, name)
        if name in _ENUMS and value is not None:
            value = value.value
        elif isinstance(value, date):
            value = value.isoformat()
        elif isinstance(value, UUID):
            value = str(value)
        content[name] = value
    return content


def author_content(facility: Facility) -> Content:
    """Give the text as its author last left it: waiting changes, and what holds at once."""
    public = public_content(facility)
    if facility.pending is None:
        return public
    return filled(facility.pending) | {name: public[name] for name in IMMEDIATE}


def instrument_values(one: Instrument) -> dict[str, Any]:
    """Give an instrument as plain values, with the id that keeps it the same in later texts."""
    values = {name: getattr(one, name) for name in INSTRUMENT_FIELDS}
    return {"id": str(one.id), **values, "kind": one.kind.value}


def write_columns(facility: Facility, content: Content, *, at: datetime) -> None:
    """Make the content the facility's public text; ``instruments`` must be loaded.

    An instrument that the text no longer names is retired and stays, for bookings refer to it.
    """
    for name in PARTS:
        if name == _TABLE:
            continue
        value = content[name]
        if name in _ENUMS and value is not None:
            value = _ENUMS[name](value)
        elif name == "filed_on" and value is not None:
            value = date.fromisoformat(value)
        elif name == "filing_proof_id" and value is not None:
            value = UUID(value)
        if getattr(facility, name) != value:
            setattr(facility, name, value)
    _write_instruments(facility, content[_TABLE], at)


def _write_instruments(facility: Facility, rows: Iterable[Mapping[str, Any]], at: datetime) -> None:
    known = {str(one.id): one for one in facility.instruments}
    named = set()
    for position, row in enumerate(rows):
        one = known.get(row["id"])
        if one is None:
            one = Instrument(id=UUID(row["id"]), facility_id=facility.id, name=row["name"])
            facility.instruments.append(one)
        named.add(str(one.id))
        values = {name: row[name] for name in INSTRUMENT_FIELDS}
        values |= {
            "kind": InstrumentKind(row["kind"]),
            "position": position,
            "retired_at": None,
        }
        for name, value in values.items():
            if getattr(one, name) != value:
                setattr(one, name, value)
    for identity, one in known.items():
        if identity not in named and one.retired_at is None:
            one.retired_at = at


def with_ids(
    before: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]], *, by_place: bool
) -> list[dict[str, Any]]:
    """Give instruments without an id that of the row they were saved as a moment ago.

    Somebody who writes saves many times before the page is loaded anew. While nothing can refer
    to them (``by_place``), rows are known again by their order, else by kind, name and model.
    """
    named = {row["id"] for row in rows if row.get("id")}
    left = [row for row in before if row["id"] not in named]
    found = []
    for row in rows:
        identity = row.get("id")
        if not identity:
            same = [one for one in left if by_place or _looks(one) == _looks(row)]
            if same:
                identity = same[0]["id"]
                left.remove(same[0])
        found.append({**row, "id": identity})
    return found


def _looks(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return (row.get("kind"), row.get("name"), row.get("model") or "")


def new_id() -> str:
    """Give the id of an instrument that a text names for the first time."""
    return str(uuid4())
