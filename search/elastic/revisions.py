"""Settings and mapping of an index; a change here wants a new revision and a rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from search.page import DEPTH
from search.queries import FACETS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.embedding import VectorSpace

REVISION: Final = 2
#: Fields and what their postings hold; phrases need positions, rankings need frequencies.
WORD_FIELDS: Final = {
    "title": "freqs",
    "keywords": "freqs",
    "text": "freqs",
    "names": "freqs",
    "numbers": "docs",
    "characters": "docs",
    "title_grams": "positions",
    "keywords_grams": "positions",
    "grams": "positions",
}
_KEYWORDS: Final = ("id", "state", "audience", "suggestions", "spellings", *FACETS)


def vector_field(space: str) -> str:
    """Give the field that holds the vectors of a space."""
    return f"vector_{space}"


def index(spaces: Sequence[VectorSpace]) -> dict[str, Any]:
    """Give the body that creates an index.

    Words come as our own tokens, so the white space between them is all that is cut. Fields that
    the mapping does not know are passed over: vectors of a space that a newer process writes.
    """
    return {
        "settings": {
            "number_of_shards": 1,
            "auto_expand_replicas": "0-1",
            "refresh_interval": "1s",
            "max_result_window": DEPTH,
        },
        "mappings": {
            "dynamic": False,
            "_meta": {"revision": REVISION},
            "_source": {"includes": ["document"]},
            "properties": {
                "document": {"type": "object", "enabled": False},
                **{name: {"type": "keyword"} for name in _KEYWORDS},
                **{name: {"type": "long"} for name in ("newest", "soonest")},
                **{
                    name: {"type": "text", "analyzer": "whitespace", "index_options": option}
                    for name, option in WORD_FIELDS.items()
                },
                **{vector_field(space.name): _vector(space) for space in spaces},
            },
        },
    }


def _vector(space: VectorSpace) -> dict[str, Any]:
    return {
        "type": "dense_vector",
        "dims": space.dimensions,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "hnsw", "m": 16, "ef_construction": 100},
    }
