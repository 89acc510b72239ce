"""Tiers in order, and which of them an amount falls into."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.terms.rules import approval
from marketplace.terms.rules.approval import EXAMPLE, Tier
from tests.unit.terms.test_value import LICENSE, SERVICE

WAN = 1_000_000


class TestFaults:
    def test_finds_none_in_the_example(self):
        assert list(approval.faults(EXAMPLE)) == []

    @pytest.mark.parametrize(
        "tiers",
        [
            (),
            EXAMPLE[1:],
            (EXAMPLE[0], EXAMPLE[2], EXAMPLE[1]),
            (EXAMPLE[0], EXAMPLE[0]),
            (replace(EXAMPLE[0], body=" "),),
            (replace(EXAMPLE[0], from_minor=-1),),
            tuple(Tier(from_minor=n, body="x") for n in range(11)),
        ],
    )
    def test_finds_each_fault(self, tiers):
        assert list(approval.faults(tiers))


class TestTierOf:
    @pytest.mark.parametrize(
        ("wan", "tier"),
        [(0, 0), (200, 0), (201, 1), (499, 1), (500, 2), (5000, 2)],
    )
    def test_follows_the_bounds_of_the_example(self, wan, tier):
        assert approval.tier_of(EXAMPLE, wan * WAN) == EXAMPLE[tier]

    def test_leaves_the_bound_itself_to_the_tier_below(self):
        assert approval.tier_of(EXAMPLE, 200 * WAN) == EXAMPLE[0]
        assert approval.tier_of(EXAMPLE, 200 * WAN + 1) == EXAMPLE[1]

    def test_is_nothing_without_tiers(self):
        assert approval.tier_of((), 1) is None

    @given(st.integers(0, 10**12))
    def test_every_amount_has_one(self, amount):
        assert approval.tier_of(EXAMPLE, amount) is not None


class TestWorth:
    def test_sums_what_is_fixed_with_minimum_royalties_over_the_term(self):
        assert approval.worth_minor(LICENSE) == 35_000_000 + 5 * 1_000_000

    def test_counts_one_year_without_a_term(self):
        terms = replace(LICENSE, term_months=None)
        assert approval.worth_minor(terms) == 35_000_000 + 1_000_000

    def test_counts_the_value_of_shares(self):
        terms = replace(SERVICE, equity_bp=1000, valuation_minor=700)
        assert approval.worth_minor(terms) == 3_000_000 + 700

    def test_gives_the_company_behind_a_share(self):
        assert approval.share_value_minor(2_000_000, 2_000) == 10_000_000
