"""Amounts, shares and spans as contracts write them."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.contracts.clauses import values


class TestCapitalYuan:
    @pytest.mark.parametrize(
        ("minor", "written"),
        [
            (0, "零元整"),
            (100, "壹元整"),
            (1_000, "壹拾元整"),
            (10_500, "壹佰零伍元整"),
            (100_100, "壹仟零壹元整"),
            (1_000_000, "壹万元整"),
            (1_001_000, "壹万零壹拾元整"),
            (10_050_000, "壹拾万零伍佰元整"),
            (100_000_000, "壹佰万元整"),
            (123_456_789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
            (10_000_000_100, "壹亿零壹元整"),
            (100_000_000_000, "壹拾亿元整"),
            (100_000_000_000_000, "壹万亿元整"),
            (105, "壹元零伍分"),
            (150, "壹元伍角整"),
        ],
    )
    def test_writes_every_digit_and_gap(self, minor, written):
        assert values.capital_yuan(minor) == written


class TestAmount:
    def test_gives_figures_and_capitals_in_yuan_alone(self):
        yuan = values.amount(123_456_00, "CNY", "terms.upfront_fee_minor")
        assert yuan.zh == "人民币123,456.00元（大写：壹拾贰万叁仟肆佰伍拾陆元整）"
        assert yuan.en == "CNY 123,456.00"
        assert values.amount(100, "USD", "x").zh == "美元1.00元"
        assert values.currency("HKD", "x").zh == "港币（HKD）"


class TestPercent:
    @pytest.mark.parametrize(
        ("basis_points", "shown"), [(500, "5%"), (525, "5.25%"), (10_000, "100%"), (1, "0.01%")]
    )
    def test_keeps_hundredths(self, basis_points, shown):
        assert values.percent(basis_points, "x").zh == shown


class TestSpans:
    def test_say_years_where_months_make_whole_ones(self):
        assert (values.months(36, "x").zh, values.months(12, "x").en) == ("3年", "1 year")
        assert (values.months(18, "x").zh, values.months(1, "x").en) == ("18个月", "1 month")
        assert (values.years(1, "x").en, values.years(5, "x").en) == ("1 year", "5 years")

    def test_say_days_in_both_languages(self):
        shown = values.day(date(2026, 3, 5), "x")
        assert (shown.zh, shown.en) == ("2026年3月5日", "5 March 2026")
