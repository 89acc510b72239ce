"""Two people wrote the same step: both versions side by side, and a choice for each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What a choice is sent as: ``keep-<part>`` = ``theirs`` or ``mine``.
PREFIX = "keep-"
THEIRS = "theirs"


@dataclass(frozen=True)
class Meeting:
    """A part that two people left differently, as lines that people read."""

    name: str
    label: str
    theirs: list[str]
    mine: list[str]
    takes_theirs: bool

    @property
    def field(self) -> str:
        """Name of the choice."""
        return PREFIX + self.name


def meetings(
    rows: Iterable[tuple[str, str, list[str], list[str]]], sent: Mapping[str, str]
) -> list[Meeting]:
    """Give the parts that read differently, from rows of name, label, their lines, one's own.

    Nothing is lost unasked: where one's own is empty, theirs is chosen beforehand.
    """
    return [
        Meeting(
            name,
            label,
            theirs,
            mine,
            takes_theirs=sent[PREFIX + name] == THEIRS if PREFIX + name in sent else not mine,
        )
        for name, label, theirs, mine in rows
        if theirs != mine
    ]


def is_choosing(sent: Mapping[str, str]) -> bool:
    """Whether the author has seen both versions."""
    return any(name.startswith(PREFIX) for name in sent)


def given_up(sent: Mapping[str, str]) -> set[str]:
    """Name the parts for which the author takes what the other person wrote."""
    return {
        name.removeprefix(PREFIX)
        for name, choice in sent.items()
        if name.startswith(PREFIX) and choice == THEIRS
    }
