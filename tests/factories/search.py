"""Documents and vectors for tests of the search engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.documents import Document, Kind
from search.embedding import VectorSpace
from search.queries import Query
from search.visibility import PUBLIC

if TYPE_CHECKING:
    from search.engine import Engine
    from search.results import Results
    from search.visibility import Visible

TOY: Final = VectorSpace("toy", 8, floor=0.5)
OTHER: Final = VectorSpace("other", 4, floor=0.5)


def document(identity: str, title: str = "激光焊接机器人", **values: Any) -> Document:
    """Give a public listing; fields are given by name."""
    kept = {"kind": Kind.LISTING, "version": 1, **values}
    return Document(id=identity, title=title, **kept)


def axis(number: int, lean: float = 0.0, towards: int = 7, dimensions: int = 8) -> np.ndarray:
    """Give a unit vector along one axis that leans towards another: its cosine falls with it."""
    vector = np.zeros(dimensions, np.float32)
    vector[number] = 1.0
    vector[towards] += lean
    unit: np.ndarray = vector / np.linalg.norm(vector)
    return unit


def ids(results: Results) -> list[str]:
    """Give the ids of a page in order."""
    return [hit.document.id for hit in results.hits]


def counts(results: Results, facet: str) -> dict[str, int]:
    """Give a facet as value → count."""
    return {value.value: value.count for value in results.facets[facet]}


def find(engine: Engine, text: str = "", *, visible: Visible = PUBLIC, **values: Any) -> Results:
    """Search listings, or the kind that is named."""
    asked = Query(**{"kind": Kind.LISTING, "text": text, **values})
    return engine.search(asked, visible=visible)
