"""Several processes on one folder, some of which are killed at the worst moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading

import pytest

from search.documents import Kind
from search.embedded.engine import EmbeddedEngine
from search.embedded.generation import Generation
from search.embedded.store import Store
from search.embedded.vectors import Vectors
from search.engine import SearchUnavailable
from search.visibility import PUBLIC
from tests.factories.search import TOY, axis, document, find, ids

LISTING = Kind.LISTING
SPAWN = multiprocessing.get_context("spawn")
#: Where a writer dies: before and after each step of a write.
STEPS = {
    "vectors": (Vectors, "put"),
    "words": (Generation, "index_waiting"),
    "note": (Store, "indexed"),
}


@pytest.fixture
def engine(tmp_path):
    engine = EmbeddedEngine(tmp_path, [TOY])
    yield engine
    engine.close()


def die_at(folder, step, when):
    """Write a document and be killed before or after a step of it."""
    owner, name = STEPS[step]
    original = getattr(owner, name)

    def deadly(self, *arguments):
        if when == "after":
            original(self, *arguments)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, deadly)
    engine = EmbeddedEngine(folder, [TOY])
    engine.put(LISTING, [document("a", "新的", version=2, vectors={"toy": axis(1)})])


def die_while_building(folder, step):
    engine = EmbeddedEngine(folder, [TOY])
    with engine.rebuild(LISTING) as fresh:
        fresh.put([document("b")])
        if step == "switch":
            from search.embedded.folder import Folder

            Folder.point = lambda *_arguments: os.kill(os.getpid(), signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGKILL)


def run(target, *arguments):
    process = SPAWN.Process(target=target, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


class TestKilledWriter:
    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("step", STEPS)
    def test_leaves_the_old_or_the_new_and_the_next_write_mends(self, engine, tmp_path, step, when):
        engine.put(LISTING, [document("a", "旧的", vectors={"toy": axis(0)})])
        assert run(die_at, tmp_path, step, when) == -signal.SIGKILL

        assert find(engine).total == 1
        assert find(engine, "新的").total + find(engine, "旧的").total == 1
        engine.put(LISTING, [document("a", "新的", version=2, vectors={"toy": axis(1)})])

        assert (find(engine, "新的").total, find(engine, "旧的").total) == (1, 0)
        assert engine.near(LISTING, "toy", axis(1), visible=PUBLIC)[0].score > 0.99

    def test_leaves_a_note_that_refresh_works_off(self, engine, tmp_path):
        engine.put(LISTING, [document("a", "旧的")])
        assert run(die_at, tmp_path, "words", "before") == -signal.SIGKILL
        assert find(engine, "新的").total == 0
        engine.refresh()
        assert find(engine, "新的").total == 1


class TestKilledRebuild:
    @pytest.mark.parametrize("step", ["middle", "switch"])
    def test_leaves_the_old_generation_and_frees_the_lock(self, engine, tmp_path, step):
        engine.put(LISTING, [document("a")])
        assert run(die_while_building, tmp_path, step) == -signal.SIGKILL

        assert ids(find(engine)) == ["a"]
        engine.put(LISTING, [document("c")])
        assert sorted(ids(find(engine))) == ["a", "c"]
        with engine.rebuild(LISTING) as fresh:
            fresh.put([document("d")])
        assert ids(find(engine)) == ["d"]
        left = [path.name for path in (tmp_path / "listing").glob("generation-*")]
        assert len(left) == 1


def write_many(folder, name):
    engine = EmbeddedEngine(folder, [TOY])
    for number in range(10):
        engine.put(LISTING, [document(f"{name}{number}", vectors={"toy": axis(0)})])
    engine.close()


class TestWritersAtOnce:
    def test_wait_for_each_other_and_lose_nothing(self, engine, tmp_path):
        processes = [SPAWN.Process(target=write_many, args=(tmp_path, name)) for name in "xyz"]
        for process in processes:
            process.start()
        totals = []
        while any(process.is_alive() for process in processes):
            totals.append(find(engine).total)
            for process in processes:
                process.join(0.05)
        assert [process.exitcode for process in processes] == [0, 0, 0]
        assert find(engine).total == 30
        assert len(engine.near(LISTING, "toy", axis(0), visible=PUBLIC, size=50)) == 30
        assert totals == sorted(totals)

    def test_give_up_after_their_patience(self, engine, monkeypatch):
        from search.embedded import folder

        engine.put(LISTING, [document("a")])
        original = folder.Folder.locked
        monkeypatch.setattr(
            folder.Folder,
            "locked",
            lambda self, name, patience=0.05: original(self, name, patience),
        )
        held = engine._folders[LISTING]
        with held.locked("writer"), pytest.raises(SearchUnavailable, match="writer lock"):
            engine.put(LISTING, [document("b")])


class TestReadersAtOnce:
    def test_see_whole_pages_while_generations_are_swapped(self, engine):
        engine.put(LISTING, [document("a")])
        errors = []
        stop = threading.Event()

        def read():
            try:
                while not stop.is_set():
                    assert find(engine).total in {1, 2}
                    engine.fetch(LISTING, ["a"])
            except BaseException as error:
                errors.append(error)
                raise

        threads = [threading.Thread(target=read) for _each in range(3)]
        for thread in threads:
            thread.start()
        for round_ in range(6):
            with engine.rebuild(LISTING) as fresh:
                fresh.put([document("a"), document("b")][: 1 + round_ % 2])
        stop.set()
        for thread in threads:
            thread.join()
        assert errors == []
