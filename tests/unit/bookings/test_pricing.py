"""Prices by slot, hour and sample; steps; rates; whole fen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.bookings.models import PriceUnit, RateKind
from marketplace.bookings.pricing import quote, unit_price
from marketplace.core.errors import RuleBroken

START = datetime(2026, 11, 25, 1, tzinfo=UTC)


def price(unit_minor, rate=RateKind.STANDARD, from_quantity=1):
    return SimpleNamespace(unit_minor=unit_minor, rate=rate, from_quantity=from_quantity)


def quoted(unit, prices, *, minutes=180, deposit=0, **values):
    resource = SimpleNamespace(price_unit=unit, deposit_minor=deposit)
    return quote(
        resource, prices, starts_at=START, ends_at=START + timedelta(minutes=minutes), **values
    )


class TestQuote:
    def test_per_booking(self):
        assert quoted(PriceUnit.SLOT, [price(5000)], places=2).price_minor == 10_000

    def test_per_hour_to_the_fen(self):
        assert quoted(PriceUnit.HOUR, [price(333)], minutes=90).price_minor == 500

    def test_per_sample(self):
        assert quoted(PriceUnit.SAMPLE, [price(700)], samples=6).price_minor == 4200

    def test_per_sample_needs_samples(self):
        with pytest.raises(RuleBroken):
            quoted(PriceUnit.SAMPLE, [price(700)])

    def test_a_slots_own_price_counts_places_and_no_rate(self):
        found = quoted(
            PriceUnit.SAMPLE,
            [price(1)],
            slot=SimpleNamespace(price_minor=900),
            places=2,
            rate=RateKind.MEMBER,
        )
        assert (found.price_minor, found.rate) == (1800, RateKind.STANDARD)

    def test_deposit_is_on_top(self):
        found = quoted(PriceUnit.SLOT, [price(5000)], deposit=300)
        assert (found.price_minor, found.total_minor) == (5000, 5300)

    def test_without_prices_is_free(self):
        assert quoted(PriceUnit.HOUR, []).total_minor == 0

    @given(minutes=st.integers(1, 44_640), unit=st.integers(0, 10**11), places=st.integers(1, 1000))
    def test_hours_are_exact_to_half_a_fen(self, minutes, unit, places):
        found = quoted(PriceUnit.HOUR, [price(unit)], minutes=minutes, places=places)
        assert abs(found.price_minor * 60 - unit * minutes * places) <= 30


class TestUnitPrice:
    STEPS = (price(300), price(200, from_quantity=10), price(100, from_quantity=100))

    @pytest.mark.parametrize(
        ("count", "expected"), [(1, 300), (9, 300), (10, 200), (99, 200), (100, 100), (5000, 100)]
    )
    def test_is_that_of_the_highest_step_reached(self, count, expected):
        assert unit_price(self.STEPS, RateKind.STANDARD, minutes_or_count=count)[1] == expected

    def test_below_the_first_step_is_the_first(self):
        rows = [price(50, from_quantity=5), price(40, from_quantity=9)]
        assert unit_price(rows, RateKind.STANDARD, minutes_or_count=1)[1] == 50

    def test_hours_reach_a_step_in_minutes(self):
        rows = [price(300), price(200, from_quantity=4)]
        for minutes, expected in ((239, 300), (240, 200)):
            found = unit_price(rows, RateKind.STANDARD, minutes_or_count=minutes, per=60)
            assert found[1] == expected

    def test_a_rate_without_prices_falls_back(self):
        assert unit_price(self.STEPS, RateKind.VOUCHER, minutes_or_count=1) == (
            RateKind.STANDARD,
            300,
        )
