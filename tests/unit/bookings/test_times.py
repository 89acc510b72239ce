"""Beijing's clock, opening hours and weekly rules, wherever the viewer's computer stands."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.bookings import times
from marketplace.bookings.times import Opening, WeeklyRule
from marketplace.core.errors import RuleBroken
from marketplace.facilities.opening import Closure, Plan

WEEK = dict.fromkeys(range(1, 6), ((8 * 60, 18 * 60),))
OPENING = Opening(
    Plan(WEEK, (Closure(date(2026, 12, 1), date(2026, 12, 2), "设备搬迁"),)),
    {date(2027, 1, 1): False},
)
#: Zones whose summer time begins or ends on a day that a viewer may look at.
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "UTC")


def beijing(*parts):
    return datetime(*parts, tzinfo=times.BEIJING)


class TestClock:
    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize(
        "day", [date(2026, 3, 8), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)]
    )
    def test_is_beijings_in_every_zone_of_the_viewer(self, monkeypatch, zone, day):
        """The day has 24 hours and nine o'clock is nine o'clock, whatever TZ says."""
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        try:
            nine = times.at(day, 9 * 60)
            assert times.at(day, 24 * 60) - times.at(day, 0) == timedelta(hours=24)
            assert times.clock(nine) == "09:00"
            assert times.day_of(nine) == day
            assert nine.timestamp() == nine.astimezone(ZoneInfo(zone)).timestamp()
            assert times.local_text(nine.astimezone(ZoneInfo(zone))) == f"{day} 09:00"
            assert times.parse_local(f"{day}T09:00") == nine
        finally:
            monkeypatch.delenv("TZ")
            time.tzset()

    def test_was_shifted_by_summer_time_long_ago(self):
        """China moved its clocks from 1986 to 1991; the zone's data knows."""
        assert times.at(date(1988, 7, 1), 0) == datetime(1988, 6, 30, 15, tzinfo=UTC)

    @given(st.integers(1_767_225_600, 1_893_456_000))
    def test_reads_back_what_it_shows(self, seconds):
        aware = datetime.fromtimestamp(seconds - seconds % 60, tz=UTC)
        assert times.parse_local(times.local_text(aware)) == aware

    @pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01T00:00", "2026-11-25T25:00"])
    def test_reads_nothing_from_nonsense(self, text):
        assert times.parse_local(text) is None

    def test_keeps_a_zone_that_is_named(self):
        assert times.parse_local("2026-11-25T01:00:00+00:00") == beijing(2026, 11, 25, 9)


class TestOpening:
    def test_lets_the_whole_day_in(self):
        OPENING.require_open(beijing(2026, 11, 25, 8), beijing(2026, 11, 25, 18))

    @pytest.mark.parametrize(
        ("start", "end", "message"),
        [
            ((2026, 11, 25, 7, 59), (2026, 11, 25, 9), "outside"),
            ((2026, 11, 25, 17), (2026, 11, 25, 18, 1), "outside"),
            ((2026, 11, 28, 9), (2026, 11, 28, 10), "No opening hours"),
            ((2026, 12, 1, 9), (2026, 12, 1, 10), "设备搬迁"),
            ((2027, 1, 1, 9), (2027, 1, 1, 10), "public holiday"),
            ((2026, 11, 25, 9), (2026, 11, 26, 10), "outside"),
        ],
    )
    def test_says_why_not(self, start, end, message):
        with pytest.raises(RuleBroken, match=message):
            OPENING.require_open(beijing(*start), beijing(*end))

    def test_overnight_looks_at_both_ends_alone(self):
        OPENING.require_open(beijing(2026, 11, 27, 9), beijing(2026, 11, 30, 10), overnight=True)
        with pytest.raises(RuleBroken):
            OPENING.require_open(beijing(2026, 11, 25, 9), beijing(2026, 11, 26, 7), overnight=True)


def weekly(**values):
    base = {
        "weekdays": frozenset({1, 3}),
        "starts": 9 * 60,
        "ends": 12 * 60,
        "first_on": date(2026, 11, 23),
        "last_on": date(2026, 12, 6),
    }
    return WeeklyRule(**(base | values))


class TestWeeklyRule:
    def test_gives_its_days_in_beijing(self):
        found = list(weekly().dates())
        assert [on.isoformat() for on, _low, _high in found] == [
            "2026-11-23",
            "2026-11-25",
            "2026-11-30",
            "2026-12-02",
        ]
        assert {times.clock(low) for _on, low, _high in found} == {"09:00"}

    def test_ends_on_the_next_day_when_it_ends_before_its_start(self):
        _on, low, high = next(weekly(starts=22 * 60, ends=6 * 60).dates())
        assert high - low == timedelta(hours=8)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"weekdays": frozenset()}, "weekdays"),
            ({"last_on": date(2026, 11, 22)}, "last_on"),
            ({"last_on": date(2027, 12, 31)}, "last_on"),
            ({"weekdays": frozenset({7}), "last_on": date(2026, 11, 24)}, "weekdays"),
            ({"weekdays": frozenset(range(1, 8)), "last_on": date(2027, 3, 1)}, "last_on"),
        ],
    )
    def test_refuses_what_is_no_series(self, values, field):
        with pytest.raises(RuleBroken) as broken:
            weekly(**values).require_sound(most=60)
        assert broken.value.field == field

    def test_is_kept_as_text(self):
        assert weekly().to_json() == {
            "weekdays": [1, 3],
            "starts": "09:00",
            "ends": "12:00",
            "first_on": "2026-11-23",
            "last_on": "2026-12-06",
        }
