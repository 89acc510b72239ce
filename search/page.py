"""A result page from an engine's three primitives: what makes both engines mean the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from search import plan
from search.queries import FACETS_OF, Query, Sort
from search.results import FacetValue, Hit, Results
from search.syntax import Parsed, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    from search.documents import Document, Kind
    from search.embedding import VectorSpace
    from search.results import Scored
    from search.visibility import Visible

#: How far pages reach (documents); what lies deeper is counted, not shown.
DEPTH: Final = 10_000
#: How many documents are found by meaning at most.
NEAR: Final = 100
#: What meaning weighs beside words (the best word hit weighs 1).
MEANING: Final = 0.6


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One ranked list with its total and, when wanted, its facets."""

    node: plan.Node
    visible: plan.Node | None = None
    chosen: Mapping[str, tuple[str, ...]]
    sort: Sort = Sort.RELEVANCE
    offset: int = 0
    size: int = 0
    #: Facets to count, each under every other choice.
    facets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Ids with scores, the exact total, and every wanted facet's values with their counts."""

    hits: Sequence[tuple[str, float]]
    total: int
    facets: Mapping[str, Mapping[str, int]]


class Primitives(Protocol):
    """What an engine can do by itself."""

    def run(self, kind: Kind, asks: Sequence[Ask]) -> Sequence[Answer]:
        """Answer several questions, in order."""

    def near(
        self, kind: Kind, space: str, vector: np.ndarray, *, visible: Visible, size: int
    ) -> Sequence[Scored]:
        """Give the nearest documents."""

    def fetch(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, Document]:
        """Give documents."""


def search(
    query: Query, *, visible: Visible, engine: Primitives, spaces: Sequence[VectorSpace]
) -> Results:
    """Give the page that a query asks for."""
    parsed = parse(query.text)
    query = replace(query, page=max(query.page, 1), size=max(query.size, 1))
    meaning = _meaning(query, parsed, visible=visible, engine=engine, spaces=spaces)
    sort = query.sort
    if sort is Sort.RELEVANCE and not (parsed.words or parsed.required):
        sort = Sort.NEWEST
    offset = (query.page - 1) * query.size
    whole = Ask(
        node=plan.text(parsed, near=tuple(meaning)),
        visible=plan.visible(visible),
        chosen=plan.ticked(query),
        sort=sort,
        offset=offset,
        size=query.size if offset + query.size <= DEPTH else 0,
        facets=FACETS_OF[query.kind],
    )
    if meaning:
        hits, answer = _fused(query, parsed, whole, meaning, engine)
    else:
        answer = engine.run(query.kind, [whole])[0]
        hits = [(identity, score, False) for identity, score in answer.hits]
    documents = engine.fetch(query.kind, [identity for identity, _score, _meant in hits])
    return Results(
        hits=[
            Hit(document=found, score=score, by_meaning=by_meaning)
            for identity, score, by_meaning in hits
            if (found := documents.get(identity)) is not None and visible.allows(found)
        ],
        total=answer.total,
        facets={
            name: facet(answer.facets.get(name, {}), whole.chosen.get(name, ()), query.facet_size)
            for name in FACETS_OF[query.kind]
        },
        tokens=parsed.tokens,
        notice=parsed.notice,
    )


def _meaning(
    query: Query,
    parsed: Parsed,
    *,
    visible: Visible,
    engine: Primitives,
    spaces: Sequence[VectorSpace],
) -> dict[str, float]:
    """Give ids near the query with how much of the way from the floor to sameness they are."""
    if not parsed.words:
        return {}
    found: dict[str, float] = {}
    asked = [space for space in spaces if space.name in query.vectors]
    for space in asked:
        vector = query.vectors[space.name]
        ranking = engine.near(query.kind, space.name, vector, visible=visible, size=NEAR)
        for scored in ranking:
            share = (scored.score - space.floor) / (1.0 - space.floor)
            if share >= 0:
                found[scored.id] = found.get(scored.id, 0.0) + share / len(asked)
    return found


def _fused(
    query: Query, parsed: Parsed, whole: Ask, meaning: Mapping[str, float], engine: Primitives
) -> tuple[list[tuple[str, float, bool]], Answer]:
    """Rank hits by words and by meaning together.

    Documents without meaning keep the order of their words, so the first places of the words'
    ranking and all documents with meaning hold every document that this page can show.
    """
    words = plan.text(parsed)
    near = plan.Keys(tuple(meaning))
    by_words = replace(whole, node=words, facets=(), offset=0)
    asks = [
        replace(whole, size=0) if query.sort is Sort.RELEVANCE else whole,
        # Which of the near documents hold words, and how well.
        replace(by_words, node=plan.Every((words, near)), sort=Sort.RELEVANCE, size=len(meaning)),
    ]
    if query.sort is Sort.RELEVANCE:
        reach = min(whole.offset + query.size + len(meaning), DEPTH) if whole.size else 0
        asks += [
            replace(by_words, size=reach),
            # Which of the near documents pass the filters and the other operators.
            replace(
                whole,
                node=plan.Every((whole.node, near)),
                facets=(),
                offset=0,
                size=len(meaning),
            ),
        ]
    answers = engine.run(query.kind, asks)
    in_words = {identity for identity, _score in answers[1].hits}
    if query.sort is not Sort.RELEVANCE:
        page = answers[0].hits
        return [
            (identity, score, identity in meaning and identity not in in_words)
            for identity, score in page
        ], answers[0]
    if not whole.size:
        return [], answers[0]
    scores = _scores(answers[1:3])
    fused = dict(scores)
    for identity, _score in answers[3].hits:
        fused[identity] = scores.get(identity, 0.0) + MEANING * meaning[identity]
    ranked = sorted(fused.items(), key=lambda item: (-item[1], item[0]))
    return [
        (identity, score, identity in meaning and identity not in in_words)
        for identity, score in ranked[whole.offset : whole.offset + query.size]
    ], answers[0]


def _scores(answers: Sequence[Answer]) -> dict[str, float]:
    """Give the word scores of both lists as shares of the best one.

    The near documents' own list comes first: adding the filter on ids must not move their score,
    so the plain ranking's figure wins where both have one.
    """
    best = max((score for _id, score in answers[1].hits), default=0.0)
    scores: dict[str, float] = {}
    for answer in answers:
        for identity, score in answer.hits:
            scores[identity] = min(score / best, 1.0) if best else 0.0
    return scores


def facet(counts: Mapping[str, int], chosen: Sequence[str], size: int) -> list[FacetValue]:
    """Order a facet's values by count, then by value; chosen ones are never cut off."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [
        FacetValue(value, count, chosen=value in chosen)
        for at, (value, count) in enumerate(ranked)
        if at < size or value in chosen
    ]
    missing = [value for value in chosen if value not in counts]
    return [*kept, *(FacetValue(value, 0, chosen=True) for value in dict.fromkeys(missing))]
