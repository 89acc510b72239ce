from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from search.embedded.engine import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EmbeddedEngine]:
    found = EmbeddedEngine(tmp_path / "search", ())
    yield found
    found.close()


@pytest.fixture
def parts(engine: EmbeddedEngine) -> SimpleNamespace:
    return SimpleNamespace(search=engine, embedders=())
