"""What is asked of an engine, as pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from search.documents import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np


class Sort(StrEnum):
    """Orders of a result page."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    SOONEST = "soonest"


_RECORDS = (
    "record_kind",
    "industries",
    "fields",
    "trl",
    "cooperation",
    "organization_id",
    "district",
    "price_band",
    "year",
)
#: What each kind is counted and filtered by; each facet names a field of ``Document``
#: (``price_band`` is derived, see below).
FACETS_OF: Mapping[Kind, tuple[str, ...]] = {
    Kind.LISTING: _RECORDS,
    Kind.NEED: _RECORDS,
    Kind.FACILITY: (
        "record_kind",
        "level",
        "steps",
        "industries",
        "fields",
        "organization_id",
        "district",
        "price_band",
    ),
    Kind.MANAGER: ("level", "languages", "industries", "fields", "organization_id", "district"),
}
#: Every facet by name.
FACETS = tuple(dict.fromkeys(name for names in FACETS_OF.values() for name in names))

#: Upper bounds (exclusive, minor units) of the price bands; the last band has none.
PRICE_BANDS: tuple[tuple[str, int | None], ...] = (
    ("under_100k", 100_000_00),
    ("under_500k", 500_000_00),
    ("under_1m", 1_000_000_00),
    ("under_5m", 5_000_000_00),
    ("from_5m", None),
)
#: The band of documents that name no price.
NEGOTIABLE = "negotiable"


def price_band(minor: int | None) -> str:
    """Give the band a price falls into."""
    if minor is None:
        return NEGOTIABLE
    return next(name for name, bound in PRICE_BANDS if bound is None or minor < bound)


@dataclass(frozen=True, kw_only=True)
class Query:
    """A search page's question.

    ``text`` is what was typed (operators included). ``chosen`` maps a facet's name to the ticked
    values; values of one facet widen, facets narrow. ``vectors`` (space → unit vector of the
    text) lets the page also find what means the same in other words or another language.
    """

    kind: Kind
    text: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
    #: Values given per facet.
    facet_size: int = 30


@dataclass(frozen=True, kw_only=True)
class Question:
    """A record's question for its counterparts (a need's for listings and the other way round).

    ``terms`` are weighted tokens as ``analysis.analyse`` gives them, ``grams`` as
    ``analysis.grams`` does; each ranking is cut at ``size``.
    """

    kind: Kind
    terms: Mapping[str, float] = field(default_factory=dict)
    grams: Mapping[str, float] = field(default_factory=dict)
    vectors: Mapping[str, np.ndarray] = field(default_factory=dict, compare=False, repr=False)
    exclude_organizations: frozenset[str] = frozenset()
    size: int = 200
