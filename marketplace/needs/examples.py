"""Well-told needs to learn from, one an industry; invented, not taken from any company.

The texts stand in ``examples.json``: ``industries`` are codes (a section letter covers its
divisions), ``zh`` and ``en`` the same need told in both languages.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.needs.models import NeedKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FILE = Path(__file__).with_name("examples.json")


@dataclass(frozen=True, kw_only=True)
class Example:
    """One well-told need."""

    kind: NeedKind
    industries: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]

    def _told(self, part: str, language: str) -> str:
        return self.texts["en" if language == "en" else "zh"][part]

    def title(self, language: str) -> str:
        """One line with the figure that matters."""
        return self._told("title", language)

    def problem(self, language: str) -> str:
        """The problem in plain words."""
        return self._told("problem", language)

    def situation(self, language: str) -> str:
        """How it is done today, and what was tried."""
        return self._told("situation", language)

    def figures(self, language: str) -> str:
        """Rows of the figures table in one line."""
        return self._told("figures", language)

    def budget(self, language: str) -> str:
        """A budget as a range."""
        return self._told("budget", language)

    def acceptance(self, language: str) -> str:
        """How it will be tested."""
        return self._told("acceptance", language)

    def criteria(self, language: str) -> str:
        """Scoring criteria with weights."""
        return self._told("criteria", language)


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Read all examples once."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Example(
            kind=NeedKind(row["kind"]),
            industries=tuple(row["industries"]),
            texts={language: row[language] for language in ("zh", "en")},
        )
        for row in rows
    )


def example_for(kind: NeedKind, industry_codes: Sequence[str]) -> Example:
    """Give the nearest example of a kind: same code, then same section, else the first."""
    own = [example for example in examples() if example.kind is kind]
    for code in industry_codes:
        for wanted in (code, code[:1]):
            for example in own:
                if wanted in example.industries:
                    return example
    return own[0]
