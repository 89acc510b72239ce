"""How long an organization lets an answer wait, in working days of Beijing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.codes.holidays import add_working_days, working_days_between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

BEIJING = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """Give the calendar day in Beijing."""
    return moment.astimezone(BEIJING).date()


def reaction_days(sent_at: datetime, reacted_at: datetime, table: Mapping[date, bool]) -> int:
    """Count working days from the day an answer came to the day of the first reaction.

    The same day is 0; an answer of a free day starts with the next working day.
    """
    return working_days_between(day_of(sent_at), day_of(reacted_at), table)


@dataclass(frozen=True)
class Clock:
    """A clock that still runs: days so far, and the day by which a reaction is due."""

    days: int
    due_on: date
    late: bool


def clock_of(
    sent_at: datetime, *, now: datetime, target_days: int, table: Mapping[date, bool]
) -> Clock:
    """Read the clock of an answer that waits for its first reaction."""
    sent_on, today = day_of(sent_at), day_of(now)
    due_on = add_working_days(sent_on, target_days, table)
    return Clock(working_days_between(sent_on, today, table), due_on, today > due_on)


@dataclass(frozen=True)
class ReplyRecord:
    """What an organization's reply clock shows in public."""

    reacted: int
    median_days: float | None
    open: int
    late: int
