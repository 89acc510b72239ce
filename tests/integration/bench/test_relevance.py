"""``flask bench relevance`` on a tiny made-up corpus, without any database."""

from __future__ import annotations

import json

import numpy as np
import pytest

from config import Settings
from marketplace.app import create_app
from marketplace.bench import relevance
from search.embedded.engine import EmbeddedEngine
from search.embedding import EmbeddingUnavailable, VectorSpace

CORPUS = (
    {"id": "copper", "title": "废液中铜的回收", "abstract": "电解提铜。", "keywords": ["铜"]},
    {"id": "laser", "title": "铝合金激光焊接", "keywords": ["激光焊接"], "discipline": "机械"},
    {"id": "soy", "title": "大豆蛋白饮料", "abstract": "稳定性好。"},
)
NEEDS = "copper\tzh\t电路板厂想提铜\nlaser\ten\tlaser welding of aluminium\nsoy\tzh\t大豆饮料\n"
RANKINGS = ["words", "use_toy", "served"]


class ToyEmbedder:
    space = VectorSpace("use_toy", 4)

    def documents(self, texts):
        rows = np.full((len(texts), 4), 0.1, np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[next((at for at, word in enumerate("铜激豆") if word in text), 3)] = 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    queries = documents


@pytest.fixture
def runner(tmp_path, monkeypatch):
    """The command of an application whose database is nowhere."""
    monkeypatch.setattr(relevance, "open_embedders", lambda **_settings: (ToyEmbedder(),))
    settings = Settings.for_tests(home=tmp_path / "home", database_url="postgresql://nowhere/none")
    return create_app(settings).test_cli_runner()


@pytest.fixture
def files(tmp_path):
    corpus, needs = tmp_path / "c.jsonl", tmp_path / "n.tsv"
    corpus.write_text("\n".join(json.dumps(record) for record in CORPUS), encoding="utf-8")
    needs.write_text(NEEDS, encoding="utf-8")
    return ["--corpus", str(corpus), "--needs", str(needs)]


def run(runner, *words):
    return runner.invoke(args=["bench", "relevance", *words])


class TestEmbedded:
    def test_prints_one_object(self, runner, files):
        result = run(runner, *files, "--engine", "embedded", "--json")
        assert result.exit_code == 0
        found = json.loads(result.stdout)
        assert list(found) == RANKINGS
        assert found["served"]["zh"] == {"ndcg@10": 1.0, "recall@10": 1.0, "mrr": 1.0, "n": 2}
        assert found["served"]["en"]["n"] == 1

    def test_prints_a_table_and_its_progress_apart(self, runner, files):
        result = run(runner, *files)
        lines = result.stdout.splitlines()
        assert lines[0].split() == ["ranking", "lang", "nDCG@10", "recall@10", "MRR", "n"]
        assert [line.split()[0] for line in lines[1:]] == [r for r in RANKINGS for _ in range(2)]
        assert "needs: 3 of 3" in result.stderr

    def test_takes_several_corpora(self, runner, files, tmp_path):
        more = tmp_path / "more.jsonl"
        more.write_text('{"id": "x", "title": "Copper"}', encoding="utf-8")
        assert run(runner, *files, "--corpus", str(more)).exit_code == 0

    def test_keeps_vectors_and_nothing_else(self, runner, files, tmp_path):
        run(runner, *files)
        left = {path.name for path in (tmp_path / "home").rglob("*") if path.is_file()}
        assert "use_toy.sqlite3" in left
        assert not [name for name in left if "tantivy" in name or name.endswith(".idx")]


class TestFaults:
    def test_a_wrong_line_is_named(self, runner, files, tmp_path):
        (tmp_path / "n.tsv").write_text("copper zh", encoding="utf-8")
        result = run(runner, *files)
        assert result.exit_code == 1
        assert "n.tsv, line 1" in result.stderr
        assert "Traceback" not in result.output

    def test_a_missing_file_is_named(self, runner, files):
        result = run(runner, *files, "--corpus", "/nowhere.jsonl")
        assert result.exit_code == 2
        assert "/nowhere.jsonl" in result.stderr

    def test_a_missing_model_is_said(self, runner, files, monkeypatch):
        def gone(_self, _texts):
            raise EmbeddingUnavailable("The embeddings address does not answer")

        monkeypatch.setattr(ToyEmbedder, "documents", gone)
        result = run(runner, *files)
        assert result.exit_code == 1
        assert "does not answer" in result.stderr

    def test_no_elasticsearch_is_said(self, runner, files, monkeypatch):
        monkeypatch.setattr(relevance, "_node", lambda _word: "")
        result = run(runner, *files, "--engine", "elastic")
        assert result.exit_code == 1
        assert "ELASTICSEARCH_URL" in result.stderr


class TestElastic:
    def test_starts_a_node_and_stops_it(self, runner, monkeypatch):
        said = []

        def node(word):
            said.append(word)
            return "http://127.0.0.1:1" if word == "start" else ""

        monkeypatch.setattr(relevance, "_node", node)
        with relevance._address(Settings.for_tests(home=None, database_url="")) as url:
            assert url == "http://127.0.0.1:1"
        assert said == ["address", "start", "stop"]

    def test_leaves_a_running_node_alone(self, runner, monkeypatch):
        said = []
        monkeypatch.setattr(relevance, "_node", lambda word: said.append(word) or "http://a")
        with relevance._address(Settings.for_tests(home=None, database_url="")) as url:
            assert url == "http://a"
        assert said == ["address"]

    def test_takes_the_address_of_the_settings(self, runner, monkeypatch):
        settings = Settings.for_tests(home=None, database_url="", elasticsearch_url="http://b")
        with relevance._address(settings) as url:
            assert url == "http://b"

    def test_a_word_that_the_node_refuses_gives_nothing(self):
        assert relevance._node("no such word") == ""

    def test_measures_under_names_of_its_own_and_leaves_none(
        self, runner, files, monkeypatch, tmp_path
    ):
        told = []

        class Elsewhere(EmbeddedEngine):
            def __init__(self, url, spaces, *, api_key, ca, prefix):
                told.extend([url, api_key, ca, prefix.partition("-")[0]])
                super().__init__(tmp_path / prefix, spaces)

            def forget_everything(self):
                told.append("forgotten")

        monkeypatch.setattr(relevance, "ElasticEngine", Elsewhere)
        monkeypatch.setattr(relevance, "_node", lambda _word: "http://a")
        result = run(runner, *files, "--engine", "elastic", "--json")
        assert result.exit_code == 0
        assert told == ["http://a", None, None, "bench", "forgotten"]
