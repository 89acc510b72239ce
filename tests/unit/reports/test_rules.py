from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.reports import rules
from marketplace.reports.models import Conclusion
from marketplace.reports.utilisation import Month, months_until

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class TestVerdict:
    @pytest.mark.parametrize(
        ("target", "measured", "verdict"),
        [
            ("95", "95.0", "reached"),
            ("95", "94.9", "missed"),
            ("≥ 95", "96", "reached"),
            (">=95", "94", "missed"),
            ("> 95", "95", "missed"),
            ("≤ 3", "3", "reached"),
            ("≤3", "3.1", "missed"),
            ("<3", "3", "missed"),
            ("< 3", "2.9", "reached"),
            ("95 %", "96%", "reached"),
            ("-40", "-41", "missed"),
            ("光滑", "光滑", ""),
            ("95", "合格", ""),
            ("", "95", ""),
            ("NaN", "95", ""),
        ],
    )
    def test_compares_numbers_with_the_sign_of_the_target(self, target, measured, verdict):
        assert rules.verdict(target, measured) == verdict


class TestJudged:
    def test_leaves_out_empty_rows_and_keeps_given_verdicts(self):
        rows = rules.judged(
            [
                {"name": " 回收率 ", "unit": "%", "target": "95", "measured": "96"},
                {"name": "外观", "target": "光滑", "measured": "光滑", "verdict": "reached"},
                {"unit": "%"},
                {},
            ]
        )
        assert [row["verdict"] for row in rows] == ["reached", "reached"]
        assert rows[0]["name"] == "回收率"

    @pytest.mark.parametrize(
        ("verdicts", "conclusion"),
        [
            (["reached", "reached"], Conclusion.REACHED),
            (["reached", "missed"], Conclusion.PARTLY),
            (["missed"], Conclusion.MISSED),
            (["", ""], None),
            ([], None),
        ],
    )
    def test_comes_to_a_conclusion(self, verdicts, conclusion):
        assert rules.conclusion_of([{"verdict": one} for one in verdicts]) is conclusion


class TestRequire:
    def test_times_lie_in_order_and_in_the_past(self):
        rules.require_times(NOON - timedelta(hours=2), NOON, NOON)
        with pytest.raises(RuleBroken, match="after it began"):
            rules.require_times(NOON, NOON, NOON)
        with pytest.raises(RuleBroken, match="future"):
            rules.require_times(NOON, NOON + timedelta(minutes=1), NOON)

    @pytest.mark.parametrize(("charge", "reason"), [(-1, "x"), (101, "x"), (99, " ")])
    def test_a_charge_lies_within_the_price_and_has_its_reason(self, charge, reason):
        with pytest.raises(RuleBroken):
            rules.require_charge(charge, 100, reason)

    @pytest.mark.parametrize(("charge", "reason"), [(100, ""), (0, "设备故障")])
    def test_the_whole_price_needs_no_reason(self, charge, reason):
        rules.require_charge(charge, 100, reason)

    def test_reasons_are_short(self):
        with pytest.raises(RuleBroken, match="longer"):
            rules.require_reason("x" * 1001, "reason")

    @pytest.mark.parametrize("missing", ["object_tested", "method", "summary"])
    def test_a_report_says_what_how_and_what_was_found(self, missing):
        values = {"object_tested": "样品", "method": "GB/T 1", "summary": "达标"} | {missing: " "}
        with pytest.raises(RuleBroken) as caught:
            rules.require_issuable(rows=[{"name": "a", "measured": "1"}], **values)
        assert caught.value.field == missing

    @pytest.mark.parametrize(
        "rows", [[], [{"name": "", "measured": "1"}], [{"name": "a", "measured": ""}]]
    )
    def test_a_report_has_measured_values(self, rows):
        with pytest.raises(RuleBroken) as caught:
            rules.require_issuable(object_tested="a", method="b", summary="c", rows=rows)
        assert caught.value.field == "rows"


class TestMonths:
    def test_are_twelve_up_to_today(self):
        found = months_until(date(2026, 2, 27))
        assert (found[0], found[-1], len(found)) == (date(2025, 3, 1), date(2026, 2, 1), 12)

    def test_idle_is_never_below_nothing(self):
        month = Month(first=date(2026, 1, 1), offered=0, used=2, uses=1, missed=0, income_minor=0)
        assert (month.idle, month.percent) == (0.0, None)
        month = Month(first=date(2026, 1, 1), offered=8, used=2, uses=1, missed=0, income_minor=0)
        assert (month.idle, month.percent) == (6.0, 25)
