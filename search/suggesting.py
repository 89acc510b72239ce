"""Completions out of the index's suggestion terms, alike for both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.analysis import clean
from search.fields import SEPARATOR, suggestion_key
from search.results import Suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Longer beginnings complete nothing.
_LIMIT: Final = 60
#: Names and keywords are likelier meant than titles that happen to begin so.
_ORDER: Final = {"keyword": 0, "name": 1, "title": 2}


def prefixes(text: str) -> list[str]:
    """Give the beginnings of terms that a typed text may complete to."""
    key = suggestion_key(clean(text[: _LIMIT * 4]))
    if not key or len(key) > _LIMIT:
        return []
    bare = key.replace(" ", "")
    return [key] if bare == key else [key, bare]


def suggestions(rows: Iterable[tuple[str, int]], size: int) -> list[Suggestion]:
    """Order terms by kind, frequency and length, each text once."""
    counted: dict[tuple[str, str], int] = {}
    for term, count in rows:
        _key, text, kind = term.split(SEPARATOR)
        counted[text, kind] = max(count, counted.get((text, kind), 0))
    ranked = sorted(counted, key=lambda one: (_ORDER[one[1]], -counted[one], len(one[0]), one[0]))
    found: dict[str, Suggestion] = {}
    for text, kind in ranked:
        found.setdefault(text, Suggestion(text, kind))
    return list(found.values())[:size]
