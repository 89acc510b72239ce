"""What a writer of many rows gives back, one batch at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.core.errors import RuleBroken


class RowState(LabelledEnum):
    """What became of one record."""

    NEW = "new", N_("New")
    CHANGED = "changed", N_("Changed")
    UNCHANGED = "unchanged", N_("Unchanged")
    FAILED = "failed", N_("Failed")


@dataclass(frozen=True)
class RowOutcome:
    """What became of one record; ``error`` says why it failed, ``id`` names its row."""

    external_id: str
    state: RowState
    id: UUID | None = None
    error: RuleBroken | None = None


@dataclass(frozen=True)
class BulkOutcome:
    """What became of a batch, record by record in the order given."""

    rows: tuple[RowOutcome, ...]

    def count(self, state: RowState) -> int:
        """How many records ended in this state."""
        return sum(row.state is state for row in self.rows)

    @property
    def new(self) -> int:
        """How many records made a row."""
        return self.count(RowState.NEW)

    @property
    def changed(self) -> int:
        """How many records changed a row."""
        return self.count(RowState.CHANGED)

    @property
    def unchanged(self) -> int:
        """How many records were known as they are."""
        return self.count(RowState.UNCHANGED)

    @property
    def failed(self) -> tuple[RowOutcome, ...]:
        """The records that were refused, with their errors."""
        return tuple(row for row in self.rows if row.state is RowState.FAILED)
