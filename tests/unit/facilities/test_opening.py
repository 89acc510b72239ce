from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.codes.holidays import SEED, table_of
from marketplace.facilities.opening import (
    MIDNIGHT,
    ZONE,
    Closed,
    Plan,
    clock,
    minutes,
    plan_from,
    week_lines,
)

HOLIDAYS = table_of(SEED)
NINE_TO_FIVE = dict.fromkeys(range(1, 6), ((9 * 60, 17 * 60),))
PLAN = Plan(week=NINE_TO_FIVE)
DAY = st.one_of(st.none(), st.tuples(st.sampled_from([0, 540]), st.sampled_from([720, MIDNIGHT])))
#: A plain Wednesday, a day of the National holiday, and the make-up Saturday after it.
WEDNESDAY, HOLIDAY, MAKE_UP = date(2026, 11, 25), date(2026, 10, 1), date(2026, 10, 10)


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


class TestMinutes:
    @pytest.mark.parametrize(("text", "found"), [("00:00", 0), ("09:30", 570), ("24:00", MIDNIGHT)])
    def test_reads_a_time(self, text, found):
        assert minutes(text) == found
        assert clock(found) == text

    @pytest.mark.parametrize(
        "text", ["", "9:00", "09:60", "24:01", "25:00", "0900", "ab:cd", "09:0", "-1:00", "٠٩:00"]
    )
    def test_refuses_anything_else(self, text):
        with pytest.raises(ValueError, match=r"^"):
            minutes(text)


class TestSpans:
    def test_follow_the_week(self):
        assert PLAN.spans(WEDNESDAY, HOLIDAYS) == ((540, 1020),)
        assert PLAN.spans(date(2026, 11, 28), HOLIDAYS) == ()

    def test_are_empty_on_a_public_holiday(self):
        assert PLAN.spans(HOLIDAY, HOLIDAYS) == ()

    def test_run_as_on_monday_on_a_make_up_weekend(self):
        assert PLAN.spans(MAKE_UP, HOLIDAYS) == ((540, 1020),)

    def test_keep_own_hours_of_a_make_up_weekend(self):
        plan = Plan(week={**NINE_TO_FIVE, 6: ((600, 720),)})
        assert plan.spans(MAKE_UP, HOLIDAYS) == ((600, 720),)

    def test_a_make_up_weekday_has_no_hours_of_monday(self):
        plan = Plan(week={1: ((540, 1020),)})
        assert plan.spans(WEDNESDAY, {WEDNESDAY: True}) == ()

    def test_ignore_holidays_when_the_facility_does(self):
        plan = Plan(week=NINE_TO_FIVE, follows_holidays=False)
        assert plan.spans(HOLIDAY, HOLIDAYS) == ((540, 1020),)
        assert plan.spans(MAKE_UP, HOLIDAYS) == ()


class TestWhyClosed:
    @pytest.mark.parametrize(
        ("day", "why"),
        [
            (WEDNESDAY, None),
            (HOLIDAY, Closed.HOLIDAY),
            (date(2026, 11, 28), Closed.WEEKLY),
            # A holiday on a day without hours is closed by the week.
            (date(2026, 10, 3), Closed.WEEKLY),
            (date(2026, 12, 24), Closed.CLOSURE),
        ],
    )
    def test_names_the_reason(self, day, why):
        plan = plan_from(
            [{"weekday": weekday, "opens": "09:00", "closes": "17:00"} for weekday in range(1, 6)],
            [{"from": "2026-12-24", "to": "2026-12-25", "reason": "年度检修"}],
            follows=True,
        )
        assert plan.why_closed(day, HOLIDAYS) == why
        assert (plan.closure_on(day) is not None) == (why is Closed.CLOSURE)


class TestIsOpen:
    @pytest.mark.parametrize(
        ("start", "end", "open_"),
        [
            (at(WEDNESDAY, 9), at(WEDNESDAY, 17), True),
            (at(WEDNESDAY, 8, 59), at(WEDNESDAY, 12), False),
            (at(WEDNESDAY, 16), at(WEDNESDAY, 17, 1), False),
            (at(WEDNESDAY, 12), at(WEDNESDAY, 12), False),
            (at(WEDNESDAY, 12), at(WEDNESDAY, 10), False),
            (at(WEDNESDAY, 9), at(WEDNESDAY + timedelta(days=1), 10), False),
        ],
    )
    def test_asks_for_the_whole_span(self, start, end, open_):
        assert PLAN.is_open(start, end, HOLIDAYS) is open_

    def test_runs_through_midnight(self):
        plan = Plan(week={3: ((1200, MIDNIGHT),), 4: ((0, 360), (600, 720))})
        night = (at(WEDNESDAY, 22), at(WEDNESDAY + timedelta(days=1), 5))
        assert plan.is_open(*night, {})
        assert not plan.is_open(night[0], at(WEDNESDAY + timedelta(days=1), 7), {})

    def test_judges_moments_of_other_zones_in_wuhan(self):
        start = datetime.fromisoformat("2026-11-25T01:30:00+00:00")
        assert PLAN.is_open(start, start + timedelta(hours=1), HOLIDAYS)
        assert not PLAN.is_open(start - timedelta(hours=1), start, HOLIDAYS)

    # A machine that does other work draws slowly; that says nothing of the plan.
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.tuples(*[DAY] * 7), st.integers(0, 6))
    def test_intervals_never_overlap_and_hold_every_span(self, days_of_week, offset):
        plan = Plan(week={day: (span,) for day, span in enumerate(days_of_week, start=1) if span})
        first = WEDNESDAY + timedelta(days=offset)
        found = list(plan.intervals(first, first + timedelta(days=9), {}))
        assert all(a[1] < b[0] for a, b in itertools.pairwise(found))
        total = sum((end - start for start, end in found), timedelta())
        days = [first + timedelta(days=one) for one in range(10)]
        minutes_open = sum(b - a for day in days for a, b in plan.spans(day, {}))
        assert total == timedelta(minutes=minutes_open)


def test_week_lines_show_every_day():
    plan = Plan(week={1: ((540, 720), (780, 1050))})
    lines = week_lines(plan)
    assert lines[0] == (1, "09:00–12:00, 13:00–17:30")
    assert lines[1:] == [(day, "") for day in range(2, 8)]
