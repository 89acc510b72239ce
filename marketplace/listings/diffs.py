"""What changed between two texts, word by word: the reviewer reads only that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

import rjieba

from marketplace.listings.content import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.listings.content import Content
    from marketplace.listings.wording import Wording

Change = Literal["same", "removed", "added"]

#: Beyond this many words a comparison by words would take seconds; lines are compared instead.
_MANY_WORDS = 3000


@dataclass(frozen=True)
class Segment:
    """A run of words that stayed, left or came."""

    change: Change
    text: str


@dataclass(frozen=True)
class PartChange:
    """A changed part with its words; ``label`` is a message id."""

    name: str
    label: str
    segments: tuple[Segment, ...]


def words_of(text: str) -> list[str]:
    """Cut a text into words, blanks and signs; joined again they give the text."""
    words: list[str] = []
    for piece in re.findall(r"\s+|\S+", text):
        words += [piece] if piece.isspace() else rjieba.cut(piece)
    return words


def compare(old: str, new: str) -> list[Segment]:
    """Give the runs that stayed, left and came, so that removed stands before added."""
    left, right = words_of(old), words_of(new)
    if len(left) + len(right) > _MANY_WORDS:
        left, right = old.splitlines(keepends=True), new.splitlines(keepends=True)
    segments: list[Segment] = []
    for tag, a_from, a_to, b_from, b_to in SequenceMatcher(
        None, left, right, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            segments.append(Segment("same", "".join(left[a_from:a_to])))
            continue
        if a_to > a_from:
            segments.append(Segment("removed", "".join(left[a_from:a_to])))
        if b_to > b_from:
            segments.append(Segment("added", "".join(right[b_from:b_to])))
    return segments


def changes(old: Mapping[str, object], new: Content, wording: Wording) -> list[PartChange]:
    """Give the parts that differ, in the order of the wizard; an empty ``old`` makes all new."""
    found = []
    for name, part in PARTS.items():
        before = "\n".join(wording.lines(name, old.get(name, part.empty)))
        after = "\n".join(wording.lines(name, new[name]))
        if before != after:
            found.append(PartChange(name, part.label, tuple(compare(before, after))))
    return found
