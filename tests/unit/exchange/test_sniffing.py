"""A file is judged by its content, and a hostile one is refused before it is unpacked."""

from __future__ import annotations

import zipfile

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.exchange.reading import sniffing
from marketplace.exchange.reading.sniffing import FileFormat, Sniffed, sniff
from tests.record_files import archive, workbook, write

ROW = "编号,名称\n1,激光焊接\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ROW.encode(), Sniffed(FileFormat.CSV, "utf-8-sig", ",")),
        (ROW.encode("utf-8-sig"), Sniffed(FileFormat.CSV, "utf-8-sig", ",")),
        (ROW.encode("gb18030"), Sniffed(FileFormat.CSV, "gb18030", ",")),
        (ROW.replace(",", "\t").encode("utf-16"), Sniffed(FileFormat.CSV, "utf-16", "\t")),
        (ROW.replace(",", ";").encode(), Sniffed(FileFormat.CSV, "utf-8-sig", ";")),
        (b"name\nlaser, welding\n", Sniffed(FileFormat.CSV, "utf-8-sig", ",")),
        (b"a\tb, c, d\n1\t2, 3\n", Sniffed(FileFormat.CSV, "utf-8-sig", "\t")),
        (b'\n {"id": 1}\n', Sniffed(FileFormat.JSONL, "utf-8-sig", ",")),
        ('{"名": 1}'.encode("gb18030"), Sniffed(FileFormat.JSONL, "gb18030", ",")),
    ],
)
def test_text_is_known_by_its_signs(tmp_path, content, found):
    assert sniff(write(tmp_path / "f", content)) == found


def test_a_workbook_is_known_whatever_it_is_called(tmp_path):
    assert sniff(workbook(tmp_path / "f.csv", ("名称",))).format is FileFormat.XLSX


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old or encrypted Office"),
        (b"\x89PNG\x00\x00\x00", "no text"),
        (b"%PDF-1.4\n1 0 obj\n", "no text"),
        (b"{\\rtf1 a,b}", "no text"),
        (b'[{"id": 1}]', "one JSON list"),
        (b"PK\x03\x04 cut off", "damaged"),
    ],
)
def test_what_is_none_of_ours_is_refused_with_the_way_out(tmp_path, content, said):
    with pytest.raises(RuleBroken, match=said) as refused:
        sniff(write(tmp_path / "f", content))
    assert refused.value.field == "file"


def test_a_broken_encoding_names_the_line(tmp_path):
    content = b"a,b\n" * 3 + "中文".encode() + b"\xff\xff,x\n"
    with pytest.raises(RuleBroken) as refused:
        sniff(write(tmp_path / "f", content))
    assert refused.value.values == {"line": 4}


def test_a_sign_cut_off_at_the_end_names_the_line(tmp_path):
    with pytest.raises(RuleBroken) as refused:
        sniff(write(tmp_path / "f", "好\n好".encode()[:-1]))
    assert refused.value.values == {"line": 2}


def test_a_sign_across_two_reads_is_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(sniffing, "CHUNK", 4)
    assert sniff(write(tmp_path / "f", ROW)).encoding == "utf-8-sig"


class TestHostileWorkbooks:
    @pytest.mark.parametrize(
        "part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/embeddings/x.bin"]
    )
    def test_macros_and_embedded_objects(self, tmp_path, part):
        path = archive(tmp_path / "f.xlsx", {"xl/workbook.xml": "<w/>", part: b"x"})
        with pytest.raises(RuleBroken, match="macros"):
            sniff(path)

    def test_macros_by_declared_type_alone(self, tmp_path):
        types = "<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>"
        path = archive(tmp_path / "f.xlsx", {"xl/workbook.xml": "<w/>"}, types=types)
        with pytest.raises(RuleBroken, match="macros"):
            sniff(path)

    def test_another_zip(self, tmp_path):
        with pytest.raises(RuleBroken, match="no Excel workbook"):
            sniff(archive(tmp_path / "f.xlsx", {"a.csv": "a,b"}))

    def test_a_zip_without_declared_types(self, tmp_path):
        path = tmp_path / "f.zip"
        with zipfile.ZipFile(path, "w") as target:
            target.writestr("xl/workbook.xml", "<w/>")
        with pytest.raises(RuleBroken, match="damaged"):
            sniff(path)

    def test_declared_types_of_unlikely_size(self, tmp_path):
        path = archive(tmp_path / "f.xlsx", {"xl/workbook.xml": ""}, types=" " * (1 << 21))
        with pytest.raises(RuleBroken, match="damaged"):
            sniff(path)

    def test_a_bomb_in_one_part(self, tmp_path):
        parts = {"xl/workbook.xml": "", "xl/worksheets/sheet1.xml": bytes(30 << 20)}
        path = archive(tmp_path / "f.xlsx", parts)
        assert path.stat().st_size < 100_000
        with pytest.raises(RuleBroken, match="unpacks to far more"):
            sniff(path)

    def test_a_bomb_in_many_parts(self, tmp_path):
        parts = {f"xl/{number}.xml": b"" for number in range(2100)} | {"xl/workbook.xml": ""}
        with pytest.raises(RuleBroken, match="unpacks to far more"):
            sniff(archive(tmp_path / "f.xlsx", parts))

    def test_shared_texts_that_fill_the_memory(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sniffing, "SHARED_LIMIT", 100)
        parts = {"xl/workbook.xml": "", "xl/sharedStrings.xml": "x" * 101}
        with pytest.raises(RuleBroken, match="unpacks to far more"):
            sniff(archive(tmp_path / "f.xlsx", parts))

    def test_a_sum_of_sizes_without_end(self, tmp_path, monkeypatch):
        monkeypatch.setattr(sniffing, "UNPACKED_LIMIT", 100)
        parts = {"xl/workbook.xml": "", "xl/a.xml": "x" * 101}
        with pytest.raises(RuleBroken, match="unpacks to far more"):
            sniff(archive(tmp_path / "f.xlsx", parts))
