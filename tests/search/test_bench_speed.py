"""The measurement itself: small, so that it proves its workings and no speed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from marketplace.bench import search as command
from search import bench_speed
from search.bench_records import corpus, questions, records
from search.embedding import VectorSpace

ENTRIES = [
    {
        "id": f"e{number}",
        "title": f"激光焊接方法之{number}",
        "abstract": "用光纤激光器焊接。焊缝没有裂纹；精度高。含铜废水处理。",
        "keywords": ["激光焊接", f"方法{number}"],
        "discipline": ["光学", "机械"][number % 2],
    }
    for number in range(12)
]


class MadeEmbedder:
    """Vectors by chance: what they mean does not matter here."""

    def __init__(self, name):
        self.space = VectorSpace(name, 64)

    def documents(self, texts):
        rows = np.random.default_rng(len(texts)).standard_normal((len(texts), 64))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    queries = documents


class TestRecords:
    def test_are_the_same_for_the_same_seed_and_differ_from_each_other(self):
        source = corpus(ENTRIES, {"made": MadeEmbedder("made").documents(["x"] * 5)})
        one, again = list(records(source, 20)), list(records(source, 20))
        assert one == again
        assert len({document.id for document in one}) == 20
        assert {document.audience for document in records(source, 60)} == set(type(one[0].audience))
        assert np.linalg.norm(one[0].vectors["made"]) == pytest.approx(1.0, abs=1e-5)

    def test_are_asked_for_with_and_without_choices(self):
        asked = questions(corpus(ENTRIES, {}), 16)
        assert any(one.chosen for one in asked)
        assert any(not one.chosen for one in asked)
        assert any(not one.text for one in asked)


@pytest.fixture
def arguments(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "open_embedders", lambda: (MadeEmbedder("a"), MadeEmbedder("b")))
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n".join(json.dumps(entry) for entry in ENTRIES), encoding="utf-8")
    return ["--records", "40", "--corpus", str(path), "--questions", "6", "--folder", str(tmp_path)]


class TestCommand:
    def test_measures_the_engine_beside_the_bare_libraries(self, arguments, tmp_path):
        result = CliRunner().invoke(command.search, [*arguments, "--json"])
        assert result.exit_code == 0, result.output
        found = json.loads(result.stdout)
        assert found["records"] == 40
        assert found["recall"] == {"a": 1.0, "b": 1.0}
        assert set(found["times"]) == {
            "facet search",
            "facet search, bare tantivy",
            "facet search with meaning",
            "match of one need",
            "match of one need, fused and explained",
            "match of one need, bare tantivy and numpy",
        }
        assert found["index_seconds"] > 0
        assert [path.name for path in tmp_path.iterdir()] == ["corpus.jsonl"]

    def test_prints_a_table(self, arguments):
        result = CliRunner().invoke(command.search, arguments)
        assert "40 records, engine embedded" in result.stdout
        assert "recall at 10 in a: 1.000" in result.stdout


def test_a_failed_index_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(bench_speed, "corpus", lambda *_arguments: None)
    with pytest.raises(RuntimeError, match="indexing failed"):
        bench_speed.measure(tmp_path, ENTRIES, [], 10, tell=lambda _text: None)
