import json

import pytest

from search.bench.files import BadFile, Need, read_corpus, read_needs
from search.documents import Kind

RECORD = {
    "id": "r1",
    "title": "铜的回收",
    "abstract": "从废液中提铜。",
    "keywords": ["铜", "废液"],
    "discipline": "冶金",
}


def write(path, *lines, encoding="utf-8"):
    path.write_text("\n".join(lines), encoding=encoding)
    return path


class TestReadCorpus:
    def test_reads_every_field(self, tmp_path):
        [found] = read_corpus([write(tmp_path / "c.jsonl", json.dumps(RECORD), "", "  ")])
        assert (found.kind, found.id, found.title) == (Kind.LISTING, "r1", "铜的回收")
        assert (found.body, found.keywords, found.fields) == (
            "从废液中提铜。",
            ("铜", "废液"),
            ("冶金",),
        )
        assert found.language == "zh"

    def test_reads_several_files_with_any_mark_and_line_end(self, tmp_path):
        english = {"id": 7, "title": "Copper", "abstract": None}
        one = write(tmp_path / "a", json.dumps(RECORD) + "\r", encoding="utf-8-sig")
        two = write(tmp_path / "b", json.dumps(english))
        found = read_corpus([one, two])
        assert [(one.id, one.language) for one in found] == [("r1", "zh"), ("7", "en")]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "line 2: no JSON object"),
            ("[]", "line 2: no JSON object"),
            ('{"title": "a"}', "'id' is missing"),
            ('{"id": "a", "title": " "}', "'title' is missing"),
            ('{"id": "a", "title": ["b"]}', "'title' must be a text"),
            ('{"id": true, "title": "b"}', "'id' must be a text"),
            ('{"id": "a", "title": "b", "keywords": "c"}', "'keywords' must be a list"),
            ('{"id": "a", "title": "b", "keywords": [{}]}', "'keywords' must be a text"),
            (json.dumps(RECORD), "'r1' stands there twice"),
        ],
    )
    def test_a_wrong_line_is_named(self, tmp_path, line, message):
        path = write(tmp_path / "c.jsonl", json.dumps(RECORD), line)
        with pytest.raises(BadFile, match=message) as caught:
            read_corpus([path])
        assert f"{path}, line 2" in str(caught.value)

    def test_an_empty_file_is_refused(self, tmp_path):
        with pytest.raises(BadFile, match="no record"):
            read_corpus([write(tmp_path / "c.jsonl", "")])

    def test_other_encodings_are_refused(self, tmp_path):
        path = tmp_path / "c.jsonl"
        path.write_bytes("从废液中回收铜".encode("gb18030"))
        with pytest.raises(BadFile, match="not UTF-8"):
            read_corpus([path])

    def test_a_folder_is_refused(self, tmp_path):
        with pytest.raises(BadFile, match="can't be read"):
            read_corpus([tmp_path])


class TestReadNeeds:
    @pytest.fixture
    def documents(self, tmp_path):
        return read_corpus([write(tmp_path / "c.jsonl", json.dumps(RECORD))])

    def test_reads_any_language(self, tmp_path, documents):
        path = write(tmp_path / "n.tsv", "r1\tzh\t想提铜", "r1\tja\t銅の回収", "")
        assert read_needs(path, documents) == [
            Need("r1", "zh", "想提铜"),
            Need("r1", "ja", "銅の回収"),
        ]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("r1 zh 想提铜", "expected id, language and text"),
            ("r1\tzh", "expected id"),
            ("r1\t\t想提铜", "expected id"),
            ("r1\tzh\ta\tb", "expected id"),
            ("r9\tzh\t想提铜", "no corpus holds a record 'r9'"),
        ],
    )
    def test_a_wrong_line_is_named(self, tmp_path, documents, line, message):
        path = write(tmp_path / "n.tsv", "r1\tzh\t想提铜", line)
        with pytest.raises(BadFile, match=message) as caught:
            read_needs(path, documents)
        assert f"{path}, line 2" in str(caught.value)

    def test_an_empty_file_is_refused(self, tmp_path, documents):
        with pytest.raises(BadFile, match="holds no need"):
            read_needs(write(tmp_path / "n.tsv", ""), documents)

    def test_a_need_is_asked_as_a_record(self):
        document = Need("r1", "zh", "想提铜").document(3)
        assert (document.kind, document.id, document.title) == (Kind.NEED, "need-3", "想提铜")
