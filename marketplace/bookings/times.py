"""Beijing's clock, a facility's opening hours, and dates of a weekly rule.

Everything is stored in UTC and thought of in Beijing time, wherever the viewer's computer stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.opening import Plan, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.facilities.models import Facility

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
_MINUTES_A_DAY = 24 * 60


def day_of(moment: datetime) -> date:
    """Give the day in Beijing."""
    return moment.astimezone(BEIJING).date()


def at(day: date, minutes: int) -> datetime:
    """Give the moment so many minutes after Beijing's midnight (1440 is the next one)."""
    midnight = datetime.combine(day, time(), tzinfo=BEIJING).astimezone(UTC)
    return midnight + timedelta(minutes=minutes)


def clock(moment: datetime) -> str:
    """Show a moment's time of day in Beijing."""
    return moment.astimezone(BEIJING).strftime("%H:%M")


def monday_of(day: date) -> date:
    """Give the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Opening:
    """When a facility is open, with the holidays of the calendar."""

    plan: Plan
    holidays: Mapping[date, bool]

    def closed_because(self, day: date) -> str | None:
        """Give the reason for which nobody is there on a day; None when it is open."""
        why = self.plan.why_closed(day, self.holidays)
        if why is None:
            return None
        closure = self.plan.closure_on(day)
        return (closure.reason if closure else "") or why.label

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Give the moments between which the facility is open on a day."""
        spans = self.plan.spans(day, self.holidays)
        return [(at(day, first), at(day, last)) for first, last in spans]

    def require_open(
        self, starts_at: datetime, ends_at: datetime, *, overnight: bool = False
    ) -> None:
        """Refuse a time outside the opening hours; overnight only its two ends must lie inside."""
        first, last = day_of(starts_at), day_of(ends_at - timedelta(microseconds=1))
        for day in dict.fromkeys((first, last)):
            reason = self.closed_because(day)
            if reason is not None:
                raise RuleBroken(reason, field="starts")
        if overnight:
            inside = any(low <= starts_at <= high for low, high in self.spans_on(first)) and any(
                low <= ends_at <= high for low, high in self.spans_on(last)
            )
        else:
            inside = self.plan.is_open(starts_at, ends_at, self.holidays)
        if not inside:
            raise RuleBroken(N_("This time lies outside the opening hours."), field="starts")


def opening_of(facility: Facility, holidays: Mapping[date, bool]) -> Opening:
    """Give a facility's hours, closures and habit on holidays."""
    return Opening(plan_of(facility), holidays)


@dataclass(frozen=True, kw_only=True)
class WeeklyRule:
    """The same time on some weekdays (ISO, 1–7) between two days, both included."""

    weekdays: frozenset[int]
    starts: int
    ends: int
    first_on: date
    last_on: date

    def dates(self) -> Iterator[tuple[date, datetime, datetime]]:
        """Give each day of the rule with its moments; an end before the start is the next day's."""
        end = self.ends if self.ends > self.starts else self.ends + _MINUTES_A_DAY
        day = self.first_on
        while day <= self.last_on:
            if day.isoweekday() in self.weekdays:
                yield day, at(day, self.starts), at(day, end)
            day += DAY

    def require_sound(self, *, most: int) -> None:
        """Refuse a rule without dates, with too many of them, or that lasts years."""
        if not self.weekdays:
            raise RuleBroken(N_("Choose at least one weekday."), field="weekdays")
        if self.last_on < self.first_on:
            raise RuleBroken(N_("The last day lies before the first one."), field="last_on")
        if (self.last_on - self.first_on).days > 366:  # noqa: PLR2004 — a year
            raise RuleBroken(N_("A series lasts at most one year."), field="last_on")
        count = sum(1 for _ in self.dates())
        if count == 0:
            raise RuleBroken(N_("No day of this span falls on these weekdays."), field="weekdays")
        if count > most:
            raise RuleBroken(
                N_("The series has %(count)s dates; at most %(most)s are taken at once."),
                field="last_on",
                count=count,
                most=most,
            )

    def to_json(self) -> dict[str, Any]:
        """Give what a series keeps of it."""
        return {
            "weekdays": sorted(self.weekdays),
            "starts": f"{self.starts // 60:02d}:{self.starts % 60:02d}",
            "ends": f"{self.ends // 60:02d}:{self.ends % 60:02d}",
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
        }


def local_text(moment: datetime) -> str:
    """Show a moment in Beijing as 2026-11-25 09:00."""
    return moment.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M")


def parse_local(text: str) -> datetime | None:
    """Read “2026-11-25T09:00” as Beijing time; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=BEIJING)
    return found.astimezone(UTC)
