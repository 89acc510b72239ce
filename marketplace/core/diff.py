"""What changed between two texts, as pieces that a page can mark."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Han characters one by one, other letters and figures by the word, the rest sign by sign.
_TOKENS = re.compile(r"[㐀-鿿]|[^\W㐀-鿿]+|\s+|[^\w\s]|_")
#: Texts longer than this are compared by the line, for the comparison grows with the square.
_LONG = 20_000


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Piece:
    """A run of text with one fate."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Change:
    """One named field that reads differently now."""

    name: str
    pieces: tuple[Piece, ...]


def _tokens(text: str) -> list[str]:
    return text.splitlines(keepends=True) if len(text) > _LONG else _TOKENS.findall(text)


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Cut two texts into what stayed, what went and what came; joined, they give both back."""
    return tuple(_merged(_raw(_tokens(before), _tokens(after))))


def _raw(old: list[str], new: list[str]) -> Iterator[Piece]:
    for tag, i, j, k, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Mark.SAME, "".join(old[i:j]))
            continue
        if j > i:
            yield Piece(Mark.REMOVED, "".join(old[i:j]))
        if end > k:
            yield Piece(Mark.ADDED, "".join(new[k:end]))


def _merged(found: Iterator[Piece]) -> Iterator[Piece]:
    """Join runs that a single kept blank tears apart, so that a reader sees phrases."""
    removed = added = ""
    waiting = ""
    for piece in found:
        if piece.mark is Mark.SAME:
            if (removed or added) and not piece.text.strip():
                waiting += piece.text
                continue
            # Two kept runs never follow each other, so no blank waits here.
            yield from _pair(removed, added)
            removed = added = ""
            yield piece
            continue
        if waiting:
            removed, added, waiting = removed + waiting, added + waiting, ""
        if piece.mark is Mark.REMOVED:
            removed += piece.text
        else:
            added += piece.text
    yield from _pair(removed, added)
    if waiting:
        yield Piece(Mark.SAME, waiting)


def _pair(removed: str, added: str) -> Iterator[Piece]:
    if removed:
        yield Piece(Mark.REMOVED, removed)
    if added:
        yield Piece(Mark.ADDED, added)


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """Give the fields that differ, in the order of ``after``; missing ones count as empty."""
    names = [*after, *(name for name in before if name not in after)]
    return [
        Change(name, pieces(before.get(name, ""), after.get(name, "")))
        for name in names
        if before.get(name, "") != after.get(name, "")
    ]
