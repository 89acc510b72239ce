"""Figures are declared once and typed with care."""

from __future__ import annotations

import pytest

from marketplace.codes import rules
from marketplace.codes.rules import Unit, parse
from marketplace.core.errors import RuleBroken


class TestDeclare:
    def test_gives_the_key_back_and_takes_the_same_again(self):
        for _ in range(2):
            assert (
                rules.declare("t.same", 3, Unit.DAYS, "Days", "A law", confirmed=True) == "t.same"
            )

    def test_refuses_another_meaning_for_a_key(self):
        rules.declare("t.twice", 3, Unit.DAYS, "Days", "A law", confirmed=True)
        with pytest.raises(ValueError, match="twice"):
            rules.declare("t.twice", 4, Unit.DAYS, "Days", "A law", confirmed=True)

    def test_refuses_a_default_of_another_kind(self):
        with pytest.raises(ValueError, match="kind"):
            rules.declare("t.kind", "three", Unit.DAYS, "Days", "A law", confirmed=True)


class TestParse:
    @pytest.mark.parametrize(
        ("unit", "typed", "found"),
        [
            (Unit.DAYS, " 15 ", 15),
            (Unit.FEN, "100,000,000", 100_000_000),
            (Unit.BASIS_POINTS, "10000", 10_000),
            (Unit.TEXT, " a town ", "a town"),
        ],
    )
    def test_reads(self, unit, typed, found):
        assert parse(unit, typed) == found

    @pytest.mark.parametrize(
        ("unit", "typed"),
        [
            (Unit.DAYS, "-1"),
            (Unit.DAYS, "1.5"),
            (Unit.DAYS, ""),
            (Unit.DAYS, "１５"),
            (Unit.FEN, "9" * 20),
            (Unit.BASIS_POINTS, "10001"),
            (Unit.TEXT, " "),
            (Unit.TEXT, "x" * 501),
        ],
    )
    def test_refuses(self, unit, typed):
        with pytest.raises(RuleBroken):
            parse(unit, typed)
