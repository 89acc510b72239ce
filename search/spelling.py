"""Likelier spellings: English typos by edit distance, Chinese homophones by pinyin.

Works on what the index holds: ``known`` gives terms by their beginnings, with counts of
documents. English words stand there as ``e:word``, Chinese ones as ``p:pinyin:word``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.analysis import clean, fold, runs, syllables
from search.syntax import QUERY_LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

#: Terms looked at for one beginning.
TERMS: Final = 5_000
#: Shorter words have too many neighbors.
_SHORTEST: Final = 4
_LONG: Final = 8
_LONGEST_HAN: Final = 6
#: Runs of other words that are looked at.
_RUNS: Final = 12

Known = "Callable[[Sequence[str]], Mapping[str, int]]"


def likelier(text: str, known: Callable[[Sequence[str]], Mapping[str, int]]) -> str | None:
    """Give the text with likelier words in place of unknown ones, or None."""
    cleaned = fold(clean(text[:QUERY_LIMIT]))
    pieces: list[str] = []
    at = 0
    for count, (run, start, han) in enumerate(runs(cleaned)):
        if count >= _RUNS:
            break
        better = _homophones(run, known) if han else _typo(run, known)
        pieces += [cleaned[at:start], better]
        at = start + len(run)
    pieces.append(cleaned[at:])
    found = "".join(pieces)
    return found if found != cleaned else None


def _typo(word: str, known: Callable[[Sequence[str]], Mapping[str, int]]) -> str:
    """Give the most frequent known word one edit away (two for long words)."""
    if len(word) < _SHORTEST or not word.isascii() or not word.isalpha():
        return word
    if f"e:{word}" in known([f"e:{word}"]):
        return word
    reach = 2 if len(word) >= _LONG else 1
    # A wrong first letter is rarer than any other: first those that begin alike.
    for beginning in (f"e:{word[0]}", "e:"):
        near: list[tuple[int, int, str]] = []
        for term, count in known([beginning]).items():
            candidate = term[2:]
            distance = edits(word, candidate, reach)
            if 0 < distance <= reach:
                near.append((distance, -count, candidate))
        if near:
            return min(near)[2]
    return word


def edits(one: str, other: str, limit: int) -> int:
    """Count edits (letters put in, left out, changed, or two swapped); above ``limit`` inexact."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, right in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def _homophones(run: str, known: Callable[[Sequence[str]], Mapping[str, int]]) -> str:
    """Replace parts of a run that no document holds by known words that sound the same."""
    spans = {
        run[begin:end]
        for begin in range(len(run))
        for end in range(begin + 2, min(len(run), begin + _LONGEST_HAN) + 1)
    }
    sounds = {span: "".join(syllables(span)) for span in spans}
    found = known(sorted({f"p:{sound}:" for sound in sounds.values()}))
    by_sound: dict[str, list[tuple[int, str]]] = {}
    for term, count in found.items():
        _mark, sound, word = term.split(":")
        by_sound.setdefault(sound, []).append((count, word))
    pieces: list[str] = []
    at = 0
    while at < len(run):
        for end in range(min(len(run), at + _LONGEST_HAN), at + 1, -1):
            span = run[at:end]
            same = [one for one in by_sound.get(sounds[span], []) if len(one[1]) == len(span)]
            if same:
                exact = any(word == span for _count, word in same)
                pieces.append(span if exact else max(same)[1])
                at = end
                break
        else:
            pieces.append(run[at])
            at += 1
    return "".join(pieces)
