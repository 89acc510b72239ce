"""Nobody answers: every method says so in the protocol's own way."""

from __future__ import annotations

import pytest

from search.documents import Kind
from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from search.engine import SearchUnavailable
from search.queries import Query, Question
from search.visibility import PUBLIC
from tests.factories.search import TOY, axis, document

LISTING = Kind.LISTING


def rebuild(engine):
    with engine.rebuild(LISTING) as fresh:
        fresh.put([document("a")])


CALLS = {
    "put": lambda engine: engine.put(LISTING, [document("a")]),
    "remove": lambda engine: engine.remove(LISTING, {"a": 1}),
    "refresh": lambda engine: engine.refresh(),
    "search": lambda engine: engine.search(Query(kind=LISTING), visible=PUBLIC),
    "candidates": lambda engine: engine.candidates(
        Question(kind=LISTING, terms={"a": 1.0}), visible=PUBLIC
    ),
    "near": lambda engine: engine.near(LISTING, "toy", axis(0), visible=PUBLIC),
    "fetch": lambda engine: engine.fetch(LISTING, ["a"]),
    "suggest": lambda engine: engine.suggest(LISTING, "a", visible=PUBLIC),
    "did_you_mean": lambda engine: engine.did_you_mean(LISTING, "laser", visible=PUBLIC),
    "versions": lambda engine: list(engine.versions(LISTING)),
    "rebuild": rebuild,
}


@pytest.fixture(params=["elastic", "embedded"])
def broken(request, tmp_path):
    """An engine behind a closed port, and one whose folder is no folder of an index."""
    if request.param == "elastic":
        engine = ElasticEngine("http://127.0.0.1:9", [TOY])
    else:
        kind = tmp_path / "listing"
        (kind / "generation-broken").mkdir(parents=True)
        (kind / "generation-broken" / "about.json").write_text("{not json")
        (kind / "current").write_text("generation-broken")
        engine = EmbeddedEngine(tmp_path, [TOY])
    yield engine
    engine.close()


@pytest.mark.parametrize("call", sorted(CALLS.keys() - {"rebuild"}))
def test_every_method_raises_search_unavailable(broken, call):
    with pytest.raises(SearchUnavailable):
        CALLS[call](broken)


def test_health_says_so_instead(broken):
    health = broken.health()
    assert not health.ok
    assert health.message


def test_a_rebuild_needs_the_cluster():
    engine = ElasticEngine("http://127.0.0.1:9", [TOY])
    with pytest.raises(SearchUnavailable):
        CALLS["rebuild"](engine)
    engine.close()


def test_a_rebuild_mends_a_broken_folder(tmp_path):
    kind = tmp_path / "listing"
    kind.mkdir()
    (kind / "current").write_text("generation-gone")
    engine = EmbeddedEngine(tmp_path, [TOY])
    CALLS["rebuild"](engine)
    assert list(engine.versions(LISTING)) == [("a", 1)]
    engine.close()
