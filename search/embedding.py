"""Texts as vectors: the protocol and its providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np


@dataclass(frozen=True)
class VectorSpace:
    """Where vectors of one model and text part live; ``name`` also versions the model."""

    name: str
    dimensions: int


class Embedder(Protocol):
    """Turns texts into unit vectors (float32, one row a text) of its space; loads when first used."""

    space: VectorSpace

    def documents(self, texts: Sequence[str]) -> np.ndarray:
        """Embed passages that will be searched for."""

    def queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed questions."""
