"""The clock of a price notice over stops, against a day-by-day count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.terms.rules.clock import Stop, read

POSTED = date(2026, 11, 2)


def on(day: int) -> date:
    """Give the day that lies so many days after the posting."""
    return POSTED + timedelta(days=day)


def counted_by_hand(stops: list[Stop], today: date) -> int:
    """Count day after day: over, after the posting, nothing open."""
    days = (today - POSTED).days
    return sum(
        not any(stop.first <= on(day) <= (stop.last or date.max) for stop in stops)
        for day in range(1, days)
    )


@st.composite
def stops(draw):
    """Stops that begin on or after the posting, some of them touching or overlapping."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, 40))
        last = first + draw(st.integers(0, 12))
        found.append(Stop(on(first), on(last)))
    return found


class TestRead:
    def test_fifteen_days_are_full_after_the_fifteenth_day(self):
        assert read(POSTED, 15, [], today=on(15)).counted == 14
        assert not read(POSTED, 15, [], today=on(15)).is_over
        reading = read(POSTED, 15, [], today=on(16))
        assert reading.is_over
        assert (reading.ends_on, reading.left) == (on(15), 0)

    def test_nothing_has_passed_on_the_day_of_posting(self):
        reading = read(POSTED, 15, [], today=POSTED)
        assert (reading.counted, reading.left, reading.ends_on) == (0, 15, on(15))

    def test_an_open_objection_stops_it_and_hides_the_end(self):
        reading = read(POSTED, 15, [Stop(on(5))], today=on(30))
        assert (reading.counted, reading.is_stopped, reading.ends_on) == (4, True, None)
        assert not reading.is_over

    def test_days_run_on_after_the_settlement(self):
        settled = [Stop(on(5), on(9))]
        assert read(POSTED, 15, settled, today=on(10)).counted == 4
        reading = read(POSTED, 15, settled, today=on(20))
        assert (reading.ends_on, reading.is_over) == (on(20), False)
        assert read(POSTED, 15, settled, today=on(21)).is_over

    def test_an_objection_raised_and_settled_in_one_day_costs_that_day(self):
        assert read(POSTED, 15, [Stop(on(3), on(3))], today=on(4)).ends_on == on(16)

    def test_an_objection_after_the_end_changes_nothing(self):
        assert read(POSTED, 15, [Stop(on(16), on(17))], today=on(20)).ends_on == on(15)

    def test_an_open_objection_keeps_a_full_clock_from_being_over(self):
        assert not read(POSTED, 15, [Stop(on(16))], today=on(20)).is_over

    def test_asks_for_at_least_one_day(self):
        with pytest.raises(ValueError, match="one day"):
            read(POSTED, 0, [], today=POSTED)

    @given(stops(), st.integers(0, 90), st.integers(1, 30))
    def test_agrees_with_counting_day_by_day(self, found, today, days):
        reading = read(POSTED, days, found, today=on(today))
        assert reading.counted == min(days, counted_by_hand(found, on(today)))

    @given(stops(), st.integers(1, 30))
    def test_is_over_from_the_day_after_its_end_and_not_before(self, found, days):
        end = read(POSTED, days, found, today=POSTED).ends_on
        assert not read(POSTED, days, found, today=end).is_over
        assert read(POSTED, days, found, today=end + timedelta(days=1)).is_over

    @given(stops(), st.integers(0, 40), st.integers(0, 12), st.integers(1, 30))
    def test_a_further_stop_never_brings_the_end_nearer(self, found, first, length, days):
        before = read(POSTED, days, found, today=POSTED).ends_on
        more = [*found, Stop(on(first), on(first + length))]
        assert read(POSTED, days, more, today=POSTED).ends_on >= before
