"""What a writer of many rows gives back, one batch at a time."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID


class RowState(StrEnum):
    """What became of one row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class RowFault:
    """Why a row was not written: a message id with %(name)s places, and the field at fault."""

    message: str
    field: str | None = None
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RowOutcome:
    """One row's result, in the order the rows were given."""

    state: RowState
    id: UUID | None = None
    fault: RowFault | None = None


@dataclass(frozen=True, kw_only=True)
class BulkOutcome:
    """The results of one batch."""

    rows: Sequence[RowOutcome]

    def count(self, state: RowState) -> int:
        """Say how many rows ended in this state."""
        return Counter(row.state for row in self.rows)[state]
