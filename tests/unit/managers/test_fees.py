"""The fee of a mandate: bounds, rounding, and shares that add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.managers.fees import (
    WHOLE_BP,
    Bound,
    Commission,
    commission,
    share_of,
    work_out,
)
from marketplace.managers.models import FeePayer
from marketplace.managers.rules import MandateDraft

PLAIN = MandateDraft(
    records=(), starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), tail_days=180
)
AMOUNTS = st.integers(0, 10**13)


@st.composite
def terms(draw):
    floor = draw(st.integers(0, 10**9))
    return replace(
        PLAIN,
        success_fee_bp=draw(st.integers(0, 5000)),
        fixed_fee_minor=draw(st.integers(0, 10**9)),
        floor_minor=floor,
        cap_minor=draw(st.one_of(st.none(), st.integers(max(floor, 1), 10**10))),
        payer=draw(st.sampled_from(FeePayer)),
    )


class TestShareOf:
    @pytest.mark.parametrize(
        ("amount", "points", "share"),
        [(10_000, 500, 500), (1, 5000, 1), (99, 50, 0), (100, 50, 1), (101, 5000, 51), (0, 9, 0)],
    )
    def test_rounds_half_a_unit_up(self, amount, points, share):
        assert share_of(amount, points) == share

    @given(AMOUNTS, st.integers(0, WHOLE_BP))
    def test_is_the_nearest_whole_unit(self, amount, points):
        exact = Fraction(amount * points, WHOLE_BP)
        assert -Fraction(1, 2) <= exact - share_of(amount, points) < Fraction(1, 2) or (
            share_of(amount, points) - exact == Fraction(1, 2)
        )


class TestCommission:
    @given(AMOUNTS, terms())
    def test_adds_up_to_the_whole(self, amount, mandate):
        fee = commission(amount, mandate)
        assert sum(fee) == fee.total_minor
        assert min(fee) >= 0

    @given(AMOUNTS, terms())
    def test_stays_within_its_bounds(self, amount, mandate):
        total = commission(amount, mandate).total_minor
        assert total >= mandate.floor_minor
        assert mandate.cap_minor is None or total <= mandate.cap_minor

    @given(AMOUNTS, AMOUNTS, terms())
    def test_never_falls_with_the_value(self, one, other, mandate):
        low, high = sorted((one, other))
        assert commission(low, mandate).total_minor <= commission(high, mandate).total_minor

    @given(AMOUNTS, terms())
    def test_is_borne_by_whom_the_mandate_names(self, amount, mandate):
        fee = commission(amount, mandate)
        if mandate.payer is FeePayer.CLIENT:
            assert fee.other_minor == 0
        elif mandate.payer is FeePayer.OTHER:
            assert fee.client_minor == 0
        else:
            assert fee.client_minor - fee.other_minor in (0, 1)

    def test_adds_the_fixed_part_to_the_share(self):
        mandate = replace(PLAIN, success_fee_bp=250, fixed_fee_minor=1_000)
        assert commission(100_000, mandate) == Commission(3_500, 3_500, 0)

    def test_raises_to_the_floor_and_cuts_at_the_cap(self):
        mandate = replace(PLAIN, success_fee_bp=1000, floor_minor=5_000, cap_minor=8_000)
        assert [commission(value, mandate).total_minor for value in (0, 60_000, 900_000)] == [
            5_000,
            6_000,
            8_000,
        ]

    def test_gives_an_odd_unit_to_the_client(self):
        mandate = replace(PLAIN, fixed_fee_minor=101, payer=FeePayer.SHARED)
        assert commission(0, mandate) == Commission(101, 51, 50)

    def test_refuses_a_negative_value(self):
        with pytest.raises(ValueError, match="at least 0"):
            commission(-1, replace(PLAIN, success_fee_bp=1))


class TestWorkOut:
    @given(AMOUNTS, terms())
    def test_is_the_fee_with_every_step(self, amount, mandate):
        steps = work_out(amount, mandate)
        assert steps.total_minor == commission(amount, mandate).total_minor
        if steps.bound is None:
            assert steps.total_minor == steps.share_minor + steps.fixed_minor
        elif steps.bound is Bound.CAP:
            assert steps.total_minor == mandate.cap_minor
        else:
            assert steps.total_minor == mandate.floor_minor > steps.share_minor + steps.fixed_minor
