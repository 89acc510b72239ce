"""A question is answered whatever the engine says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.core.actor import VISITOR
from marketplace.discovery.asking import Asking, Drop, open_engine
from marketplace.discovery.vectors import QueryVectors
from marketplace.listings.models import ListingStatus
from search.documents import Kind
from search.engine import SearchUnavailable, StaleSpaces
from search.queries import Query
from tests.engines import SPACE, FakeEmbedder, GoneEngine, copy


class StaleEngine:
    """Was built for other models: asked with vectors it refuses."""

    def __init__(self, engine) -> None:
        self.engine = engine

    def __getattr__(self, name):
        return getattr(self.engine, name)

    def search(self, query, *, visible):
        if query.vectors:
            raise StaleSpaces
        return self.engine.search(query, visible=visible)


@pytest.fixture
def asking(session, parts):
    embedder = FakeEmbedder()

    def build(engine=None):
        if engine is not None:
            parts.search = engine
        return Asking(session, VISITOR, parts, QueryVectors(lambda: (embedder,), patience=5))

    return build


@pytest.fixture
def listed(make, session, engine):
    def publish(title, **values):
        listing = make.listing(
            title=title, status=ListingStatus.PUBLISHED, complete=False, **values
        )
        copy(session, engine, listing)
        return listing

    return publish


def titles(answer) -> list[str]:
    return [hit.document.title for hit in answer.results.hits]


class TestAsk:
    def test_gives_the_engine_the_vectors_of_the_words(self, asking, listed):
        listed("激光清洗")
        answer = asking().ask(Query(kind=Kind.LISTING, text="激光"))
        assert titles(answer) == ["激光清洗"]
        assert list(answer.query.vectors) == [SPACE.name]
        assert not answer.engine_down

    def test_does_with_words_when_the_index_knows_other_models(self, asking, listed, engine):
        listed("激光清洗")
        answer = asking(StaleEngine(engine)).ask(Query(kind=Kind.LISTING, text="激光"))
        assert titles(answer) == ["激光清洗"]
        assert not answer.engine_down

    def test_asks_the_tables_when_the_engine_is_gone(self, asking, listed):
        listed("激光清洗")
        answer = asking(GoneEngine()).ask(Query(kind=Kind.LISTING, text="激光"))
        assert titles(answer) == ["激光清洗"]
        assert answer.engine_down

    def test_offers_what_finds_more_alone(self, asking, listed, engine, monkeypatch):
        listed("激光清洗")
        query = Query(kind=Kind.LISTING, text="机光清洗")
        monkeypatch.setattr(engine, "did_you_mean", lambda *_args, **_kwargs: "激光清洗")
        assert asking().ask(query).did_you_mean == "激光清洗"
        monkeypatch.setattr(engine, "did_you_mean", lambda *_args, **_kwargs: "激光清晰度表")
        assert asking().ask(query).did_you_mean is None

    def test_says_which_condition_keeps_everything_away(self, asking, listed):
        listed("激光清洗", trl=6)
        listed("铜回收", trl=9)
        answer = asking().ask(Query(kind=Kind.LISTING, text='"激光清洗"', chosen={"trl": ("9",)}))
        assert answer.drops == [Drop(total=1, facet="trl", value="9"), Drop(total=1)]

    def test_has_no_way_on_where_every_way_is_empty(self, asking, engine):
        answer = asking().ask(Query(kind=Kind.LISTING, text='"激光"', chosen={"trl": ("9",)}))
        assert answer.drops == []


class TestOpenEngine:
    def test_keeps_the_reason_of_an_engine_that_says_so(self):
        class Parts:
            @property
            def search(self):
                raise SearchUnavailable("no route")

        with pytest.raises(SearchUnavailable, match="no route"):
            open_engine(Parts())

    def test_takes_any_other_failure_as_gone(self):
        with pytest.raises(SearchUnavailable, match="could not be opened"):
            open_engine(SimpleNamespace())
