"""Figures of managers that higher domains count: deals closed and running.

The register shows them and proposals weigh them; deals register who counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    Counter = Callable[[Session, Collection[UUID]], Mapping[UUID, "Figures"]]


@dataclass(frozen=True)
class Figures:
    """What a manager brokers here."""

    closed_deals: int = 0
    running_deals: int = 0


NONE = Figures()
_counters: list[Counter] = []


def register(counter: Counter) -> None:
    """Say who counts; the last one counts."""
    _counters[:] = [counter]


def figures_of(session: Session, manager_ids: Collection[UUID]) -> Mapping[UUID, Figures]:
    """Give the figures of these managers; none where nobody counts."""
    counted = _counters[0](session, manager_ids) if _counters and manager_ids else {}
    return {manager_id: counted.get(manager_id, NONE) for manager_id in manager_ids}
