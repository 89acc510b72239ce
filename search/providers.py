"""Opens what the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from search.embedding import Embedder, VectorSpace
    from search.engine import Engine


def open_engine(
    *,
    folder: Path,
    spaces: Sequence[VectorSpace],
    elasticsearch_url: str | None = None,
    api_key: str | None = None,
    ca: Path | None = None,
) -> Engine:
    """Open Elasticsearch when an address is given, else the engine in a folder."""
    raise RuntimeError


def open_embedders(
    *, url: str | None = None, api_key: str | None = None, model: str = "", dimensions: int = 0
) -> tuple[Embedder, ...]:
    """Give the embedders that the settings name: one behind an address, or those in wheels."""
    raise RuntimeError
