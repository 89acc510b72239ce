"""What a progress display says: pure arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

#: A rate measured over less than this says nothing.
MEASURED_AFTER_S = 5.0
#: The first seconds are asked about every second, then every fifth.
EAGER_FOR_S = 15.0


def percent(done: int, total: int | None) -> int | None:
    """Give how much is done in whole percent, or None when the total is not known yet."""
    if not total:
        return None
    return min(100, done * 100 // total)


def rate(done: int, seconds: float) -> float | None:
    """Give steps a second, or None while too little was seen."""
    if seconds < MEASURED_AFTER_S or done <= 0:
        return None
    return done / seconds


def seconds_left(done: int, total: int | None, seconds: float) -> int | None:
    """Give the expected seconds to the end, or None while they can't be told."""
    speed = rate(done, seconds)
    if speed is None or not total or done >= total:
        return None
    return round((total - done) / speed)


def poll_seconds(since: datetime, now: datetime) -> int:
    """Give after how many seconds a page should ask again."""
    return 1 if (now - since).total_seconds() < EAGER_FOR_S else 5
