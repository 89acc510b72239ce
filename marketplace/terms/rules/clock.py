"""The clock of a public price notice: which days count, and when it is over.

The day of posting does not count (Civil Code 201); a day counts when it is over and no objection
was open on it. So an objection raised and settled on one day costs that day, and what was still
to run when it came runs on after it was settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Stop:
    """Days on which an objection was open, both inclusive; without an end it still is."""

    first: date
    last: date | None = None


@dataclass(frozen=True)
class Reading:
    """Where the clock stands at the start of ``today``."""

    counted: int
    days: int
    is_stopped: bool
    #: The last day that has to pass, if nothing stops it any more; None while it is stopped.
    ends_on: date | None

    @property
    def is_over(self) -> bool:
        """Whether enough days have passed without an open objection."""
        return self.counted >= self.days and not self.is_stopped

    @property
    def left(self) -> int:
        """Days that still have to pass."""
        return max(0, self.days - self.counted)


def read(posted_on: date, days: int, stops: Sequence[Stop], *, today: date) -> Reading:
    """Read the clock on a day. Raises ValueError when no days are asked for."""
    if days < 1:
        raise ValueError("a notice runs for at least one day")
    joined = _joined(stops, today)
    counted = _free_days(posted_on, today - _DAY, joined)
    is_stopped = any(stop.last is None for stop in stops)
    ends_on = None if is_stopped else _end(posted_on, days, joined)
    if ends_on is not None:
        counted = min(counted, days)
    return Reading(counted=counted, days=days, is_stopped=is_stopped, ends_on=ends_on)


def _joined(stops: Sequence[Stop], today: date) -> list[tuple[date, date]]:
    """Sort the stops and join those that touch; an open one reaches to today."""
    found: list[tuple[date, date]] = []
    for first, last in sorted((stop.first, stop.last or max(today, stop.first)) for stop in stops):
        if found and first <= found[-1][1] + _DAY:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _free_days(posted_on: date, until: date, stops: Sequence[tuple[date, date]]) -> int:
    """Count the days after the posting up to ``until`` on which nothing stood open."""
    first = posted_on + _DAY
    total = max(0, (until - posted_on).days)
    for low, high in stops:
        low, high = max(low, first), min(high, until)  # noqa: PLW2901 — the part of the stop that matters
        total -= max(0, (high - low).days + 1)
    return total


def _end(posted_on: date, days: int, stops: Sequence[tuple[date, date]]) -> date:
    """Give the day with which the asked number of free days is full."""
    end = posted_on + days * _DAY
    for low, high in stops:
        if low > end:
            break
        low = max(low, posted_on + _DAY)  # noqa: PLW2901 — the part of the stop that matters
        end += max(0, (high - low).days + 1) * _DAY
    return end
