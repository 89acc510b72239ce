"""What an engine answers, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from search.documents import Document


@dataclass(frozen=True)
class FacetValue:
    """One value of a facet with the number of documents behind it, chosen or not."""

    value: str
    count: int
    chosen: bool = False


@dataclass(frozen=True)
class Hit:
    """A found document (without vectors) and its score."""

    document: Document
    score: float
    #: Whether it was found by meaning alone, none of the words standing in it.
    by_meaning: bool = False


@dataclass(frozen=True, kw_only=True)
class Results:
    """One page of hits, the exact total, and the facets counted under every other choice."""

    hits: Sequence[Hit]
    total: int
    facets: Mapping[str, Sequence[FacetValue]] = field(default_factory=dict)
    #: Analysed tokens of the query, for highlighting.
    tokens: tuple[str, ...] = ()
    #: What could not be parsed, as a message id; the query was then read as plain words.
    notice: str | None = None


@dataclass(frozen=True)
class Scored:
    """An id with its score in one ranking."""

    id: str
    score: float


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Rankings by name (``words`` and one per vector space), each best first."""

    rankings: Mapping[str, Sequence[Scored]]


@dataclass(frozen=True)
class Suggestion:
    """A completion of what is being typed."""

    text: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class Health:
    """Whether an engine answers, and what it holds."""

    ok: bool
    engine: str
    counts: Mapping[str, int] = field(default_factory=dict)
    message: str = ""
