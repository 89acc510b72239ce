"""Content as lines of text that people read: for the reviewer's comparison and the check page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.facilities.models import (
    FacilityKind,
    FilingLevel,
    InstrumentKind,
    PilotService,
    VerificationKind,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marketplace.core.enums import LabelledEnum

_LABELLED: dict[str, type[LabelledEnum]] = {
    "kind": FacilityKind,
    "filing_level": FilingLevel,
    "services": PilotService,
    "verifications": VerificationKind,
}
_CODES = {"industry_codes": INDUSTRIES, "field_codes": FIELDS, "district_code": DISTRICTS}

WEEKDAYS: dict[int, str] = {
    1: N_("Monday"),
    2: N_("Tuesday"),
    3: N_("Wednesday"),
    4: N_("Thursday"),
    5: N_("Friday"),
    6: N_("Saturday"),
    7: N_("Sunday"),
}
YES, NO = N_("Yes"), N_("No")
_FILE = N_("A file is attached")
_BOOKABLE, _NEEDS = N_("bookable"), N_("needs a qualification")


def label_of(enum: type[LabelledEnum], value: str) -> str:
    """Give the message id of a stored value's label; an unknown value is shown as itself."""
    return next((member.label for member in enum if member.value == value), value)


def amount_of(row: Mapping[str, Any]) -> str:
    """Show the amounts of a capability row: "0.5–20 kg", "up to"-less ends left open."""
    low, high = row.get("amount_from") or "", row.get("amount_to") or ""
    span = (
        low
        if low == high
        else f"{low}–{high}"
        if low and high
        else f"≥ {low}"
        if low
        else f"≤ {high}"
    )
    return f"{span} {row.get('unit', '')}".strip() if low or high else ""


@dataclass(frozen=True)
class Wording:
    """Turns values into words of one language; ``say`` translates."""

    say: Callable[[str], str]
    language: str

    def lines(self, name: str, value: Any) -> list[str]:  # noqa: ANN401 — any part of a content
        """Give a part's lines; nothing for an empty part."""
        if isinstance(value, bool):
            return [self.say(YES if value else NO)]
        if value in (None, "", []):
            return []
        values = value if isinstance(value, list) else str(value).splitlines()
        one = self._line_of(name)
        return [one(part) for part in values]

    def _line_of(self, name: str) -> Callable[[Any], str]:
        if name in _LABELLED:
            return lambda value: self.say(label_of(_LABELLED[name], value))
        if name in _CODES:
            return lambda code: _CODES[name].label(code, self.language)
        lines: dict[str, Callable[[Any], str]] = {
            "instruments": self._instrument,
            "capabilities": _capability,
            "safety_limits": lambda row: _joined(row, "name", "limit"),
            "certificates": lambda row: _joined(row, "kind", "number", "scope", "expires_on"),
            "people": lambda row: _joined(row, "name", "role", "field"),
            "photos": lambda row: _joined(row, "alt", "alt_en"),
            "hours": self._hours,
            "closures": lambda row: f"{row['from']} – {row['to']} {row.get('reason', '')}".strip(),
            "filing_proof_id": lambda _value: self.say(_FILE),
        }
        return lines.get(name, str)

    def _instrument(self, row: Mapping[str, Any]) -> str:
        flags = [
            self.say(word)
            for word, name in ((_BOOKABLE, "bookable"), (_NEEDS, "needs_qualification"))
            if row.get(name)
        ]
        facts = [
            self.say(label_of(InstrumentKind, row["kind"])),
            f"{row['name']} × {row['count']}",
            *(row.get(name) or "" for name in ("name_en", "model", "maker", "note")),
            *flags,
        ]
        return " · ".join(fact for fact in facts if fact)

    def _hours(self, row: Mapping[str, Any]) -> str:
        return f"{self.say(WEEKDAYS[row['weekday']])} {row['opens']}–{row['closes']}"


def _joined(row: Mapping[str, Any], *names: str) -> str:
    return " · ".join(str(row[name]) for name in names if row.get(name))


def _capability(row: Mapping[str, Any]) -> str:
    goes_in = " ".join(part for part in (row["material"], amount_of(row), row["form"]) if part)
    facts = [row["operation"], f"{goes_in} → {row['output']}".strip(" →"), row["accuracy"]]
    return " · ".join(fact for fact in facts if fact)
