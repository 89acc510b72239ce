import numpy as np
import pytest

from search.bench import vectors
from search.bench.files import Need
from search.bench.relevance import SERVED, measure
from search.documents import Document, Kind
from search.embedding import VectorSpace

TITLES = {"copper": "废液中铜的回收", "laser": "铝合金激光焊接", "soy": "大豆蛋白饮料"}
AXES = {"铜": 0, "激光": 1, "豆": 2}


class ToyEmbedder:
    """Puts texts on an axis by a word they hold."""

    space = VectorSpace("use_toy", 4)

    def __init__(self):
        self.embedded = []

    def documents(self, texts):
        self.embedded += texts
        return self.queries(texts)

    def queries(self, texts):
        rows = np.zeros((len(texts), 4), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[next((axis for word, axis in AXES.items() if word in text), 3)] = 1
        return rows


def documents():
    return [
        Document(kind=Kind.LISTING, id=name, version=1, title=title)
        for name, title in TITLES.items()
    ]


class TestMeasure:
    @pytest.fixture
    def engine(self, reopen):
        """Each of the two engines, empty."""
        return reopen((ToyEmbedder.space,))

    def test_gives_every_ranking_by_language(self, engine, tmp_path):
        needs = [
            Need("copper", "zh", "电路板厂想提铜回收"),
            Need("soy", "zh", "求大豆蛋白饮料"),
            Need("laser", "xx", "激光加工"),
        ]
        report = measure(engine, documents(), needs, (ToyEmbedder(),), tmp_path / "cache")
        assert set(report) == {"words", "use_toy", SERVED}
        assert {language: found.n for language, found in report[SERVED].items()} == {
            "zh": 2,
            "xx": 1,
        }
        for by_language in report.values():
            assert all(found.ndcg == 1 for found in by_language.values())

    def test_an_answer_that_no_ranking_holds_counts_as_missed(self, engine, tmp_path):
        report = measure(
            engine, documents(), [Need("soy", "zh", "zzyzx")], (ToyEmbedder(),), tmp_path / "cache"
        )
        assert report["words"]["zh"].recall == 0

    def test_tells_its_progress(self, engine, tmp_path):
        told = []
        needs = [Need("soy", "zh", "豆"), Need("soy", "zh", "豆浆")]
        measure(
            engine,
            documents(),
            needs,
            (ToyEmbedder(),),
            tmp_path / "cache",
            progress=lambda *step: told.append(step),
        )
        assert told == [("use_toy", 3, 3), ("needs", 1, 2), ("needs", 2, 2)]


class TestVectors:
    def test_are_embedded_once(self, tmp_path):
        embedder = ToyEmbedder()
        texts = ["铜", "激光", "铜"]
        first = vectors.documents(embedder, texts, tmp_path)
        second = vectors.documents(embedder, [*texts, "豆"], tmp_path)
        assert sorted(embedder.embedded) == sorted(["铜", "激光", "豆"])
        assert (first == second[:3]).all()
        assert second.tolist() == embedder.queries([*texts, "豆"]).tolist()
