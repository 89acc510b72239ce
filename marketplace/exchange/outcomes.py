"""What became of the rows of a batch, and faults that are alike, brought together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.exchange.converting import Fault

#: Rows named in a group; the rest is counted.
NAMED_ROWS = 5
#: Kinds of faults that are told apart; a page with more helps nobody.
GROUPS_LIMIT = 100


@dataclass
class Batch:
    """Counts of a batch, and its failed rows with their faults."""

    new: int = 0
    changed: int = 0
    skipped: int = 0
    failed: dict[int, list[Fault]] = field(default_factory=dict)


class Groups:
    """Faults of the same kind in the same column, with an example and the first rows."""

    def __init__(self, kept: Iterable[dict[str, Any]] = ()) -> None:
        self._groups = {(group["column"], group["message"]): dict(group) for group in kept}

    def add(self, number: int, faults: Sequence[Fault]) -> None:
        """Count a row's faults."""
        for fault in faults:
            key = (fault.column, fault.message)
            group = self._groups.get(key)
            if group is None:
                if len(self._groups) >= GROUPS_LIMIT:
                    continue
                group = self._groups[key] = fault.as_json() | {"count": 0, "rows": []}
            group["count"] += 1
            if len(group["rows"]) < NAMED_ROWS:
                group["rows"] = [*group["rows"], number]

    def as_json(self) -> list[dict[str, Any]]:
        """Give the groups, the most frequent first."""
        return sorted(self._groups.values(), key=lambda group: (-group["count"], group["rows"]))
