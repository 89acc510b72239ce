"""Working days in China: the week, less public holidays, plus make-up working days.

The year's days are set by notice each November, so they live in a table that people can edit;
``SEED`` is what it starts with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes.models import Holiday, HolidayKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.orm import Session

_DAY = timedelta(days=1)
_SATURDAY = 5

_NOTICE_2025 = "国务院办公厅关于2025年部分节假日安排的通知 (2024-11-12)"
_NOTICE_2026 = "国务院办公厅关于2026年部分节假日安排的通知 (2025-11-04)"
# The regulation names the days off; extra days and make-up working days follow by notice.
_REGULATION_2027 = "全国年节及纪念日放假办法 (2024); not confirmed: no notice for 2027 yet"


@dataclass(frozen=True)
class SeedDay:
    """One row for the holiday table, as plain data."""

    on: date
    kind: HolidayKind
    name: str
    source: str


def _off(name: str, first: date, days: int, source: str) -> Iterator[SeedDay]:
    for offset in range(days):
        yield SeedDay(first + offset * _DAY, HolidayKind.HOLIDAY, name, source)


def _work(name: str, source: str, *days: date) -> Iterator[SeedDay]:
    for day in days:
        yield SeedDay(day, HolidayKind.WORKING_WEEKEND, name, source)


def _seed() -> Iterator[SeedDay]:
    yield from _off("元旦", date(2025, 1, 1), 1, _NOTICE_2025)
    yield from _off("春节", date(2025, 1, 28), 8, _NOTICE_2025)
    yield from _work("春节", _NOTICE_2025, date(2025, 1, 26), date(2025, 2, 8))
    yield from _off("清明节", date(2025, 4, 4), 3, _NOTICE_2025)
    yield from _off("劳动节", date(2025, 5, 1), 5, _NOTICE_2025)
    yield from _work("劳动节", _NOTICE_2025, date(2025, 4, 27))
    yield from _off("端午节", date(2025, 5, 31), 3, _NOTICE_2025)
    yield from _off("国庆节、中秋节", date(2025, 10, 1), 8, _NOTICE_2025)
    yield from _work("国庆节、中秋节", _NOTICE_2025, date(2025, 9, 28), date(2025, 10, 11))

    yield from _off("元旦", date(2026, 1, 1), 3, _NOTICE_2026)
    yield from _work("元旦", _NOTICE_2026, date(2026, 1, 4))
    yield from _off("春节", date(2026, 2, 15), 9, _NOTICE_2026)
    yield from _work("春节", _NOTICE_2026, date(2026, 2, 14), date(2026, 2, 28))
    yield from _off("清明节", date(2026, 4, 4), 3, _NOTICE_2026)
    yield from _off("劳动节", date(2026, 5, 1), 5, _NOTICE_2026)
    yield from _work("劳动节", _NOTICE_2026, date(2026, 5, 9))
    yield from _off("端午节", date(2026, 6, 19), 3, _NOTICE_2026)
    yield from _off("中秋节", date(2026, 9, 25), 3, _NOTICE_2026)
    yield from _off("国庆节", date(2026, 10, 1), 7, _NOTICE_2026)
    yield from _work("国庆节", _NOTICE_2026, date(2026, 9, 20), date(2026, 10, 10))

    yield from _off("元旦", date(2027, 1, 1), 1, _REGULATION_2027)
    # New Year's Eve and the first three days of the first lunar month.
    yield from _off("春节", date(2027, 2, 5), 4, _REGULATION_2027)
    yield from _off("清明节", date(2027, 4, 5), 1, _REGULATION_2027)
    yield from _off("劳动节", date(2027, 5, 1), 2, _REGULATION_2027)
    yield from _off("端午节", date(2027, 6, 9), 1, _REGULATION_2027)
    yield from _off("中秋节", date(2027, 9, 15), 1, _REGULATION_2027)
    yield from _off("国庆节", date(2027, 10, 1), 3, _REGULATION_2027)


#: Public holidays and make-up working days of 2025 and 2026, and the fixed days of 2027.
SEED: tuple[SeedDay, ...] = tuple(sorted(_seed(), key=lambda day: day.on))


def table_of(days: Iterable[SeedDay | Holiday]) -> dict[date, bool]:
    """Give for each named day whether people work on it."""
    return {day.on: day.kind is HolidayKind.WORKING_WEEKEND for day in days}


def load_table(session: Session) -> Mapping[date, bool]:
    """Read for each day in the holiday table whether people work on it."""
    return table_of(session.scalars(select(Holiday)))


def is_working_day(day: date, table: Mapping[date, bool]) -> bool:
    """Say whether people work on a day; the plain week decides where the table is silent."""
    return table.get(day, day.weekday() < _SATURDAY)


def working_days_between(start: date, end: date, table: Mapping[date, bool]) -> int:
    """Count the working days of the half-open span [start, end); negative when end is earlier."""
    if end < start:
        return -working_days_between(end, start, table)
    days = (end - start).days
    return sum(is_working_day(start + offset * _DAY, table) for offset in range(days))


def add_working_days(start: date, days: int, table: Mapping[date, bool]) -> date:
    """Give the working day that stands ``days`` after start (before it, when negative).

    Half-open: start itself is never counted, the day given back is. 0 gives start unchanged, even
    when nobody works on it.
    """
    step = _DAY if days > 0 else -_DAY
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working_day(day, table)
    return day
