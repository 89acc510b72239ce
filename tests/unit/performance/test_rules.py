"""Pure rules: the milestone table cell by cell, royalty periods, splits, interest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Denied, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealRole
from marketplace.performance.models import MilestoneState
from marketplace.performance.rules import milestones, royalty, split
from marketplace.performance.rules.royalty import Period
from marketplace.performance.rules.split import Rates
from marketplace.terms.kinds import RoyaltyCount, RoyaltyPeriod
from marketplace.terms.value import RoyaltyStep
from tests.factories.performance import license_terms

S, R = MilestoneState, DealRole
#: Written out by hand, so that a changed table fails here: (state, event) → (target, roles).
ALLOWED = {
    (S.PLANNED, "call"): (S.PAYABLE, {R.LICENSOR, R.LICENSEE, R.SYSTEM}),
    (S.PLANNED, "cancel"): (S.CANCELLED, {R.SYSTEM}),
    (S.PAYABLE, "pay"): (S.PAID, {R.SYSTEM}),
    (S.PAYABLE, "cancel"): (S.CANCELLED, {R.SYSTEM}),
    (S.PAID, "deliver"): (S.DELIVERED, {R.LICENSOR}),
    (S.PAID, "pass"): (S.RELEASED, {R.SYSTEM}),
    (S.PAID, "refund"): (S.REFUNDED, {R.LICENSOR}),
    (S.DELIVERED, "request_changes"): (S.CHANGES_REQUESTED, {R.LICENSEE}),
    (S.DELIVERED, "accept"): (S.ACCEPTED, {R.LICENSEE}),
    (S.DELIVERED, "refund"): (S.REFUNDED, {R.LICENSOR}),
    (S.CHANGES_REQUESTED, "deliver"): (S.DELIVERED, {R.LICENSOR}),
    (S.CHANGES_REQUESTED, "refund"): (S.REFUNDED, {R.LICENSOR}),
    (S.ACCEPTED, "release"): (S.RELEASED, {R.LICENSEE, R.SYSTEM}),
    (S.ACCEPTED, "refund"): (S.REFUNDED, {R.LICENSOR}),
}
CELLS = list(product(S, sorted(milestones.BY_EVENT), [*R, None]))


@pytest.mark.parametrize(("state", "event", "role"), CELLS)
def test_a_step_is_allowed_exactly_as_the_table_says(state, event, role):
    target, roles = ALLOWED.get((state, event), (None, set()))
    known = {one for (_, name), (_, who) in ALLOWED.items() if name == event for one in who}
    if role in roles:
        step = milestones.require_step(event, state, role, note="好", frozen=False)
        assert step.target is target
        assert (step in milestones.open_to(role, state)) is True
    else:
        with pytest.raises(Denied if role not in known else StepNotAllowed):
            milestones.require_step(event, state, role, note="好", frozen=False)


@pytest.mark.parametrize(("state", "event"), sorted(ALLOWED, key=str))
def test_a_dispute_holds_back_all_but_what_undoes(state, event):
    role = next(iter(ALLOWED[state, event][1]))
    if event in {"refund", "cancel"}:
        milestones.require_step(event, state, role, note="好", frozen=True)
    else:
        with pytest.raises(milestones.Frozen):
            milestones.require_step(event, state, role, note="好", frozen=True)


def quarters(start, end, until):
    return list(royalty.periods(start, end, RoyaltyPeriod.QUARTER, until=until))


class TestPeriods:
    def test_end_with_the_calendar(self):
        found = quarters(date(2026, 2, 10), date(2026, 8, 9), date(2027, 1, 1))
        assert found == [
            Period(date(2026, 2, 10), date(2026, 3, 31)),
            Period(date(2026, 4, 1), date(2026, 6, 30)),
            Period(date(2026, 7, 1), date(2026, 8, 9)),
        ]

    def test_wait_until_they_are_over(self):
        assert quarters(date(2026, 1, 1), None, date(2026, 3, 31)) == []
        assert len(quarters(date(2026, 1, 1), None, date(2026, 4, 1))) == 1

    @given(
        st.dates(date(2020, 1, 1), date(2030, 1, 1)),
        st.integers(1, 120),
        st.sampled_from(RoyaltyPeriod),
    )
    def test_cover_the_term_without_gap_or_overlap(self, start, months, length):
        end = royalty.last_day(start, months)
        found = list(royalty.periods(start, end, length, until=date(2050, 1, 1)))
        assert (found[0].from_on, found[-1].to_on) == (start, end)
        days = sum((one.to_on - one.from_on).days + 1 for one in found)
        assert days == (end - start).days + 1

    def test_last_day_of_a_term(self):
        assert royalty.last_day(date(2026, 1, 1), 12) == date(2026, 12, 31)
        assert royalty.last_day(date(2026, 1, 31), 1) == date(2026, 2, 28)
        assert royalty.last_day(date(2026, 1, 1), None) is None


YEAR = quarters(date(2026, 1, 1), None, date(2027, 1, 1))


class TestOwed:
    def test_counts_steps_over_the_year(self):
        found = royalty.owed(
            license_terms(), [(one, 600_000_00) for one in YEAR], date(2028, 12, 31)
        )
        assert [one.royalty_minor for one in found] == [
            30_000_00,
            20_000_00 + 6_000_00,
            18_000_00,
            18_000_00,
        ]
        assert [one.top_up_minor for one in found] == [0, 0, 0, 0]

    def test_lifts_a_full_year_to_the_minimum(self):
        found = royalty.owed(license_terms(), [(one, 100) for one in YEAR], date(2028, 12, 31))
        assert sum(one.amount_minor for one in found) == 20_000_00
        assert [one.top_up_minor > 0 for one in found] == [False, False, False, True]

    def test_asks_no_minimum_of_a_short_year(self):
        late = quarters(date(2026, 2, 1), None, date(2027, 1, 1))
        found = royalty.owed(license_terms(), [(one, 0) for one in late], None)
        assert sum(one.amount_minor for one in found) == 0

    def test_counts_on_over_years_when_agreed(self):
        terms = license_terms(royalty_count=RoyaltyCount.CUMULATIVE)
        two = quarters(date(2026, 10, 1), None, date(2027, 4, 1))
        found = royalty.owed(terms, [(one, 1_000_000_00) for one in two], None)
        assert [one.royalty_minor for one in found] == [50_000_00, 30_000_00]

    @given(st.lists(st.integers(0, 10**11), max_size=4), st.integers(1, 10_000))
    def test_adds_up_to_one_report_of_the_year(self, bases, rate):
        terms = replace(
            license_terms(minimum_annual_royalty_minor=None),
            royalty_steps=(RoyaltyStep(from_minor=0, rate_bp=rate),),
        )
        found = royalty.owed(terms, list(zip(YEAR, bases, strict=False)), None)
        whole = (sum(bases) * rate + 5_000) // 10_000
        assert sum(one.amount_minor for one in found) == whole


class TestInterest:
    def test_is_simple_and_exact(self):
        assert royalty.interest(1_000_000_00, days=365, rate_bp=450) == 45_000_00
        assert royalty.interest(100_00, days=1, rate_bp=450) == 1
        assert royalty.interest(0, days=9, rate_bp=450) == 0
        assert royalty.interest(5, days=0, rate_bp=450) == 0


RATES = Rates(inventors_bp=7000, staff_bp=500, college_bp=1000, university_bp=1500)
weights = st.lists(st.integers(1, 10**6), min_size=1, max_size=9)


class TestSplit:
    @given(st.integers(0, 10**13), st.integers(0, 10**13), weights, weights)
    def test_never_loses_a_cent(self, gross, cost, inventors, staff):
        cost = min(cost, gross)
        found = split.divide(gross, cost, RATES, inventors=inventors, staff=staff)
        pools = (
            found.inventors_minor,
            found.staff_minor,
            found.college_minor,
            found.university_minor,
        )
        assert cost + sum(pools) == gross
        assert found.net_minor == sum(pools)
        assert sum(found.inventors) == found.inventors_minor
        assert sum(found.staff) == found.staff_minor
        assert min(*pools, *found.inventors, *found.staff) >= 0

    def test_refuses_what_makes_no_sense(self):
        with pytest.raises(RuleBroken, match="exceed the income"):
            split.divide(1, 2, RATES, inventors=[1], staff=[1])
        with pytest.raises(RuleBroken, match="at least one inventor"):
            split.divide(100, 0, RATES, inventors=[], staff=[1])
        with pytest.raises(RuleBroken, match="transfer staff"):
            split.divide(100, 0, RATES, inventors=[1])
        assert split.divide(0, 0, RATES, inventors=[]).inventors == ()

    def test_keeps_the_floor_and_the_whole(self):
        split.require_rates(RATES, floor_bp=5000)
        low = Rates(inventors_bp=4999, staff_bp=1, college_bp=2000, university_bp=3000)
        with pytest.raises(RuleBroken, match="at least") as caught:
            split.require_rates(low, floor_bp=5000)
        assert caught.value.values["floor"] == "50"
        more = replace(RATES, staff_bp=501)
        with pytest.raises(RuleBroken, match="together") as caught:
            split.require_rates(more, floor_bp=5000)
        assert caught.value.values["sum"] == "100.01"
