# ruff: noqa: DTZ001 — tables know no time zones
"""Rows come one by one, in every form, with their place in the file."""

from __future__ import annotations

import json
import zipfile
from datetime import date, datetime

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.layouts import look_at, shown, without_header
from marketplace.exchange.reading import rows as reading
from marketplace.exchange.reading.rows import (
    Layout,
    Row,
    count_lines,
    first_cells,
    named,
    read_rows,
    text_of,
)
from marketplace.exchange.reading.sniffing import FileFormat, Sniffed, sniff
from tests.record_files import archive, workbook, write

RESULTS = ImportKind.RESULTS


def read(path, kind=RESULTS):
    layout, _mapping = look_at(path, kind)
    return list(read_rows(path, layout))


def test_tables_give_cells_by_the_names_of_their_columns(tmp_path):
    path = write(tmp_path / "f", '编号,名称,#问题\n1,"激光,\n焊接",alt\n\n2,x\n', "gb18030")
    assert read(path) == [
        Row(1, {"编号": "1", "名称": "激光,\n焊接"}),
        Row(2, {}),
        Row(3, {"编号": "2", "名称": "x"}),
    ]


def test_reading_goes_on_behind_a_checkpoint(tmp_path):
    path = write(tmp_path / "f", "名称\n" + "".join(f"n{number}\n" for number in range(9)))
    layout, _ = look_at(path, RESULTS)
    assert [row.number for row in read_rows(path, layout, skip=7)] == [8, 9]


def test_workbooks_give_the_values_that_are_seen(tmp_path):
    path = workbook(
        tmp_path / "f.xlsx",
        ("名称", "年份", "申请日", "公式", None),
        ("激光", 2025, datetime(2020, 5, 1), "=1+1", None),
        (None, None, None, None),
        ("<script>alert(1)</script>", 2.5, None, None),
    )
    assert read(path) == [
        Row(1, {"名称": "激光", "年份": 2025, "申请日": datetime(2020, 5, 1)}),
        Row(2, {}),
        Row(3, {"名称": "<script>alert(1)</script>", "年份": 2.5}),
    ]


def test_a_workbook_that_claims_to_be_small_is_read_whole(tmp_path):
    source = workbook(tmp_path / "s.xlsx", ("名称",), *[(f"n{number}",) for number in range(5)])
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part).replace(b'ref="A1:A6"', b'ref="A1"')
            new.writestr(part, content)
    assert len(read(path)) == 5


def test_damaged_workbooks_are_refused(tmp_path):
    parts = {"xl/workbook.xml": "<no"}
    path = archive(tmp_path / "f.xlsx", parts)
    with pytest.raises(RuleBroken, match="damaged"):
        first_cells(path, sniff(path))


def test_a_workbook_that_breaks_off_is_refused(tmp_path):
    source = workbook(tmp_path / "s.xlsx", ("名称",), ("a",))
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = content.replace(b"</sheetData>", b"<row r='9'><c r='A9'><v>")
            new.writestr(part, content)
    with pytest.raises(RuleBroken, match="damaged"):
        read(path)


def test_a_workbook_with_entities_that_explode_is_refused(tmp_path):
    source = workbook(tmp_path / "s.xlsx", ("名称",), ("a",))
    path = tmp_path / "f.xlsx"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("workbook.xml"):
                content = bomb + content.replace(b"Sheet", b"&b;")
            new.writestr(part, content)
    with pytest.raises(RuleBroken, match="damaged"):
        read(path)


def test_a_workbook_without_sheets_is_refused(tmp_path, monkeypatch):
    class Book:
        worksheets = ()

    monkeypatch.setattr(reading, "load_workbook", lambda *_a, **_k: Book())
    with pytest.raises(RuleBroken, match="no sheet"):
        first_cells(write(tmp_path / "f", "x"), Sniffed(FileFormat.XLSX))


def test_json_lines_give_objects_and_name_what_is_none(tmp_path):
    lines = [
        '{"id": "1", "title": "a", "keywords": ["x", "y"], "n": null, "#faults": []}',
        "",
        "[1]",
        '{"id": ',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        '{"title": "b"}',
    ]
    path = write(tmp_path / "f", "\n".join(lines))
    rows = read(path)
    assert rows[0] == Row(1, {"id": "1", "title": "a", "keywords": ["x", "y"]})
    assert rows[1] == Row(2, {})
    assert [row.number for row in rows if row.fault] == [3, 4, 5, 6]
    assert rows[6] == Row(7, {"title": "b"})


def test_a_line_without_end_is_passed_over_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "CELL_LIMIT", 50)
    long = json.dumps({"title": "x" * 200})
    path = write(tmp_path / "f", f'{{"title": "a"}}\n{long}\n{{"title": "b"}}\n{long}')
    rows = read(path)
    assert [bool(row.fault) for row in rows] == [False, True, False, True]


def test_a_quotation_mark_that_is_not_closed_names_the_line(tmp_path):
    path = write(tmp_path / "f", '名称,摘要\na,b\nc,"d\n' + "e,f\n" * 3)
    layout, _ = look_at(write(tmp_path / "g", "名称,摘要\na,b\n"), RESULTS)
    with pytest.raises(RuleBroken, match="breaks off"):
        list(read_rows(path, layout))


def test_cells_of_workbooks_are_cut_at_the_limit(monkeypatch):
    monkeypatch.setattr(reading, "CELL_LIMIT", 3)
    assert reading._cell("abcd") == "abc"
    assert reading._cell(1234) == 1234


def test_too_many_columns_are_refused(tmp_path):
    path = write(tmp_path / "f", ",".join(f"c{number}" for number in range(201)) + "\n")
    with pytest.raises(RuleBroken, match="columns"):
        look_at(path, RESULTS)


def test_names_of_columns_are_unique_and_never_empty():
    assert named(["a", " a ", "", "a"]) == ("a", "a (2)", "(3)", "a (3)")


def test_rows_are_counted_without_reading_them(tmp_path):
    path = write(tmp_path / "f", "a\nb\nc\n")
    assert count_lines(path, Sniffed(FileFormat.CSV)) == 3
    assert count_lines(path, Sniffed(FileFormat.XLSX)) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (3.0, "3"),
        (2.5, "2.5"),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4), "2026-01-02 03:04:00"),
        (["a", 1], '["a", 1]'),
        (True, "True"),
    ],
)
def test_cells_as_text(cell, text):
    assert text_of(cell) == text


class TestLayout:
    def test_a_bare_list_of_needs_is_recognized(self, tmp_path):
        path = write(tmp_path / "f", "dev1\tzh\t想把铜提出来\ndev2\ten\trecover copper\n")
        layout, mapping = look_at(path, ImportKind.NEEDS)
        assert not layout.has_header
        assert mapping == {"(1)": "reference", "(2)": "language", "(3)": "problem"}
        assert [row.number for row in layout.sample] == [1, 2]

    def test_a_first_line_that_is_a_record_can_be_read_as_one(self, tmp_path):
        path = write(tmp_path / "f", "a,b\nc,d\n")
        layout, mapping = look_at(path, RESULTS)
        assert (layout.columns, mapping) == (("a", "b"), {})
        bare = without_header(path, layout)
        assert bare.columns == ("(1)", "(2)")
        assert [row.cells for row in read_rows(path, bare)] == [
            {"(1)": "a", "(2)": "b"},
            {"(1)": "c", "(2)": "d"},
        ]

    def test_samples_are_cut(self, tmp_path):
        path = write(tmp_path / "f", "名称\n" + "长" * 100 + "\n")
        layout, _ = look_at(path, RESULTS)
        assert shown(layout, "名称", 10) == ["长" * 9 + "…"]
        assert shown(layout, "nothing") == [""]

    def test_layouts_hold_no_rows_by_themselves(self):
        assert Layout(Sniffed(FileFormat.CSV), ()).sample == ()
