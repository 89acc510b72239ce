# ruff: noqa: DTZ001 — tables know no time zones
"""Cells as people write them."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from marketplace.codes.fields import FIELDS as DISCIPLINES
from marketplace.codes.industries import INDUSTRIES
from marketplace.exchange import values, words
from marketplace.exchange.fields import FIELDS, TEMPLATE, ImportKind, field_of, guess
from marketplace.exchange.tables import harmless
from marketplace.exchange.templating import template_rows
from marketplace.exchange.values import BadValue


@pytest.mark.parametrize(
    ("cell", "entries"),
    [
        ("激光；焊接;监测", ("激光", "焊接", "监测")),
        ("laser, welding，x", ("laser", "welding", "x")),
        ("a, b; c", ("a, b", "c")),
        (["x", " x ", "", 3], ("x", "3")),
        ("", ()),
    ],
)
def test_lists(cell, entries):
    assert values.texts(cell) == entries


@pytest.mark.parametrize(
    ("cell", "number"),
    [(6, 6), (6.0, 6), ("6", 6), ("TRL 6", 6), ("６级", 6), ("level 6", 6), ("", None)],
)
def test_whole_numbers(cell, number):
    assert values.number(cell, 1, 9) == number


@pytest.mark.parametrize("cell", ["10", "0", "2.5", "六", "-3", "1e3", "6-7"])
def test_numbers_that_are_none(cell):
    with pytest.raises(BadValue) as bad:
        values.number(cell, 1, 9)
    assert bad.value.expected == "1–9"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        ("2026/11/3", date(2026, 11, 3)),
        ("2026.11.3", date(2026, 11, 3)),
        ("2026年11月3日", date(2026, 11, 3)),
        ("20261103", date(2026, 11, 3)),
        ("2026-11-03 00:00:00", date(2026, 11, 3)),
        (datetime(2026, 11, 3, 4, tzinfo=None), date(2026, 11, 3)),
        (date(2026, 11, 3), date(2026, 11, 3)),
        (" ", None),
    ],
)
def test_days(cell, day):
    assert values.day(cell) == day


@pytest.mark.parametrize("cell", ["2026-13-01", "20260230", "soon", "11/03/2026"])
def test_days_that_are_none(cell):
    with pytest.raises(BadValue):
        values.day(cell)


@pytest.mark.parametrize(
    ("cell", "year"),
    [("2025", 2025), ("2025年", 2025), ("2025-06", 2025), (2025, 2025), ("", None)],
)
def test_years(cell, year):
    assert values.year(cell) == year
    assert values.year(date(2025, 1, 1)) == 2025


def test_years_that_are_none():
    with pytest.raises(BadValue):
        values.year("25")


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("120", 120_0000_00),
        (0.5, 5000_00),
        ("120万", 120_0000_00),
        ("1.2亿元", 120_000_000_00),
        ("85,000元", 85_000_00),
        ("￥85,000.50 元", 85_000_50),
        ("面议", None),
        ("Negotiable", None),
        ("", None),
    ],
)
def test_amounts(cell, fen):
    assert values.amount(cell) == fen


@pytest.mark.parametrize("cell", ["viel", "1.2.3", "-5", "100美元", "99999999999999"])
def test_amounts_that_are_none(cell):
    with pytest.raises(BadValue):
        values.amount(cell)


def test_choices_in_both_languages():
    assert values.choices("独占许可；作价入股", words.COOPERATION) == (
        "exclusive_license",
        "equity",
    )
    assert values.choices("Ordinary License, ordinary_license", words.COOPERATION) == (
        "ordinary_license",
    )
    assert values.choice("", words.COOPERATION) is None
    with pytest.raises(BadValue) as bad:
        values.choice("赠送", words.COOPERATION)
    assert "转让 / 独占许可" in bad.value.expected


def test_codes_by_name_or_code():
    assert values.codes("机械工程；0809", DISCIPLINES) == ("0802", "0809")
    assert values.codes(["图书馆、情报与档案管理"], DISCIPLINES) == ("1205",)
    assert values.codes("图书馆、情报与档案管理", DISCIPLINES) == ("1205",)
    with pytest.raises(BadValue):
        values.codes("炼金术", INDUSTRIES)


@pytest.mark.parametrize("cell", ["a\x00b", "a\x1fb", "\ud800"])
def test_signs_that_are_no_text_are_refused(cell):
    with pytest.raises(BadValue):
        values.plain(cell)


@pytest.mark.parametrize("text", ["=1+1", "+86 27", "-5", "@cmd", "＝SUM(A1)", "plain", "'quoted'"])
def test_a_harmless_cell_is_read_back_as_it_was(text):
    assert values.plain(harmless(text)) == text


class TestFields:
    def test_columns_are_guessed_in_both_languages_and_with_marks(self):
        assert guess(
            ImportKind.RESULTS, ["*成果名称", "TRL ", "价格（万元）", "摘 要", "别的"]
        ) == {
            "*成果名称": "title",
            "TRL ": "trl",
            "价格（万元）": "price",
            "摘 要": "abstract",
        }

    def test_a_field_is_taken_by_the_first_column_alone(self):
        assert guess(ImportKind.RESULTS, ["标题", "名称"]) == {"标题": "title"}

    @pytest.mark.parametrize("kind", list(ImportKind))
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_a_template_maps_onto_its_own_columns(self, kind, language):
        heads, example = template_rows(kind, language)
        assert set(guess(kind, heads).values()) == TEMPLATE[kind]
        assert all(example)

    @pytest.mark.parametrize("kind", list(ImportKind))
    def test_names_of_columns_are_unique(self, kind):
        for language in ("zh", "en"):
            names = [field.name(language) for field in FIELDS[kind]]
            assert len(set(names)) == len(names)

    def test_a_field_is_found_by_its_key(self):
        assert field_of(ImportKind.NEEDS, "title").zh == "需求名称"
        assert field_of(ImportKind.NEEDS, "nothing") is None
