from __future__ import annotations

import numpy as np

from search import plan
from search.elastic import bodies, revisions
from search.page import Ask
from search.queries import Query, Question, Sort
from search.syntax import parse
from search.visibility import EVERYTHING, PUBLIC, Visible
from tests.factories.search import TOY, axis, document

LIVE = {"term": {"state": "live"}}
SEEN = {"constant_score": {"filter": {"terms": {"audience": ["public"]}}, "boost": 0.0}}
TRL = {"constant_score": {"filter": {"terms": {"trl": ["6", "7"]}}, "boost": 0.0}}
KIND = {"constant_score": {"filter": {"terms": {"record_kind": ["patent"]}}, "boost": 0.0}}


def test_a_page_counts_each_facet_under_every_other_choice():
    ask = Ask(
        node=plan.Everything(),
        visible=plan.visible(PUBLIC),
        chosen={"trl": ("6", "7"), "record_kind": ("patent",)},
        sort=Sort.SOONEST,
        offset=20,
        size=10,
        facets=("trl", "year"),
    )
    assert bodies.page(ask) == {
        "query": {
            "bool": {
                "must": [{"constant_score": {"filter": {"match_all": {}}, "boost": 0.0}}],
                "filter": [LIVE, SEEN],
            }
        },
        "post_filter": {"bool": {"filter": [TRL, KIND]}},
        "aggs": {
            "trl": {
                "filter": {"bool": {"filter": [KIND]}},
                "aggs": {"values": {"terms": {"field": "trl", "size": 10_000}}},
            },
            "year": {
                "filter": {"bool": {"filter": [TRL, KIND]}},
                "aggs": {"values": {"terms": {"field": "year", "size": 10_000}}},
            },
        },
        "from": 20,
        "size": 10,
        "sort": [{"soonest": "asc"}],
        "track_total_hits": True,
        "_source": False,
    }


def test_a_list_without_facets_filters_early():
    ask = Ask(node=plan.Nothing(), chosen={"trl": ("6", "7")}, size=5)
    body = bodies.page(ask)
    assert body["query"]["bool"]["filter"] == [LIVE, TRL]
    assert "aggs" not in body
    assert "post_filter" not in body


def test_words_are_asked_as_tokens():
    node = bodies.node(plan.text(parse("铜 -铝")))
    assert node["bool"]["must_not"]
    assert {"term": {"title": {"value": "铜", "boost": 3.0}}} in (
        node["bool"]["must"][0]["dis_max"]["queries"][0]["bool"]["should"]
    )


def test_phrases_and_shares():
    assert bodies.node(plan.Phrase("grams", ("激光", "光焊"), 0.5)) == {
        "match_phrase": {"grams": {"query": "激光 光焊", "boost": 0.5}}
    }
    some = plan.Some((plan.Term("text", "a"), plan.Term("text", "b")), 2)
    assert bodies.node(some)["bool"]["minimum_should_match"] == 2


def test_near_filters_inside_the_vector_search():
    body = bodies.near("toy", axis(0), visible=PUBLIC, size=7, without=frozenset({"o2", "o1"}))
    assert body["knn"]["filter"] == [
        LIVE,
        SEEN,
        {"bool": {"must_not": [{"terms": {"organization_id": ["o1", "o2"]}}]}},
    ]
    assert (body["knn"]["field"], body["knn"]["k"], body["size"]) == ("vector_toy", 7, 7)
    assert body["knn"]["num_candidates"] >= 300
    assert bodies.near("toy", axis(0), visible=EVERYTHING, size=99_999)["size"] == 10_000


def test_cosines_come_back_from_scores():
    assert [bodies.cosine(score) for score in (0.0, 0.5, 1.0)] == [-1.0, 0.0, 1.0]


def test_visibility_is_a_filter_of_audiences_or_bodies():
    viewer = Visible(organization_ids=frozenset({"o1"}))
    (_live, seen) = bodies.filters(plan.visible(viewer))
    assert seen["bool"]["minimum_should_match"] == 1
    assert len(seen["bool"]["should"]) == 2
    assert bodies.filters(plan.visible(EVERYTHING)) == [LIVE]
    nobody = bodies.filters(plan.visible(Visible(audiences=frozenset())))
    assert nobody == [LIVE, {"match_none": {}}]


def test_a_need_s_words_leave_out_bodies():
    question = Question(kind="listing", terms={"铜": 2.0}, exclude_organizations=frozenset({"o1"}))
    (must,) = bodies.words(question, visible=EVERYTHING)["query"]["bool"]["must"]
    assert must["bool"]["must_not"]


def test_vocabulary_takes_beginnings_literally():
    body = bodies.vocabulary("suggestions", ["c++ (", "a"], visible=EVERYTHING, size=5)
    assert body["aggs"]["terms"]["terms"]["include"] == r"(c\+\+ \(|a).*"


def test_a_document_holds_its_vectors_of_known_spaces_alone():
    vectors = {"toy": axis(0), "other": np.ones(3)}
    source = bodies.source(document("a", vectors=vectors), [TOY])
    assert source["vector_toy"] == [1.0, *[0.0] * 7]
    assert "vector_other" not in source
    assert source["state"] == "live"
    assert (
        bodies.source(document("a", vectors={"toy": np.ones(3)}), [TOY]).get("vector_toy") is None
    )


def test_the_mapping_knows_every_field_of_a_document():
    mapping = revisions.index([TOY])["mappings"]
    source = bodies.source(document("a", vectors={"toy": axis(0)}), [TOY])
    assert set(source) <= set(mapping["properties"])
    assert mapping["dynamic"] is False


def test_only_ticked_and_known_facets_count():
    query = Query(kind="listing", chosen={"trl": (), "color": ("red",), "year": ("2024",)})
    assert plan.chosen(query) == [plan.OneOf("year", ("2024",))]
    assert plan.chosen(query, but="year") == []
