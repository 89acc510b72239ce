"""A page waits for vectors only as long as it can bear."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from marketplace.discovery import vectors
from marketplace.discovery.vectors import QueryVectors, meant
from tests.engines import SPACE, FakeEmbedder


class SlowEmbedder(FakeEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()
        self.done = threading.Event()

    def queries(self, texts):
        self.go.wait(10)
        try:
            return super().queries(texts)
        finally:
            self.done.set()


@pytest.fixture
def slow():
    embedder = SlowEmbedder()
    yield embedder
    embedder.go.set()


class TestQueryVectors:
    def test_gives_one_vector_a_space(self):
        asked = QueryVectors(lambda: [FakeEmbedder({"铜": [1, 0, 0, 0]})], patience=5).of("铜回收")
        assert not asked.late
        assert np.array_equal(asked.vectors[SPACE.name], [1, 0, 0, 0])

    def test_remembers_what_was_asked(self):
        embedder = FakeEmbedder()
        memory = QueryVectors(lambda: [embedder], patience=5)
        memory.of("激光")
        memory.of("激光")
        assert embedder.asked == ["激光"]

    def test_forgets_the_oldest(self, monkeypatch):
        monkeypatch.setattr(vectors, "REMEMBERED", 2)
        embedder = FakeEmbedder()
        memory = QueryVectors(lambda: [embedder], patience=5)
        for text in ("甲", "乙", "甲", "丙", "甲", "乙"):
            memory.of(text)
        assert embedder.asked == ["甲", "乙", "丙", "乙"]

    def test_does_without_a_slow_model_and_has_it_next_time(self, slow):
        memory = QueryVectors(lambda: [slow], patience=0.01)
        assert memory.of("激光").late
        slow.go.set()
        assert slow.done.wait(5)
        memory._patience = 5
        assert SPACE.name in memory.of("激光").vectors
        assert slow.asked == ["激光"]

    def test_starts_the_same_text_once(self, slow):
        memory = QueryVectors(lambda: [slow], patience=0.01)
        memory.of("激光")
        memory.of("激光")
        assert len(memory._running) == 1

    def test_takes_no_more_than_it_can_bear(self, slow, monkeypatch):
        monkeypatch.setattr(vectors, "IN_WORK", 1)
        memory = QueryVectors(lambda: [slow], patience=0.01)
        memory.of("激光")
        assert memory.of("焊接").late
        assert list(memory._running) == ["激光"]

    def test_a_failing_model_costs_nothing(self):
        embedder = FakeEmbedder()
        embedder.broken = True
        memory = QueryVectors(lambda: [embedder], patience=5)
        asked = memory.of("激光")
        assert asked.late
        assert not asked.vectors
        embedder.broken = False
        assert memory.of("激光").vectors


class TestMeant:
    @pytest.mark.parametrize(
        ("typed", "plain"),
        [
            ("激光 焊接", "激光 焊接"),
            ("", ""),
            ('"激光焊接"', ""),
            ("ZL202010000089.7", ""),
            ("电池 -锂", "电池"),
            ("title:激光", ""),
        ],
    )
    def test_is_what_stands_without_operators(self, typed, plain):
        assert meant(typed) == plain

    def test_words_alone_ask_no_model(self):
        embedder = FakeEmbedder()
        QueryVectors(lambda: [embedder], patience=5).of('"激光焊接"')
        assert embedder.asked == []
