"""Offers' states, trials' steps and reminders, words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.terms.kinds import RoyaltyPeriod, Side
from marketplace.terms.models import (
    OfferFate,
    Trial,
    TrialPayment,
    TrialStatus,
    TrialTrigger,
)
from marketplace.terms.rules import offers, trials
from marketplace.terms.rules.difference import compare
from marketplace.terms.rules.offers import OfferState
from marketplace.terms.rules.validation import faults
from marketplace.terms.value import NAMES
from marketplace.terms.wording import GROUPS, LABELS, Wording, amount, percent
from tests.conftest import NOON
from tests.unit.terms.test_value import LICENSE, SERVICE

TODAY = date(2026, 11, 20)


class TestState:
    def test_is_open_until_its_last_day(self):
        assert offers.state(None, TODAY, today=TODAY) is OfferState.ON_THE_TABLE
        assert offers.state(None, TODAY, today=TODAY + timedelta(days=1)) is OfferState.RUN_OUT

    @pytest.mark.parametrize("fate", list(OfferFate))
    def test_is_its_fate_once_it_has_one(self, fate):
        assert offers.state(fate, TODAY, today=TODAY).value == fate.value
        with pytest.raises(StepNotAllowed):
            offers.require_open(fate, TODAY, today=TODAY)

    @pytest.mark.parametrize("days", [-1, 181])
    def test_refuses_a_last_day_too_early_or_too_late(self, days):
        with pytest.raises(RuleBroken):
            offers.require_valid_until(TODAY + timedelta(days=days), today=TODAY)


def trial(**values):
    values = {
        "deal_id": None,
        "proposed_by_side": Side.LICENSOR,
        "proposed_by": None,
        "proposed_at": NOON,
        "starts_on": TODAY,
        "trigger": TrialTrigger.DATE,
        "decide_by": date(2027, 5, 20),
        "payment": TrialPayment.DELAYED,
        "price_minor": 1000,
    } | values
    return Trial(**values)


class TestTrial:
    def test_is_due_by_date_or_by_income(self):
        dated, paid = trial(), trial(trigger=TrialTrigger.FIRST_INCOME)
        assert not trials.is_due(dated, today=date(2027, 5, 19))
        assert trials.is_due(dated, today=date(2027, 5, 20))
        paid.income_on = date(2027, 1, 2)
        assert not trials.is_due(paid, today=date(2027, 1, 1))
        assert trials.is_due(paid, today=date(2027, 1, 2))
        assert trials.is_due(trial(trigger=TrialTrigger.FIRST_INCOME), today=date(2027, 5, 20))

    @given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
    def test_reminds_once_at_each_mark_on_whatever_days_it_looks(self, lefts):
        watched = trial()
        marks = []
        for left in sorted(lefts, reverse=True):
            mark = trials.reminder(watched, today=watched.decide_by - timedelta(days=left))
            if mark is not None:
                watched.reminded_at_days = mark
                marks.append(mark)
        assert marks == sorted(set(marks), reverse=True)
        assert bool(marks) == (min(lefts) <= 30)

    def test_ends_in_one_of_three_ways(self):
        ends = {state for state in TrialStatus if not trials.LIFECYCLE.possible(state)}
        assert ends == {TrialStatus.CONVERTED, TrialStatus.GIVEN_BACK, TrialStatus.CALLED_OFF}

    @pytest.mark.parametrize(
        "values",
        [
            {},
            {"payment": TrialPayment.INSTALMENT, "instalments": 3},
            {"payment": TrialPayment.CONDITIONAL, "condition": "良率达到 95%"},
            {"payment": TrialPayment.REVENUE_SHARE, "share_bp": 250, "price_minor": None},
        ],
    )
    def test_turns_into_sound_terms_of_the_same_price(self, values):
        made = trial(**values)
        assert list(trials.faults(made)) == []
        terms = trials.terms_after(made, subject="除锈", today=TODAY)
        assert faults(terms) == []
        assert terms.fixed_total_minor == (made.price_minor or 0)


class TestWording:
    words = Wording(say=str)

    def test_names_and_groups_every_field_once(self):
        assert set(LABELS) == set(NAMES)
        grouped = [name for _, names in GROUPS for name in names]
        assert sorted(grouped) == sorted(NAMES)

    def test_puts_amounts_shares_and_rows_into_words(self):
        assert amount(120_000_050, "CNY") == "¥1,200,000.50"
        assert amount(100, "USD") == "USD 1.00"
        assert percent(250) == "2.5 %"
        assert percent(10_000) == "100 %"
        assert self.words.lines(LICENSE, "royalty_steps") == [
            "from ¥0.00 on: 3 %",
            "from ¥10,000,000.00 on: 5 %",
        ]
        assert self.words.lines(LICENSE, "milestones") == [
            "样机 · ¥100,000.00 · falls due on 2027-06-30 · 连续运行 300 小时"
        ]
        assert self.words.lines(LICENSE, "term_months") == ["60 months"]
        assert self.words.lines(LICENSE, "confidentiality_years") == ["5 years"]
        assert self.words.lines(LICENSE, "inspects_books") == ["Yes"]
        assert self.words.lines(LICENSE, "free_of_charge") == ["No"]
        assert self.words.lines(LICENSE, "starts_on") == ["2027-01-01"]
        assert self.words.lines(SERVICE, "entry_fee_minor") == []
        assert self.words.line("equity_bp", 1250) == "12.5 %"

    def test_gives_both_sides_of_a_line(self):
        lines = {line.name: line for line in compare(SERVICE, LICENSE)}
        line = lines["upfront_fee_minor"]
        assert self.words.compared(line, SERVICE, LICENSE) == ("¥30,000.00", "¥200,000.00")
        first = {line.name: line for line in compare(None, SERVICE)}["subject"]
        assert self.words.compared(first, None, SERVICE) == ("", "焊缝检测服务")

    def test_sides_face_each_other_and_periods_have_months(self):
        assert Side.LICENSOR.other is Side.LICENSEE
        assert Side.LICENSEE.other is Side.LICENSOR
        assert [period.months for period in RoyaltyPeriod] == [3, 6, 12]
