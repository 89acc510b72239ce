"""A need's content as lines that people read: for checking, comparing and showing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS as DISCIPLINES
from marketplace.codes.industries import INDUSTRIES
from marketplace.core import diff
from marketplace.core.cooperation import CooperationForm
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.needs.content import LABELS, NeedContent

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.core.diff import Change

LANGUAGE_NAMES = {"zh": N_("Chinese"), "en": N_("English")}


@dataclass(frozen=True)
class Wording:
    """Turns values into words: ``say`` translates message ids, ``money`` shows minor units."""

    say: Callable[[str], str]
    money: Callable[[int], str]
    language: str

    def lines(self, content: NeedContent, name: str) -> list[str]:
        """Give one field as lines; none when nothing was said."""
        value: Any = getattr(content, name)
        if value is None or value in ("", ()):
            return []
        if name == "parameters":
            return [
                f"{row.name}: {row.now or '–'} → {row.wanted or '–'} {row.unit}".rstrip()
                for row in value
            ]
        if name == "criteria":
            return [f"{row.name}: {row.weight}" for row in value]
        if name in ("industry_codes", "field_codes"):
            codes = INDUSTRIES if name == "industry_codes" else DISCIPLINES
            return [codes.label(code, self.language) for code in value]
        if name == "cooperation":
            return [self.say(CooperationForm(form).label) for form in value]
        return [self._single(name, value)]

    def _single(self, name: str, value: Any) -> str:  # noqa: ANN401 — values of all fields
        if isinstance(value, LabelledEnum):
            return self.say(value.label)
        if name in ("budget_min_minor", "budget_max_minor"):
            return self.money(value)
        if name == "language":
            return self.say(LANGUAGE_NAMES[value])
        if name == "trl_min":
            return f"TRL {value}"
        if isinstance(value, tuple):
            return ("、" if self.language == "zh" else ", ").join(value)
        return str(value)

    def texts(self, content: NeedContent) -> dict[str, str]:
        """Give every field that says something as one text."""
        found = {name: "\n".join(self.lines(content, name)) for name in LABELS}
        return {name: text for name, text in found.items() if text}

    def changes(self, before: NeedContent | None, after: NeedContent) -> list[Change]:
        """Give what reads differently; without ``before`` everything is new."""
        return diff.changes({} if before is None else self.texts(before), self.texts(after))
