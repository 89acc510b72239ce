"""Lanes of a resource: which is free, and which times are free at all. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True)
class Span:
    """A lane's time that is taken, buffers included: [starts_at, ends_at)."""

    lane: int
    starts_at: datetime
    ends_at: datetime


def buffered(
    starts_at: datetime, ends_at: datetime, *, before_minutes: int, after_minutes: int
) -> tuple[datetime, datetime]:
    """Give the time that a booking takes with its preparation and cleaning."""
    return starts_at - timedelta(minutes=before_minutes), ends_at + timedelta(minutes=after_minutes)


def free_lanes(
    taken: Iterable[Span], *, units: int, starts_at: datetime, ends_at: datetime
) -> list[int]:
    """Give the lanes on which nothing overlaps the time, lowest first."""
    busy = {span.lane for span in taken if span.starts_at < ends_at and starts_at < span.ends_at}
    return [lane for lane in range(1, units + 1) if lane not in busy]


def steps(
    spans: Sequence[tuple[datetime, datetime]], *, step_minutes: int, length_minutes: int
) -> Iterator[tuple[datetime, datetime]]:
    """Give every time of a length on the grid that lies inside one of the open spans."""
    step, length = timedelta(minutes=step_minutes), timedelta(minutes=length_minutes)
    for low, high in spans:
        offset = low.timestamp() % step.total_seconds()
        start = low + timedelta(seconds=step.total_seconds() - offset) if offset else low
        while start + length <= high:
            yield start, start + length
            start += step


def most_at_once(spans: Iterable[Span]) -> int:
    """Count how many spans lie over the busiest instant."""
    changes: list[tuple[datetime, int]] = []
    for span in spans:
        changes += [(span.starts_at, 1), (span.ends_at, -1)]
    now = most = 0
    # An end comes before a start at the same instant: spans are half-open.
    for _at, change in sorted(changes, key=lambda row: (row[0], row[1])):
        now += change
        most = max(most, now)
    return most
