"""What indexing works with, gathered from the application's outside things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.indexing.vectors import Vectors

if TYPE_CHECKING:
    from pathlib import Path

    from search.engine import Engine


@dataclass(frozen=True)
class Index:
    """The engine, the vectors of its spaces, and where long jobs keep files."""

    engine: Engine
    vectors: Vectors
    home: Path


def index_of(parts: Any) -> Index:  # noqa: ANN401 — the application's parts, or a test's
    """Gather what indexing needs; opens the engine."""
    return Index(engine=parts.search, vectors=Vectors(parts.embedders), home=parts.settings.home)
