"""Days as the law counts them here: in Beijing."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

#: China has one time zone without summer time.
BEIJING = timezone(timedelta(hours=8))


def beijing_day(moment: datetime) -> date:
    """Give the day of a moment in Beijing."""
    return moment.astimezone(BEIJING).date()
