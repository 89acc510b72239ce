"""What happens rarely: long walks, refused requests, two who begin at once."""

from __future__ import annotations

import numpy as np
import pytest

from search.documents import Kind
from search.elastic import engine as elastic
from search.elastic.client import answering
from search.embedded import engine as embedded
from search.embedded import store
from search.engine import SearchUnavailable
from search.visibility import PUBLIC
from tests.factories.search import document, find, ids

LISTING = Kind.LISTING


def test_versions_are_walked_page_by_page(engine, monkeypatch):
    monkeypatch.setattr(store, "_PAGE", 2)
    monkeypatch.setattr(elastic, "_PAGE", 2)
    engine.put(LISTING, [document(name) for name in "edcba"])
    engine.refresh()
    assert [name for name, _version in engine.versions(LISTING)] == list("abcde")


def test_a_vector_of_the_wrong_length_is_refused(engine):
    engine.put(LISTING, [document("a", vectors={"toy": np.ones(8) / np.sqrt(8)})])
    engine.refresh()
    with pytest.raises(SearchUnavailable):
        engine.near(LISTING, "toy", np.ones(3, np.float32), visible=PUBLIC)
    assert find(engine).total == 1


def test_two_who_write_first_share_one_index(reopen):
    one, other = reopen(), reopen()
    one.put(LISTING, [document("a")])
    if one.name == "elastic":
        other._create_first(LISTING)
    other.put(LISTING, [document("b")])
    one.refresh()
    assert sorted(ids(find(one))) == ["a", "b"]


def test_a_long_rebuild_indexes_in_portions(engine, monkeypatch):
    monkeypatch.setattr(embedded, "BULK", 3)
    monkeypatch.setattr(elastic, "_BULK", 3)
    with engine.rebuild(LISTING) as fresh:
        for number in range(5):
            fresh.put([document(f"{number}{half}") for half in "ab"])
    assert find(engine).total == 10


def test_names_take_phrases_and_numbers_stand_beside_words(engine):
    engine.put(
        LISTING,
        [document("a", "铜", organization_name="武汉理工大学", numbers=("ZL201910123456.7",))],
    )
    engine.refresh()
    assert find(engine, 'org:"理工大学"').total == 1
    assert find(engine, "铜 201910123456").total == 1
    assert find(engine, "铝 201910123456").total == 0


@pytest.mark.elastic
def test_a_document_that_elasticsearch_refuses_is_no_silent_loss(elasticsearch_url):
    engine = elastic.ElasticEngine(elasticsearch_url, [], prefix="test-refused")
    try:
        with pytest.raises(SearchUnavailable):
            engine.put(LISTING, [document("x" * 600)])
        with pytest.raises(SearchUnavailable):
            engine._msearch(LISTING, [{"query": {"nonsense": {}}}])
        with pytest.raises(SearchUnavailable), answering():
            engine._client.search(query={"nonsense": {}})
    finally:
        engine.forget_everything()
        engine.close()
