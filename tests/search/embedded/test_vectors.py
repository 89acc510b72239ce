from __future__ import annotations

import numpy as np
import pytest

from search.embedded import columns, vectors
from search.embedded.vectors import Vectors

DIMENSIONS = 96


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch):
    """Let a few hundred rows be enough for coding, so that tests stay quick."""
    monkeypatch.setattr(vectors, "EXACT", 200)
    monkeypatch.setattr(vectors, "AT_LEAST", 300)
    monkeypatch.setattr(vectors, "SHARE", 3)
    monkeypatch.setattr(vectors, "_BLOCK", 64)


def cloud(count, seed=1):
    """Unit vectors in a cone: like those of sentence models, all a little alike."""
    generator = np.random.default_rng(seed)
    rows = generator.standard_normal((count, DIMENSIONS)).astype(np.float32) + 0.7
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def filled(folder, rows):
    store = Vectors(folder, DIMENSIONS)
    store.put([(key, row) for key, row in enumerate(rows, start=1)])
    store.train(len(rows) + 1)
    return store


def exact(rows, wanted, size, allowed=None):
    scores = rows @ wanted
    if allowed is not None:
        scores = np.where(allowed[1:], scores, -2)
    return [int(at) + 1 for at in np.argsort(-scores, kind="stable")[:size]]


def keys(found):
    return [key for key, _score in found]


class TestNear:
    def test_of_few_rows_is_exact(self, tmp_path):
        rows = cloud(100)
        store = filled(tmp_path, rows)
        assert not (tmp_path / "coded").exists()
        found = store.near(rows[5], np.ones(101, np.bool_), 10)
        assert keys(found) == exact(rows, rows[5], 10)
        assert found[0][1] == pytest.approx(1.0, abs=1e-3)

    def test_of_many_finds_nearly_all_of_the_nearest(self, tmp_path):
        rows = cloud(3_000)
        store = filled(tmp_path, rows)
        assert (tmp_path / "coded").exists()
        allowed = np.ones(3_001, np.bool_)
        hits = [
            len(set(keys(store.near(wanted, allowed, 10))) & set(exact(rows, wanted, 10)))
            for wanted in cloud(30, seed=2)
        ]
        assert sum(hits) >= 0.9 * 300

    def test_scores_are_cosines_however_they_were_found(self, tmp_path):
        rows = cloud(1_000)
        found = filled(tmp_path, rows).near(rows[7], np.ones(1_001, np.bool_), 5)
        assert found[0][0] == 8
        assert [score for _key, score in found] == pytest.approx(
            [float(rows[key - 1] @ rows[7]) for key, _score in found], abs=2e-3
        )

    def test_keeps_to_the_mask(self, tmp_path):
        rows = cloud(3_000)
        store = filled(tmp_path, rows)
        allowed = np.zeros(3_001, np.bool_)
        allowed[1::2] = True
        found = keys(store.near(rows[0], allowed, 50))
        assert len(found) == 50
        assert all(key % 2 for key in found)
        allowed[10:] = False
        assert keys(store.near(rows[0], allowed, 50)) == exact(rows, rows[0], 5, allowed)

    def test_of_nothing_allowed_is_empty(self, tmp_path):
        assert filled(tmp_path, cloud(300)).near(cloud(1)[0], np.zeros(301, np.bool_), 5) == []
        assert (
            Vectors(tmp_path / "empty", DIMENSIONS).near(cloud(1)[0], np.ones(9, np.bool_), 5) == []
        )


class TestPut:
    def test_after_coding_is_found(self, tmp_path):
        store = filled(tmp_path, cloud(1_000))
        added = -cloud(1)[0]
        store.put([(1_001, added), (3, added)])
        found = Vectors(tmp_path, DIMENSIONS).near(added, np.ones(1_002, np.bool_), 2)
        assert sorted(keys(found)) == [3, 1_001]

    def test_of_none_takes_a_row_out(self, tmp_path):
        rows = cloud(1_000)
        store = filled(tmp_path, rows)
        store.put([(8, None)])
        assert 8 not in keys(store.near(rows[7], np.ones(1_001, np.bool_), 10))

    def test_of_nothing_is_fine(self, tmp_path):
        Vectors(tmp_path, DIMENSIONS).put([])

    def test_is_seen_by_readers_that_were_open_before(self, tmp_path, monkeypatch):
        monkeypatch.setattr(columns, "STEP", 64)
        reader, writer = Vectors(tmp_path, DIMENSIONS), Vectors(tmp_path, DIMENSIONS)
        rows = cloud(200)
        for key, row in enumerate(rows):
            writer.put([(key, row)])
            assert keys(reader.near(row, np.ones(key + 1, np.bool_), 1)) == [key]


class TestTrain:
    def test_codes_anew_when_there_is_much_more(self, tmp_path):
        rows = cloud(2_000)
        store = filled(tmp_path, rows[:300])
        first = (tmp_path / "coded").read_text()
        store.train(320)
        assert (tmp_path / "coded").read_text() == first
        store.put([(key, row) for key, row in enumerate(rows, start=1)])
        store.train(2_001)
        assert (tmp_path / "coded").read_text() == "2001"
        assert not (tmp_path / f"codes-{first}").exists()
        assert keys(store.near(rows[9], np.ones(2_001, np.bool_), 1)) == [10]

    def test_of_rows_without_vectors_does_no_harm(self, tmp_path):
        store = Vectors(tmp_path, DIMENSIONS)
        store.put([(key, None) for key in range(500)])
        store.train(500)
        assert store.near(cloud(1)[0], np.ones(500, np.bool_), 3) == []

    def test_takes_the_mean_of_a_sample(self, tmp_path, monkeypatch):
        monkeypatch.setattr(vectors, "_SAMPLE", 100)
        rows = cloud(1_000)
        store = filled(tmp_path, rows)
        mean = np.load(tmp_path / "mean-1001.npy")
        assert mean == pytest.approx(rows.mean(axis=0), abs=0.05)
        assert keys(store.near(rows[3], np.ones(1_001, np.bool_), 1)) == [4]


class TestMatrix:
    def test_gives_the_allowed_rows(self, tmp_path):
        rows = cloud(20)
        allowed = np.zeros(21, np.bool_)
        allowed[[3, 5]] = True
        found, matrix = filled(tmp_path, rows).matrix(allowed)
        assert list(found) == [3, 5]
        assert matrix == pytest.approx(rows[[2, 4]], abs=1e-3)


def test_read_pages_are_given_back(tmp_path, monkeypatch):
    monkeypatch.setattr(vectors, "_FORGET", 50)
    rows = cloud(100)
    store = filled(tmp_path, rows)
    for _each in range(3):
        assert keys(store.near(rows[1], np.ones(101, np.bool_), 1)) == [2]
