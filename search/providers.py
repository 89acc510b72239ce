"""Opens what the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from search.embedding import Part
from search.embeddings.e5 import E5Small
from search.embeddings.remote import RemoteEmbedder
from search.embeddings.sentences import sentence_encoder
from search.embeddings.shared import of_parts

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
    if elasticsearch_url:
        return ElasticEngine(elasticsearch_url, spaces, api_key=api_key, ca=ca)
    return EmbeddedEngine(folder, spaces)


def open_embedders(
    *, url: str | None = None, api_key: str | None = None, model: str = "", dimensions: int = 0
) -> tuple[Embedder, ...]:
    """Give the embedders that the settings name: one behind an address, or those in wheels."""
    if url:
        return (RemoteEmbedder(url=url, api_key=api_key, model=model, dimensions=dimensions),)
    return (*of_parts(sentence_encoder(), Part.WHOLE), *of_parts(E5Small(), Part.WHOLE))
