"""Pure rules: the milestone table cell by cell, royalty periods, splits, interest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import Denied, RuleBroken, StepNotAllowed
from marketplace.deals.models import DealRole
from marketplace.performance.models import MilestoneState
from marketplace.performance.rules import interest, milestones, royalty, split
from marketplace.performance.rules.interest import Movement, Stretch
from marketplace.performance.rules.royalty import Period
from marketplace.performance.rules.split import Rates
from marketplace.terms.kinds import RoyaltyBase, RoyaltyCount, RoyaltyPeriod
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
    (S.PAID, "reopen"): (S.PAYABLE, {R.SYSTEM}),
    (S.DELIVERED, "reopen"): (S.PAYABLE, {R.SYSTEM}),
    (S.CHANGES_REQUESTED, "reopen"): (S.PAYABLE, {R.SYSTEM}),
    (S.ACCEPTED, "reopen"): (S.PAYABLE, {R.SYSTEM}),
    (S.RELEASED, "reopen"): (S.PAYABLE, {R.SYSTEM}),
    (S.PLANNED, "replace"): (S.REPLACED, {R.SYSTEM}),
    (S.PAYABLE, "replace"): (S.REPLACED, {R.SYSTEM}),
}
DUE = date(2026, 3, 1)
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
    if event in {"refund", "cancel", "reopen", "replace"}:
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
        year = [Stretch(1_000_000_00, date(2026, 1, 1), date(2027, 1, 1))]
        assert interest.cost(year, rate_bp=450) == 45_000_00
        day = [Stretch(100_00, date(2026, 1, 1), date(2026, 1, 2))]
        assert interest.cost(day, rate_bp=450) == 1
        assert interest.cost([], rate_bp=450) == 0

    def test_runs_from_the_day_after_the_due_day(self):
        assert interest.stretches(DUE, 100, [], until=DUE) == []
        assert interest.days(interest.stretches(DUE, 100, [], until=DUE + timedelta(days=1))) == 1

    def test_follows_payments_and_refunds(self):
        moves = [
            Movement(DUE - timedelta(days=5), -10),
            Movement(DUE + timedelta(days=10), -90),
            Movement(DUE + timedelta(days=15), 40),
            Movement(DUE + timedelta(days=90), -40),
        ]
        found = interest.stretches(DUE, 100, moves, until=DUE + timedelta(days=20))
        assert [(one.amount_minor, one.days) for one in found] == [(90, 10), (40, 5)]

    def test_is_nothing_for_what_was_paid_in_time(self):
        moves = [Movement(DUE, -100)]
        assert interest.stretches(DUE, 100, moves, until=DUE + timedelta(days=20)) == []

    @given(
        st.integers(1, 10**11),
        st.lists(st.integers(0, 400), max_size=5),
        st.integers(1, 10_000),
        st.integers(1, 500),
    )
    def test_is_the_same_in_one_claim_or_several(self, amount, cuts, rate, last):
        days = sorted({one for one in cuts if one < last} | {last})
        claimed = 0
        for day in days:
            found = interest.stretches(DUE, amount, [], until=DUE + timedelta(days=day))
            claimed += max(0, interest.cost(found, rate_bp=rate) - claimed)
        whole = interest.stretches(DUE, amount, [], until=DUE + timedelta(days=last))
        assert claimed == interest.cost(whole, rate_bp=rate)


class TestTermsOverAnAmendment:
    OLD = license_terms(minimum_annual_royalty_minor=None)
    NEW = replace(OLD, royalty_steps=(RoyaltyStep(from_minor=0, rate_bp=100),))

    def test_follow_what_stood_at_the_end_of_the_period(self):
        former = [(date(2026, 5, 1), self.OLD)]
        reports = [(one, 100_00) for one in YEAR]
        found = royalty.owed(self.NEW, reports, None, former)
        assert [one.royalty_minor for one in found] == [5_00, 1_00, 1_00, 1_00]

    def test_go_on_counting_while_the_base_is_the_same(self):
        steps = (
            RoyaltyStep(from_minor=0, rate_bp=500),
            RoyaltyStep(from_minor=100_00, rate_bp=100),
        )
        new = replace(self.OLD, royalty_steps=steps)
        former = [(date(2026, 5, 1), self.OLD)]
        reports = [(YEAR[0], 100_00), (YEAR[1], 100_00)]
        assert royalty.owed(new, reports, None, former)[1].royalty_minor == 1_00
        other = replace(new, royalty_base=RoyaltyBase.PROFIT)
        assert royalty.owed(other, reports, None, former)[1].royalty_minor == 5_00


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
