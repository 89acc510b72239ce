from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.money import shares


class TestShares:
    @given(
        st.integers(0, 10**12),
        st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(
            lambda parts: sum(parts) > 0
        ),
    )
    def test_add_up_to_the_cent(self, total, weights):
        parts = shares(total, weights)
        assert sum(parts) == total
        for part, weight in zip(parts, weights, strict=True):
            assert abs(part - total * weight / sum(weights)) < 1 + total / 10**14

    def test_give_the_odd_cents_to_the_largest_remainders(self):
        assert shares(100, [1, 1, 1]) == [34, 33, 33]
        assert shares(101, [50, 30, 20]) == [51, 30, 20]

    @pytest.mark.parametrize("weights", [[0, 0], [-1, 2]])
    def test_refuse_weights_that_mean_nothing(self, weights):
        with pytest.raises(ValueError, match="weights"):
            shares(100, weights)
