"""What a progress display says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.progress import rules
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("done", "total", "percent"),
    [(0, None, None), (3, 0, None), (0, 3, 0), (1, 3, 33), (3, 3, 100), (5, 3, 100)],
)
def test_percent(done, total, percent):
    assert rules.percent(done, total) == percent


@pytest.mark.parametrize(
    ("done", "seconds", "rate"), [(10, 4.9, None), (0, 60, None), (50, 5.0, 10.0)]
)
def test_a_rate_needs_five_seconds(done, seconds, rate):
    assert rules.rate(done, seconds) == rate


@pytest.mark.parametrize(
    ("done", "total", "left"), [(50, 100, 5), (50, None, None), (100, 100, None), (0, 100, None)]
)
def test_time_left_follows_the_rate(done, total, left):
    assert rules.seconds_left(done, total, 5.0) == left


@pytest.mark.parametrize(("age", "every"), [(0, 1), (14, 1), (15, 5), (3600, 5)])
def test_pages_ask_eagerly_at_first(age, every):
    assert rules.poll_seconds(NOON, NOON + timedelta(seconds=age)) == every
