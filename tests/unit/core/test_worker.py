from __future__ import annotations

import pytest

from marketplace.worker import utc_cron


class TestUtcCron:
    @pytest.mark.parametrize(
        ("beijing", "utc"),
        [
            ("0 8 * * *", "0 0 * * *"),
            ("20 3 * * *", "20 19 * * *"),
            ("10 8 * * 1", "10 0 * * 1"),
            ("40 7 * * 1", "40 23 * * 0"),
            ("40 7 * * 0", "40 23 * * 6"),
            ("*/10 * * * *", "*/10 * * * *"),
        ],
    )
    def test_shifts_the_hour(self, beijing, utc):
        assert utc_cron(beijing) == utc

    def test_refuses_a_day_that_would_change(self):
        with pytest.raises(ValueError, match="another day"):
            utc_cron("0 7 1 * *")
