"""Bodies of requests, as pure functions of what is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from search import plan
from search.analysis import joined
from search.elastic.revisions import vector_field
from search.fields import index_fields
from search.page import DEPTH, Ask
from search.queries import Sort
from search.stored import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from search.documents import Document
    from search.embedding import VectorSpace
    from search.queries import Question
    from search.visibility import Visible

Body = dict[str, Any]

#: Values counted per facet.
VALUES: Final = 10_000
#: Neighbors looked at for each wanted one, and at least: what recall costs.
_LOOKED_AT: Final = 5
_AT_LEAST: Final = 300
#: Removed documents stay as marks, so that older writes which come late find a newer version.
LIVE: Final[Body] = {"term": {"state": "live"}}
_SORTS: Final[dict[Sort, list[Any]]] = {
    Sort.RELEVANCE: ["_score", {"newest": "desc"}],
    Sort.NEWEST: [{"newest": "desc"}],
    Sort.SOONEST: [{"soonest": "asc"}],
}
_SPECIAL: Final = re.compile(r'[.?+*|{}\[\]()"\\#@&<>~^$\-]')


def node(asked: plan.Node) -> Body:
    """Translate a node of the plan."""
    match asked:
        case plan.Term(field, token, boost):
            found: Body = {"term": {field: {"value": token, "boost": boost}}}
        case plan.Phrase(field, tokens, boost):
            found = {"match_phrase": {field: {"query": joined(tokens), "boost": boost}}}
        case plan.OneOf(field, values):
            found = _silent({"terms": {field: list(values)}})
        case plan.Keys(ids):
            found = _silent({"terms": {"id": list(ids)}})
        case plan.Everything():
            found = _silent({"match_all": {}})
        case plan.Nothing():
            found = {"match_none": {}}
        case _:
            found = _joined(asked)
    return found


def _joined(asked: plan.Every | plan.Some | plan.Best | plan.Unless) -> Body:
    match asked:
        case plan.Every(parts):
            return {"bool": {"must": [node(part) for part in parts]}}
        case plan.Some(parts, least):
            options = [node(part) for part in parts]
            return {"bool": {"should": options, "minimum_should_match": least}}
        case plan.Best(parts):
            return {"dis_max": {"queries": [node(part) for part in parts], "tie_breaker": plan.TIE}}
        case plan.Unless(wanted, excluded):
            return {"bool": {"must": [node(wanted)], "must_not": [node(excluded)]}}


def _silent(query: Body) -> Body:
    """Let a query find without scoring."""
    return {"constant_score": {"filter": query, "boost": 0.0}}


def filters(visible: plan.Node | None, *more: plan.Node) -> list[Body]:
    """Give the filters that hold for every hit."""
    seen = [] if visible is None else [visible]
    return [LIVE, *(node(one) for one in (*seen, *more))]


def page(ask: Ask) -> Body:
    """Give the body of one ranked list with its facets, each counted under every other choice."""
    ticked = {name: plan.OneOf(name, values) for name, values in ask.chosen.items()}
    early = [] if ask.facets else list(ticked.values())
    body: Body = {
        "query": {"bool": {"must": [node(ask.node)], "filter": filters(ask.visible, *early)}},
        "from": ask.offset if ask.size else 0,
        "size": ask.size,
        "sort": _SORTS[ask.sort],
        "track_total_hits": True,
        "_source": False,
    }
    if ask.facets:
        if ticked:
            body["post_filter"] = {"bool": {"filter": [node(one) for one in ticked.values()]}}
        body["aggs"] = {
            name: {
                "filter": {
                    "bool": {
                        "filter": [node(one) for other, one in ticked.items() if other != name]
                    }
                },
                "aggs": {"values": {"terms": {"field": name, "size": VALUES}}},
            }
            for name in ask.facets
        }
    return body


def near(
    space: str,
    vector: np.ndarray,
    *,
    visible: Visible,
    size: int,
    without: frozenset[str] = frozenset(),
) -> Body:
    """Give the body that finds the nearest documents."""
    size = min(size, DEPTH)
    allowed: list[Body] = filters(plan.visible(visible))
    if without:
        allowed.append(_not_of(without))
    return {
        "knn": {
            "field": vector_field(space),
            "query_vector": [float(value) for value in vector],
            "k": size,
            "num_candidates": min(max(size * _LOOKED_AT, _AT_LEAST), DEPTH),
            "filter": allowed,
        },
        "size": size,
        "_source": False,
    }


def _not_of(organizations: frozenset[str]) -> Body:
    return {"bool": {"must_not": [{"terms": {"organization_id": sorted(organizations)}}]}}


def cosine(score: float) -> float:
    """Give the cosine behind a score of a vector ranking."""
    return 2.0 * score - 1.0


def words(question: Question, *, visible: Visible) -> Body:
    """Give the body that ranks by the words of a record's question."""
    return {
        "query": {
            "bool": {
                "must": [node(plan.question(question))],
                "filter": filters(plan.visible(visible)),
            }
        },
        "size": min(question.size, DEPTH),
        "track_total_hits": False,
        "_source": False,
    }


def vocabulary(field: str, starts: Sequence[str], *, visible: Visible, size: int) -> Body:
    """Give the body that lists the terms of a field which begin so, by documents."""
    return {
        "query": {
            "bool": {
                "filter": [
                    *filters(plan.visible(visible)),
                    {"bool": {"should": [{"prefix": {field: start}} for start in starts]}},
                ]
            }
        },
        "size": 0,
        "aggs": {
            "terms": {
                "terms": {
                    "field": field,
                    "size": size,
                    "include": f"({'|'.join(_literal(start) for start in starts)}).*",
                }
            }
        },
    }


def _literal(text: str) -> str:
    """Write a text as a regular expression of Lucene that means just it."""
    return _SPECIAL.sub(lambda found: f"\\{found.group()}", text)


def versions(after: str | None, size: int) -> Body:
    """Give the body that walks through ids and versions, by id."""
    body: Body = {
        "query": {"bool": {"filter": [LIVE]}},
        "sort": [{"id": "asc"}],
        "size": size,
        "version": True,
        "_source": False,
    }
    if after is not None:
        body["search_after"] = [after]
    return body


def source(document: Document, spaces: Sequence[VectorSpace]) -> Body:
    """Give a document as it is indexed."""
    fields = index_fields(document)
    vectors = {
        vector_field(space.name): [float(value) for value in vector]
        for space in spaces
        if (vector := document.vectors.get(space.name)) is not None
        and len(vector) == space.dimensions
    }
    return {
        "document": to_json(document),
        "id": document.id,
        "state": "live",
        "audience": document.audience.value,
        "newest": fields.newest,
        "soonest": fields.soonest,
        "suggestions": list(fields.suggestions),
        "spellings": list(fields.spellings),
        **{name: list(values) for name, values in fields.facets.items()},
        **{
            name: [joined(tokens) for tokens in values if tokens]
            for name, values in fields.words.items()
        },
        **vectors,
    }


def mark(identity: str) -> Body:
    """Give what stays of a removed document."""
    return {"id": identity, "state": "removed"}
