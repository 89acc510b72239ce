"""When a facility is open: the week, less closures and public holidays, plus make-up days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from marketplace.facilities.models import Facility

#: Facilities stand in Wuhan, and China has one time of day all year round.
ZONE = ZoneInfo("Asia/Shanghai")
_DAY = timedelta(days=1)
_MONDAY, _SATURDAY = 1, 6
#: Minutes of a day; the largest time of closing.
MIDNIGHT = 24 * 60

Span = tuple[int, int]


class Closed(LabelledEnum):
    """Why a facility is closed on a day."""

    CLOSURE = "closure", N_("Closed by the operator")
    HOLIDAY = "holiday", N_("Closed on this public holiday")
    WEEKLY = "weekly", N_("No opening hours on this day of the week")


def minutes(text: str) -> int:
    """Read "HH:MM" as minutes of the day, "24:00" included; raise ValueError otherwise."""
    hour, sign, minute = text.partition(":")
    plain = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if sign and plain and len(hour) == len(minute) == 2:  # noqa: PLR2004 — two digits each
        found = int(hour) * 60 + int(minute)
        if int(minute) < 60 and found <= MIDNIGHT:  # noqa: PLR2004 — minutes of an hour
            return found
    raise ValueError(text)


@dataclass(frozen=True)
class Closure:
    """Days closed, both ends included."""

    first: date
    last: date
    reason: str = ""


@dataclass(frozen=True)
class Plan:
    """A facility's week and what breaks it; spans are minutes of the day, in order."""

    week: Mapping[int, Sequence[Span]]
    closures: Sequence[Closure] = ()
    follows_holidays: bool = True

    def spans(self, day: date, holidays: Mapping[date, bool]) -> Sequence[Span]:
        """Give the open minutes of a day; ``holidays`` is what ``codes.holidays`` loads."""
        if self.closure_on(day) is not None:
            return ()
        weekday = day.isoweekday()
        own = self.week.get(weekday, ())
        if not self.follows_holidays or day not in holidays:
            return own
        if not holidays[day]:
            return ()
        # A weekend day worked in exchange for a holiday runs as a Monday does, unless the
        # facility has hours of its own for it.
        return own or (self.week.get(_MONDAY, ()) if weekday >= _SATURDAY else ())

    def closure_on(self, day: date) -> Closure | None:
        """Give the closure that covers a day."""
        return next((one for one in self.closures if one.first <= day <= one.last), None)

    def why_closed(self, day: date, holidays: Mapping[date, bool]) -> Closed | None:
        """Say why nothing is open on a day; None when something is."""
        if self.spans(day, holidays):
            return None
        if self.closure_on(day) is not None:
            return Closed.CLOSURE
        if self.follows_holidays and holidays.get(day) is False and self.week.get(day.isoweekday()):
            return Closed.HOLIDAY
        return Closed.WEEKLY

    def intervals(
        self, first: date, last: date, holidays: Mapping[date, bool]
    ) -> Iterator[tuple[datetime, datetime]]:
        """Give the open intervals of the days from first to last, as aware moments.

        Hours up to midnight and from midnight on run into one another.
        """
        waiting: tuple[datetime, datetime] | None = None
        day = first
        while day <= last:
            midnight = datetime.combine(day, time(), ZONE)
            for opens, closes in self.spans(day, holidays):
                start, end = (midnight + timedelta(minutes=one) for one in (opens, closes))
                if waiting is not None and waiting[1] == start:
                    waiting = (waiting[0], end)
                    continue
                if waiting is not None:
                    yield waiting
                waiting = (start, end)
            day += _DAY
        if waiting is not None:
            yield waiting

    def is_open(self, start: datetime, end: datetime, holidays: Mapping[date, bool]) -> bool:
        """Whether the whole span lies inside opening hours; an empty span never does."""
        if end <= start:
            return False
        # The day before is looked at, too: hours may run on through midnight.
        first = start.astimezone(ZONE).date() - _DAY
        last = end.astimezone(ZONE).date()
        return any(
            opens <= start and end <= closes
            for opens, closes in self.intervals(first, last, holidays)
        )


def plan_of(facility: Facility) -> Plan:
    """Give a facility's opening plan."""
    return plan_from(facility.hours, facility.closures, follows=facility.follows_holidays)


def plan_from(
    hours: Sequence[Mapping[str, Any]], closures: Sequence[Mapping[str, Any]], *, follows: bool
) -> Plan:
    """Give the plan that kept rows describe."""
    week: dict[int, list[Span]] = {}
    for row in hours:
        week.setdefault(int(row["weekday"]), []).append(
            (minutes(row["opens"]), minutes(row["closes"]))
        )
    return Plan(
        week={weekday: tuple(sorted(spans)) for weekday, spans in week.items()},
        closures=tuple(
            Closure(
                date.fromisoformat(row["from"]),
                date.fromisoformat(row["to"]),
                row.get("reason", ""),
            )
            for row in closures
        ),
        follows_holidays=follows,
    )


def clock(minute: int) -> str:
    """Show minutes of the day as "HH:MM"."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def week_lines(plan: Plan) -> list[tuple[int, str]]:
    """Give (weekday 1–7, "09:00–12:00, 13:00–17:30") for the whole week, empty when closed."""
    return [
        (
            weekday,
            ", ".join(f"{clock(a)}–{clock(b)}" for a, b in plan.week.get(weekday, ())),
        )
        for weekday in range(1, 8)
    ]
