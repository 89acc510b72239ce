"""Content as lines of text that people read: for the reviewer's comparison and the answers page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.listings import rights
from marketplace.listings.models import (
    ExportControl,
    IpRightKind,
    LegalStatus,
    ListingKind,
    PriceMode,
    SourceChannel,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marketplace.core.enums import LabelledEnum

_LABELLED: dict[str, type[LabelledEnum]] = {
    "kind": ListingKind,
    "source_channel": SourceChannel,
    "export_control": ExportControl,
    "price_mode": PriceMode,
    "cooperation": CooperationForm,
}
_WITH_FILE = N_("with a file")
_CODES = {"industry_codes": INDUSTRIES, "field_codes": FIELDS}
LANGUAGES = {"zh": N_("Chinese"), "en": N_("English")}
_STATEMENT = {"fee": N_("Fee"), "payment": N_("Payment"), "until": N_("Offer holds until")}


#: What each readiness level means (GB/T 22900-2009, annex A, in short words).
LEVEL_MEANINGS: dict[int, str] = {
    1: N_("Principle observed"),
    2: N_("Concept formulated"),
    3: N_("Proof of concept in the laboratory"),
    4: N_("Components tested in the laboratory"),
    5: N_("Components tested in a relevant environment"),
    6: N_("Prototype shown in a relevant environment"),
    7: N_("Prototype shown in real operation"),
    8: N_("System complete and qualified"),
    9: N_("System proven in daily use"),
}


def label_of(enum: type[LabelledEnum], value: str) -> str:
    """Give the message id of a stored value's label; an unknown value is shown as itself."""
    return next((member.label for member in enum if member.value == value), value)


@dataclass(frozen=True)
class Wording:
    """Turns values into words of one language; ``say`` translates, ``money`` shows minor units."""

    say: Callable[[str], str]
    money: Callable[[int], str]
    language: str

    def lines(self, name: str, value: Any) -> list[str]:  # noqa: ANN401 — any part of a content
        """Give a part's lines; nothing for an empty part."""
        if value in (None, "", [], {}):
            return []
        if name == "open_license":
            return [
                f"{self.say(label)}: {value[key]}"
                for key, label in _STATEMENT.items()
                if value.get(key)
            ]
        values = value if isinstance(value, list) else str(value).splitlines()
        one = self._line_of(name)
        return [one(part) for part in values]

    def _line_of(self, name: str) -> Callable[[Any], str]:
        if name in _LABELLED:
            return lambda value: self.say(label_of(_LABELLED[name], value))
        if name in _CODES:
            return lambda code: f"{code} {_CODES[name].label(code, self.language)}"
        lines: dict[str, Callable[[Any], str]] = {
            "language": lambda value: self.say(LANGUAGES.get(value, value)),
            "price_minor": lambda value: self.money(int(value)),
            "price_max_minor": lambda value: self.money(int(value)),
            "gains": self._gain,
            "evidence": self._proof,
            "rights": self._right,
            "inventors": self._person,
        }
        return lines.get(name, str)

    def _gain(self, row: Mapping[str, Any]) -> str:
        unit = f" {row['unit']}" if row.get("unit") else ""
        return f"{row.get('name', '')}: {row.get('today', '')} → {row.get('ours', '')}{unit}"

    def _proof(self, row: Mapping[str, Any]) -> str:
        file = f" [{self.say(_WITH_FILE)}]" if row.get("attachment_id") else ""
        return f"TRL {row['level']}: {row.get('statement', '')}{file}"

    def _right(self, row: Mapping[str, Any]) -> str:
        granted = rights.is_granted(row.get("legal_status"))
        status = row.get("legal_status")
        facts = [
            self.say(label_of(IpRightKind, row["kind"])),
            rights.shown_number(row.get("number") or "", granted=granted),
            row.get("title") or "",
            row.get("applicant") or "",
            self.say(label_of(LegalStatus, status)) if status else "",
            *(f"{self.say(label)} {row[name]}" for name, label in _DAYS.items() if row.get(name)),
        ]
        return " · ".join(fact for fact in facts if fact)

    def _person(self, row: Mapping[str, Any]) -> str:
        return " · ".join(part for part in (row.get("name"), row.get("unit")) if part)


_DAYS = {
    "filed_on": N_("filed"),
    "granted_on": N_("granted"),
    "expires_on": N_("ends"),
    "renewal_due_on": N_("renewal due"),
}
