"""Beijing's clock, a facility's opening hours, and dates of a weekly rule.

Everything is stored in UTC and thought of in Beijing time, wherever the viewer's computer stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from marketplace.codes.holidays import is_working_day
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from marketplace.facilities.models import Facility

BEIJING = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
_FRIDAY = 5
_MINUTES_A_DAY = 24 * 60


def day_of(moment: datetime) -> date:
    """Give the day in Beijing."""
    return moment.astimezone(BEIJING).date()


def at(day: date, minutes: int) -> datetime:
    """Give the moment so many minutes after Beijing's midnight (1440 is the next one)."""
    midnight = datetime.combine(day, time(), tzinfo=BEIJING).astimezone(UTC)
    return midnight + timedelta(minutes=minutes)


def minutes_of(text: str) -> int:
    """Read “HH:MM” up to 24:00 as minutes after midnight; raise ValueError for anything else."""
    hours, colon, minutes = text.strip().partition(":")
    if not colon or not (hours.isdigit() and minutes.isdigit()):
        message = f"{text!r} is no time of day"
        raise ValueError(message)
    found = int(hours) * 60 + int(minutes)
    if int(minutes) >= 60 or found > _MINUTES_A_DAY:  # noqa: PLR2004 — minutes an hour
        message = f"{text!r} is no time of day"
        raise ValueError(message)
    return found


def clock(moment: datetime) -> str:
    """Show a moment's time of day in Beijing."""
    return moment.astimezone(BEIJING).strftime("%H:%M")


def monday_of(day: date) -> date:
    """Give the Monday of the day's week."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class Opening:
    """When a facility is open: minutes of the week's days, days closed, and public holidays."""

    #: ISO weekday (1–7) → spans of minutes after midnight.
    week: Mapping[int, tuple[tuple[int, int], ...]]
    closures: tuple[tuple[date, date, str], ...] = ()
    follows_holidays: bool = True
    holidays: Mapping[date, bool] = field(default_factory=dict)

    def closed_because(self, day: date) -> str | None:
        """Give the reason for which nobody is there on a day; None when it is open."""
        for first, last, reason in self.closures:
            if first <= day <= last:
                return reason or N_("The facility is closed on this day.")
        if self.follows_holidays and self.holidays.get(day) is False:
            return N_("This day is a public holiday.")
        if not self._spans(day):
            return N_("The facility is closed on this day.")
        return None

    def _spans(self, day: date) -> tuple[tuple[int, int], ...]:
        own = self.week.get(day.isoweekday(), ())
        if own or not self.follows_holidays:
            return own
        # A make-up working day at a weekend follows Friday's hours.
        works = is_working_day(day, self.holidays) and day.isoweekday() > _FRIDAY
        return self.week.get(_FRIDAY, ()) if works else ()

    def spans_on(self, day: date) -> list[tuple[datetime, datetime]]:
        """Give the moments between which the facility is open on a day."""
        if self.closed_because(day) is not None:
            return []
        return [(at(day, first), at(day, last)) for first, last in sorted(self._spans(day))]

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
            inside = any(
                low <= starts_at and ends_at <= high for low, high in self._joined(first, last)
            )
        if not inside:
            raise RuleBroken(N_("This time lies outside the opening hours."), field="starts")

    def _joined(self, first: date, last: date) -> list[tuple[datetime, datetime]]:
        """Give the open spans of some days; those that touch at midnight are one."""
        joined: list[tuple[datetime, datetime]] = []
        for offset in range((last - first).days + 1):
            for low, high in self.spans_on(first + offset * DAY):
                if joined and joined[-1][1] == low:
                    joined[-1] = (joined[-1][0], high)
                else:
                    joined.append((low, high))
        return joined


def opening_of(facility: Facility, holidays: Mapping[date, bool]) -> Opening:
    """Read a facility's hours, closures and habit on holidays."""
    week: dict[int, list[tuple[int, int]]] = {}
    for row in facility.hours:
        spans = week.setdefault(int(row["weekday"]), [])
        spans.append((minutes_of(row["opens"]), minutes_of(row["closes"])))
    return Opening(
        week={weekday: tuple(spans) for weekday, spans in week.items()},
        closures=tuple(
            (date.fromisoformat(row["from"]), date.fromisoformat(row["to"]), row.get("reason", ""))
            for row in facility.closures
        ),
        follows_holidays=facility.follows_holidays,
        holidays=holidays,
    )


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
