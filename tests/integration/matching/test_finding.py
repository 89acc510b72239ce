"""The matcher over the embedded engine: what a person sees comes from what two records say."""

from __future__ import annotations

import pytest

from marketplace.indexing.sources import source_of
from marketplace.listings.models import ListingStatus
from marketplace.matching.finding import (
    EngineMatcher,
    Finder,
    as_weights,
    first_weights,
    kept,
    matcher_of,
)
from marketplace.matching.models import Side
from marketplace.matching.reasons import Wording, concerns, explain
from search.documents import Kind
from search.providers import open_engine
from search.weights import DEFAULT_WEIGHTS, WrongWeights
from tests.conftest import NOON


@pytest.fixture
def engine(tmp_path):
    opened = open_engine(folder=tmp_path / "search", spaces=())
    yield opened
    opened.close()


def index(session, engine, kind, *records):
    found = source_of(kind).load(session, [record.id for record in records])
    engine.put(kind, [document for document in found.values() if document])
    engine.refresh()


class TestWeights:
    def test_are_kept_and_read_again_under_their_version(self):
        stored = first_weights()
        assert "version" not in stored
        assert as_weights(stored, version=1) == DEFAULT_WEIGHTS
        assert kept(as_weights(stored, version=7)) == stored

    def test_of_another_shape_are_refused(self):
        with pytest.raises(WrongWeights):
            as_weights({"words": 1})


class TestEngineMatcher:
    def test_finds_what_answers_a_need_and_says_why(self, session, make, engine):
        company, university = make.organization(), make.organization()
        need = make.need(company, trl_min=8, cooperation=["open_license"])
        answer = make.listing(
            university,
            status=ListingStatus.PUBLISHED,
            title="铜蚀刻废液电沉积在线回收装置",
            summary="在线回收蚀刻废液中的铜，回收率 97%。",
            keywords=["蚀刻废液", "铜回收"],
            industry_codes=["C39"],
        )
        other = make.listing(university, status=ListingStatus.PUBLISHED)
        own = make.listing(company, status=ListingStatus.PUBLISHED, title=need.title)
        index(session, engine, Kind.LISTING, answer, other, own)
        finder = Finder.open(session, EngineMatcher(engine=engine, embedders=()), now=NOON)
        found = finder.find(Side.NEED, need.id)
        assert found[0].id == answer.id
        assert own.id not in {one.id for one in found}
        assert 0 < found[0].score <= 1
        wording = Wording(language="zh", translate=str, money=str)
        shown = {reason.label: reason for reason in explain(found[0].reasons, wording)}
        assert {"Shared terms", "Industry"} <= set(shown)
        assert sum(reason.percent for reason in shown.values()) == 100
        assert any("蚀刻" in term for term in shown["Shared terms"].terms)
        assert concerns(found[0].reasons, wording)

    def test_finds_the_needs_that_a_listing_may_answer(self, session, make, engine):
        need = make.need()
        listing = make.listing(
            status=ListingStatus.PUBLISHED, title="蚀刻废液铜回收", keywords=["蚀刻废液"]
        )
        index(session, engine, Kind.NEED, need)
        finder = Finder.open(session, EngineMatcher(engine=engine, embedders=()), now=NOON)
        assert [one.id for one in finder.find(Side.LISTING, listing.id)] == [need.id]

    def test_finds_nothing_for_what_readers_do_not_see(self, session, make, engine):
        finder = Finder.open(session, EngineMatcher(engine=engine, embedders=()), now=NOON)
        assert finder.find(Side.LISTING, make.listing().id) is None

    def test_is_made_of_the_applications_parts(self, engine):
        class Parts:
            search = engine
            embedders = ()

        assert matcher_of(Parts()) == EngineMatcher(engine=engine, embedders=())
