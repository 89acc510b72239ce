from __future__ import annotations

from datetime import date

import pytest

from marketplace.city.queries import Band, Outcome, band_of
from marketplace.city.targets import Target, expected_by


class TestExpectedBy:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            (date(2024, 6, 1), 0),
            (date(2025, 1, 1), 0),
            (date(2026, 7, 2), 100),
            (date(2027, 12, 31), 200),
            (date(2029, 1, 1), 200),
        ],
    )
    def test_grows_in_a_straight_line(self, today, expected):
        assert expected_by(today, 200) == expected


class TestTarget:
    def test_is_behind_a_straight_way(self):
        target = Target(key="k", label="l", reached=9, wanted=30, expected=10, source="")
        assert (target.percent, target.is_behind) == (30, True)

    def test_never_shows_more_than_all(self):
        target = Target(key="k", label="l", reached=31, wanted=30, expected=10, source="")
        assert (target.percent, target.is_behind) == (100, False)


class TestOutcome:
    def values(self, **changed):
        kept = dict.fromkeys(
            (
                "needs",
                "met",
                "deals",
                "signed",
                "closed",
                "lapsed",
                "registered",
                "registered_minor",
            ),
            0,
        )
        return Outcome(**(kept | changed))

    def test_is_a_share_of_published_needs(self):
        assert self.values(needs=1000, met=269).finished_permille == 269

    def test_is_unknown_without_needs(self):
        assert self.values().finished_permille is None


class TestBandOf:
    @pytest.mark.parametrize(
        ("minor", "band"),
        [
            (None, None),
            (0, Band.UNDER_100K),
            (9_999_999, Band.UNDER_100K),
            (10_000_000, Band.UNDER_1M),
            (100_000_000, Band.UNDER_10M),
            (1_000_000_000, Band.FROM_10M),
        ],
    )
    def test_bounds_belong_to_the_upper_band(self, minor, band):
        assert band_of(minor) is band
