"""The plan of a query as a tantivy query."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tantivy
from tantivy import Occur

from search import plan
from search.embedded.schema import SCHEMA, TERM_OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

Query = tantivy.Query


def node(asked: plan.Node) -> tantivy.Query:
    """Translate a node."""
    match asked:
        case plan.Term(field, token, boost):
            found = _boosted(_term(field, token), boost)
        case plan.Phrase(field, tokens, boost):
            found = _boosted(Query.phrase_query(SCHEMA, field, list(tokens)), boost)
        case plan.OneOf(field, values):
            found = _silent(Query.term_set_query(SCHEMA, field, list(values)))
        case plan.Keys(ids):
            found = _silent(Query.term_set_query(SCHEMA, "id", list(ids)))
        case plan.Everything():
            found = _silent(Query.all_query())
        case plan.Nothing():
            found = Query.empty_query()
        case _:
            found = _joined(asked)
    return found


def _joined(asked: plan.Every | plan.Some | plan.Best | plan.Unless) -> tantivy.Query:
    match asked:
        case plan.Every(parts):
            return Query.boolean_query([(Occur.Must, node(part)) for part in parts])
        case plan.Some(parts, least):
            options = [(Occur.Should, node(part)) for part in parts]
            return Query.boolean_query(options, least if least > 1 else None)
        case plan.Best(parts):
            return Query.disjunction_max_query([node(part) for part in parts], plan.TIE)
        case plan.Unless(wanted, excluded):
            return Query.boolean_query(
                [(Occur.Must, node(wanted)), (Occur.MustNot, node(excluded))]
            )


def _silent(query: tantivy.Query) -> tantivy.Query:
    """Let a query find without scoring."""
    return Query.const_score_query(query, 0.0)


def _term(field: str, token: str) -> tantivy.Query:
    return Query.term_query(SCHEMA, field, token, TERM_OPTIONS[field])


def _boosted(query: tantivy.Query, boost: float) -> tantivy.Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def filtered(asked: plan.Node, filters: Sequence[plan.Node]) -> tantivy.Query:
    """Translate a node and the filters that narrow it without scoring."""
    if not filters:
        return node(asked)
    return Query.boolean_query(
        [(Occur.Must, node(asked)), *((Occur.Must, node(one)) for one in filters)]
    )
