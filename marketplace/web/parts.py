"""The outside things that services and jobs may need, made once and only when first used."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from search.providers import open_embedders, open_engine

if TYPE_CHECKING:
    from config import Settings
    from search.embedding import Embedder
    from search.engine import Engine


class Parts:
    """Search engine and embedders of one application; replaced by fakes in tests."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        #: The payment provider, set by the wiring of payments; None without a key.
        self.gateway: Any = None

    @cached_property
    def search(self) -> Engine:
        """The search engine that the settings name."""
        return open_engine(
            folder=self.settings.search_folder,
            spaces=tuple(embedder.space for embedder in self.embedders),
            elasticsearch_url=self.settings.elasticsearch_url,
            api_key=self.settings.elasticsearch_api_key,
            ca=self.settings.elasticsearch_ca,
        )

    @cached_property
    def embedders(self) -> tuple[Embedder, ...]:
        """The embedding models that the settings name."""
        return open_embedders(
            url=self.settings.embeddings_url,
            api_key=self.settings.embeddings_api_key,
            model=self.settings.embeddings_model,
            dimensions=self.settings.embeddings_dimensions,
        )
