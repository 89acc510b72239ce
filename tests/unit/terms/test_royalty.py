"""Royalty steps: what is refused, and what an amount comes to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.terms.kinds import RoyaltyForm
from marketplace.terms.rules import royalty
from marketplace.terms.value import RoyaltyStep

RISING = (RoyaltyStep(from_minor=0, rate_bp=300), RoyaltyStep(from_minor=1_000_000, rate_bp=500))


@st.composite
def sound_steps(draw):
    """Steps of a form, in order, as the rule wants them."""
    form = draw(st.sampled_from(RoyaltyForm))
    count = 1 if form is RoyaltyForm.FIXED else draw(st.integers(2, 5))
    rates = sorted(
        draw(
            st.lists(st.integers(1, 10_000), min_size=count, max_size=count, unique=True),
        ),
        reverse=form is RoyaltyForm.FALLING,
    )
    thresholds = sorted(
        draw(st.lists(st.integers(1, 10**12), min_size=count - 1, max_size=count - 1, unique=True))
    )
    return form, tuple(
        RoyaltyStep(from_minor=threshold, rate_bp=rate)
        for threshold, rate in zip((0, *thresholds), rates, strict=True)
    )


class TestFaultsOfSteps:
    @given(sound_steps())
    def test_finds_none_in_steps_in_order(self, made):
        form, steps = made
        assert list(royalty.faults_of_steps(form, steps)) == []

    @given(sound_steps(), st.data())
    def test_finds_steps_out_of_order(self, made, data):
        form, steps = made
        shuffled = data.draw(st.permutations(steps))
        if tuple(shuffled) != steps:
            assert list(royalty.faults_of_steps(form, shuffled))

    @given(sound_steps(), st.sampled_from(RoyaltyForm))
    def test_finds_steps_of_another_form(self, made, form):
        found = list(royalty.faults_of_steps(form, made[1]))
        assert bool(found) == (form is not made[0])

    @pytest.mark.parametrize(
        "steps",
        [
            (),
            (RoyaltyStep(from_minor=1, rate_bp=300),),
            (RoyaltyStep(from_minor=0, rate_bp=0),),
            (RoyaltyStep(from_minor=0, rate_bp=10_001),),
        ],
    )
    def test_finds_a_fault_of_one_step(self, steps):
        assert len(list(royalty.faults_of_steps(RoyaltyForm.FIXED, steps))) == 1


class TestAmount:
    @pytest.mark.parametrize(
        ("base", "due"),
        [
            (0, 0),
            (1_000_000, 30_000),
            (1_000_001, 30_000),
            (1_000_010, 30_001),  # 0.5 is rounded up
            (3_000_000, 130_000),
        ],
    )
    def test_charges_each_part_at_the_rate_of_its_step(self, base, due):
        assert royalty.amount(RISING, base) == due

    @given(sound_steps(), st.lists(st.integers(0, 10**12), max_size=6))
    def test_parts_add_up_to_the_whole(self, made, parts):
        steps, total, already = made[1], 0, 0
        for part in parts:
            total += royalty.amount(steps, part, already_minor=already)
            already += part
        assert total == royalty.amount(steps, sum(parts))

    @given(sound_steps(), st.integers(0, 10**12), st.integers(0, 10**12))
    def test_never_falls_when_the_base_grows_and_never_exceeds_it(self, made, base, more):
        low, high = royalty.amount(made[1], base), royalty.amount(made[1], base + more)
        assert 0 <= low <= high <= base + more

    @pytest.mark.parametrize(("base", "already"), [(-1, 0), (0, -1)])
    def test_refuses_a_negative_base(self, base, already):
        with pytest.raises(ValueError, match="negative"):
            royalty.amount(RISING, base, already_minor=already)

    def test_lifts_a_year_to_its_minimum(self):
        assert royalty.owed_for_year(50, 100) == 100
        assert royalty.owed_for_year(150, 100) == 150
        assert royalty.owed_for_year(50, None) == 50
