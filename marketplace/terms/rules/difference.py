"""Two offers side by side: every field, and whether it changed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from marketplace.terms.value import NAMES

if TYPE_CHECKING:
    from marketplace.terms.value import Terms

#: Fields that hold rows; they are compared by position.
ROWS = ("milestones", "royalty_steps")


@dataclass(frozen=True)
class Compared:
    """One field of two offers; ``row`` counts from 1 for rows of a table, else it is None."""

    name: str
    before: Any
    after: Any
    row: int | None = None

    @property
    def is_changed(self) -> bool:
        """Whether the two sides of the line differ."""
        return bool(self.before != self.after)


def compare(before: Terms | None, after: Terms) -> list[Compared]:
    """Give a line for every field, in the order of the form; ``before`` may be nothing."""
    lines: list[Compared] = []
    for name in NAMES:
        old, new = getattr(before, name, None), getattr(after, name)
        if name in ROWS:
            lines.extend(
                Compared(name, left, right, number)
                for number, (left, right) in enumerate(zip_longest(old or (), new), 1)
            )
        else:
            lines.append(Compared(name, old, new))
    return lines


def changed(before: Terms, after: Terms) -> list[str]:
    """Give the names of the fields that differ, each once."""
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]
