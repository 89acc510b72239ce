"""Lanes with any bookings, blocks and buffers never carry more than their number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.bookings.lanes import Span, buffered, free_lanes, most_at_once, steps
from tests.figures import LONG

ZERO = datetime(2026, 11, 25, tzinfo=UTC)

WISHES = st.lists(
    st.tuples(
        st.integers(0, 200), st.integers(1, 40), st.booleans()
    ),  # start, length (quarters of an hour), whether it is a block
    max_size=40,
)


def quarter(count):
    return ZERO + timedelta(minutes=15 * count)


class TestFreeLanes:
    @settings(max_examples=10_000 if LONG else 300, deadline=None)
    @given(
        units=st.integers(1, 5),
        before=st.integers(0, 60),
        after=st.integers(0, 60),
        wishes=WISHES,
    )
    def test_never_carry_more_than_their_number(self, units, before, after, wishes):
        taken: list[Span] = []
        refused = 0
        for start, length, is_block in wishes:
            low, high = quarter(start), quarter(start + length)
            if not is_block:
                low, high = buffered(low, high, before_minutes=before, after_minutes=after)
            free = free_lanes(taken, units=units, starts_at=low, ends_at=high)
            busy = {span.lane for span in taken if span.starts_at < high and low < span.ends_at}
            assert set(free) == set(range(1, units + 1)) - busy
            if free:
                taken.append(Span(free[0], low, high))
            else:
                refused += 1
        assert most_at_once(taken) <= units
        for lane in range(1, units + 1):
            assert most_at_once([span for span in taken if span.lane == lane]) <= 1
        assert len(taken) + refused == len(wishes)

    def test_touching_spans_share_a_lane(self):
        taken = [Span(1, quarter(0), quarter(4))]
        assert free_lanes(taken, units=1, starts_at=quarter(4), ends_at=quarter(8)) == [1]
        assert free_lanes(taken, units=1, starts_at=quarter(3), ends_at=quarter(8)) == []


class TestSteps:
    @settings(max_examples=200, deadline=None)
    @given(
        low=st.integers(0, 1440),
        minutes=st.integers(0, 1440),
        step=st.sampled_from([15, 30, 60]),
        length=st.integers(15, 480),
    )
    def test_lie_on_the_grid_inside_the_hours(self, low, minutes, step, length):
        opens = ZERO + timedelta(minutes=low)
        closes = opens + timedelta(minutes=minutes)
        found = list(steps([(opens, closes)], step_minutes=step, length_minutes=length))
        for start, end in found:
            assert opens <= start
            assert end <= closes
            assert start.timestamp() % (step * 60) == 0
            assert end - start == timedelta(minutes=length)
        assert found == sorted(set(found))
        if minutes >= length + step:
            assert found
