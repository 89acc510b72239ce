"""Numbers of payments: people read them out, and two are never alike."""

from __future__ import annotations

from datetime import UTC, datetime

from marketplace.payments.services.requests import fresh_number

DAY = datetime(2026, 11, 25, tzinfo=UTC)


class TestFreshNumber:
    def test_says_its_kind_and_day(self):
        assert fresh_number("P", DAY).startswith("P261125-")

    def test_two_of_a_very_busy_day_differ(self):
        """With six signs, a hundred thousand collide almost surely."""
        assert len({fresh_number("P", DAY) for _ in range(100_000)}) == 100_000
