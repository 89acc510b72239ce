"""Finds for one record its counterparts: results for a need, needs for a result."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search import analysis, embedding, explain, terms
from search.documents import Kind
from search.fusion import fuse
from search.queries import Question
from search.weights import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from search.documents import Document
    from search.embedding import Embedder
    from search.engine import Engine
    from search.explain import Concern, Reason
    from search.fusion import Fused
    from search.visibility import Visible
    from search.weights import Weights

#: Candidates asked of each ranking.
DEPTH: Final = 200
#: Candidates whose facts are read, at least and for each match wanted.
READ_AT_LEAST: Final = 40
READ_PER_MATCH: Final = 2


@dataclass(frozen=True, kw_only=True)
class Match:
    """A counterpart, how well it fits (0 to 1), and why.

    ``ranks`` say where it stood in each ranking (1 is best), ``reasons`` have shares that add up
    to 1, strongest first; ``concerns`` are facts that speak against it.
    """

    id: str
    document: Document
    score: float
    ranks: Mapping[str, int]
    reasons: tuple[Reason, ...]
    concerns: tuple[Concern, ...]
    weights_version: int


def counterpart(kind: Kind) -> Kind:
    """Give the kind of record that a record of this kind is matched with."""
    return Kind.LISTING if kind is Kind.NEED else Kind.NEED


def ask(
    document: Document,
    *,
    embedders: Sequence[Embedder] = (),
    vectors: Mapping[str, np.ndarray] | None = None,
    size: int = DEPTH,
) -> Question:
    """Build the question for a record's counterparts.

    ``vectors`` are those of ``embedding.question_vectors``, when the caller kept them; else they
    are computed now, and without embedders the words alone ask.
    """
    if vectors is None:
        vectors = embedding.question_vectors(document, embedders)
    asked = terms.asked_by(document)
    own = frozenset({document.organization_id} - {""})
    return Question(
        kind=counterpart(document.kind),
        terms=asked.words,
        grams=asked.grams,
        vectors=vectors,
        exclude_organizations=own,
        size=size,
    )


def match(
    engine: Engine,
    document: Document,
    *,
    visible: Visible,
    embedders: Sequence[Embedder] = (),
    vectors: Mapping[str, np.ndarray] | None = None,
    weights: Weights = DEFAULT_WEIGHTS,
    size: int = 20,
) -> Sequence[Match]:
    """Give the best counterparts of a record with reasons, best first.

    Nothing of the record's own organization, and nothing outside ``visible``. Raises
    SearchUnavailable, and EmbeddingUnavailable where vectors must be computed.
    """
    question = ask(document, embedders=embedders, vectors=vectors)
    rankings = engine.candidates(question, visible=visible).rankings
    same_language = analysis.language(embedding.question(document)) == "zh"
    fused = fuse(rankings, weights, same_language=same_language)
    fused = fused[: max(READ_AT_LEAST, size * READ_PER_MATCH)]
    read = engine.fetch(question.kind, [one.id for one in fused])
    weighed = [_weigh(document, read[one.id], one, weights) for one in fused if one.id in read]
    weighed.sort(key=lambda pair: (-pair[0], pair[1].id))
    asked = explain.written_terms(document)
    return [
        _explained(
            asked,
            read[one.id],
            one,
            evidence,
            likelihood(total, weights, same_language=same_language),
            weights,
        )
        for total, one, evidence in weighed[:size]
    ]


def _weigh(
    document: Document, other: Document, one: Fused, weights: Weights
) -> tuple[float, Fused, explain.Facts]:
    """Add what the facts of both records say to what words and meaning say."""
    need, listing = (document, other) if document.kind is Kind.NEED else (other, document)
    facts = explain.facts(need=need, listing=listing)
    bonus = sum(weights.facts[reason.kind] for reason in facts.reasons)
    malus = sum(weights.facts[concern.kind] for concern in facts.concerns)
    return one.total + bonus - malus, one, facts


def _explained(  # noqa: PLR0917 — what is known of one match
    asked: Sequence[explain.Written],
    other: Document,
    one: Fused,
    facts: explain.Facts,
    score: float,
    weights: Weights,
) -> Match:
    shared = explain.shared_terms(asked, other)
    return Match(
        id=other.id,
        document=other,
        score=score,
        ranks=one.ranks,
        reasons=explain.reasons(one, shared, facts, weights),
        concerns=facts.concerns,
        weights_version=weights.version,
    )


def likelihood(total: float, weights: Weights, *, same_language: bool = True) -> float:
    """Turn a sum into a score between 0 and 1."""
    middle = weights.middle if same_language else weights.cross_middle
    return 1 / (1 + math.exp(-weights.slope * (total - middle)))
