from __future__ import annotations

import pytest

from search.documents import Kind
from search.visibility import EVERYTHING
from tests.factories.search import axis, document, find, ids

LISTING = Kind.LISTING


class BuildingFailed(Exception):
    pass


def fail_to_build(engine):
    with engine.rebuild(LISTING) as fresh:
        fresh.put([document("b")])
        raise BuildingFailed


def found(engine):
    engine.refresh()
    return sorted(ids(find(engine, visible=EVERYTHING)))


class TestRebuild:
    def test_takes_over_when_the_block_ends(self, engine):
        engine.put(LISTING, [document("gone"), document("kept", "旧的")])
        with engine.rebuild(LISTING) as fresh:
            fresh.put([document("kept", "新的", version=2, vectors={"toy": axis(0)})])
            assert found(engine) == ["gone", "kept"]
            assert find(engine, "旧的").total == 1
        assert found(engine) == ["kept"]
        assert (find(engine, "新的").total, find(engine, "旧的").total) == (1, 0)
        assert len(engine.near(LISTING, "toy", axis(0), visible=EVERYTHING)) == 1

    def test_of_a_fresh_store_works(self, engine):
        with engine.rebuild(LISTING) as fresh:
            fresh.put([document("a")])
        assert found(engine) == ["a"]

    def test_that_fails_leaves_everything_as_it_was(self, engine):
        engine.put(LISTING, [document("a")])
        with pytest.raises(BuildingFailed):
            fail_to_build(engine)
        assert found(engine) == ["a"]
        engine.put(LISTING, [document("c")])
        assert found(engine) == ["a", "c"]

    def test_takes_in_what_is_written_meanwhile(self, reopen):
        engine, worker = reopen(), reopen()
        engine.put(LISTING, [document("a"), document("b")])
        with engine.rebuild(LISTING) as fresh:
            fresh.put([document("a")])
            worker.put(LISTING, [document("new"), document("a", "新的", version=2)])
            fresh.put([document("b")])
            assert found(worker) == ["a", "b", "new"]
        assert found(worker) == ["a", "b", "new"]
        assert find(worker, "新的").total == 1

    def test_does_not_bring_back_what_is_removed_meanwhile(self, reopen):
        engine, worker = reopen(), reopen()
        engine.put(LISTING, [document("a"), document("b")])
        with engine.rebuild(LISTING) as fresh:
            fresh.put([document("a")])
            worker.remove(LISTING, {"a": 2, "b": 2})
            fresh.put([document("b")])
        assert found(engine) == []

    def test_never_overwrites_a_newer_version(self, reopen):
        engine, worker = reopen(), reopen()
        with engine.rebuild(LISTING) as fresh:
            worker.put(LISTING, [document("a", "新的", version=5)])
            fresh.put([document("a", "旧的", version=4)])
        engine.refresh()
        assert engine.fetch(LISTING, ["a"])["a"].title == "新的"

    def test_is_seen_by_engines_that_were_open_before(self, reopen):
        one, other = reopen(), reopen()
        one.put(LISTING, [document("a")])
        assert found(other) == ["a"]
        for round_ in range(3):
            with one.rebuild(LISTING) as fresh:
                fresh.put([document(f"b{round_}")])
            assert found(other) == [f"b{round_}"]

    def test_leaves_nothing_behind(self, engine):
        for _round in range(3):
            with engine.rebuild(LISTING) as fresh:
                fresh.put([document("a")])
        engine.put(LISTING, [document("a", version=2)])
        assert found(engine) == ["a"]
        assert list(engine.versions(LISTING)) == [("a", 2)]
