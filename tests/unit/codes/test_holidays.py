"""Working days are counted as the notices order."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from marketplace.codes.holidays import (
    SEED,
    add_working_days,
    is_working_day,
    load_table,
    table_of,
    working_days_between,
)
from marketplace.codes.models import Holiday, HolidayKind

TABLE = table_of(SEED)


def days(year, *spans):
    for (month, day), count in spans:
        for offset in range(count):
            yield date(year, month, day) + timedelta(days=offset)


def seeded(year, kind):
    return [day.on for day in SEED if day.on.year == year and day.kind is kind]


def test_the_notice_for_2025():
    off = days(
        2025, ((1, 1), 1), ((1, 28), 8), ((4, 4), 3), ((5, 1), 5), ((5, 31), 3), ((10, 1), 8)
    )
    on = days(2025, ((1, 26), 1), ((2, 8), 1), ((4, 27), 1), ((9, 28), 1), ((10, 11), 1))
    assert seeded(2025, HolidayKind.HOLIDAY) == list(off)
    assert seeded(2025, HolidayKind.WORKING_WEEKEND) == list(on)


def test_the_notice_for_2026():
    off = days(
        2026,
        *(((1, 1), 3), ((2, 15), 9), ((4, 4), 3), ((5, 1), 5)),
        *(((6, 19), 3), ((9, 25), 3), ((10, 1), 7)),
    )
    on = days(
        2026,
        *(((1, 4), 1), ((2, 14), 1), ((2, 28), 1)),
        *(((5, 9), 1), ((9, 20), 1), ((10, 10), 1)),
    )
    assert seeded(2026, HolidayKind.HOLIDAY) == list(off)
    assert seeded(2026, HolidayKind.WORKING_WEEKEND) == list(on)


def test_2027_has_the_thirteen_days_of_the_regulation_marked_as_not_confirmed():
    off = days(
        2027,
        *(((1, 1), 1), ((2, 5), 4), ((4, 5), 1), ((5, 1), 2)),
        *(((6, 9), 1), ((9, 15), 1), ((10, 1), 3)),
    )
    assert seeded(2027, HolidayKind.HOLIDAY) == list(off)
    assert seeded(2027, HolidayKind.WORKING_WEEKEND) == []
    for day in SEED:
        assert ("not confirmed" in day.source) == (day.on.year == 2027)
        assert str(day.on.year) in day.source or day.on.year == 2027


def test_the_seed_is_sound():
    assert len(TABLE) == len(SEED)
    assert [day.on for day in SEED] == sorted(day.on for day in SEED)
    for day in SEED:
        assert day.name
        assert day.kind is HolidayKind.HOLIDAY or day.on.weekday() >= 5
    # The law gives everybody 13 days off; a year has 365 days, 104 or so of them at weekends.
    for year in (2025, 2026):
        plain = working_days_between(date(year, 1, 1), date(year + 1, 1, 1), {})
        actual = working_days_between(date(year, 1, 1), date(year + 1, 1, 1), TABLE)
        assert plain == 261
        assert actual == 248


def test_the_table_decides_before_the_week():
    assert is_working_day(date(2026, 7, 31), TABLE)
    assert not is_working_day(date(2026, 8, 1), TABLE)
    assert not is_working_day(date(2026, 8, 2), TABLE)
    assert is_working_day(date(2026, 8, 3), TABLE)
    assert not is_working_day(date(2026, 2, 16), TABLE)
    assert is_working_day(date(2026, 2, 28), TABLE)
    assert not is_working_day(date(2026, 2, 28), {})


def test_spans_are_half_open():
    monday = date(2026, 3, 2)
    assert working_days_between(monday, monday, {}) == 0
    assert working_days_between(monday, date(2026, 3, 3), {}) == 1
    assert working_days_between(date(2026, 3, 1), monday, {}) == 0
    assert working_days_between(monday, date(2026, 3, 9), {}) == 5
    assert working_days_between(date(2026, 3, 9), monday, {}) == -5
    # 14 February is made up, 15 to 23 are off, 24 to 28 are worked.
    assert working_days_between(date(2026, 2, 14), date(2026, 3, 1), TABLE) == 6


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 3, 2), 1, date(2026, 3, 3)),
        (date(2026, 3, 6), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 1, date(2026, 3, 9)),
        (date(2026, 3, 7), 0, date(2026, 3, 7)),
        (date(2026, 3, 9), -1, date(2026, 3, 6)),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 24), -1, date(2026, 2, 14)),
        (date(2026, 2, 27), 1, date(2026, 2, 28)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (date(2026, 10, 9), 15, date(2026, 10, 29)),
    ],
)
def test_adding_working_days(start, count, end):
    assert add_working_days(start, count, TABLE) == end


@pytest.mark.parametrize("count", [1, 2, 15, 60])
def test_adding_and_counting_agree(count):
    for offset in range(60):
        start = date(2026, 1, 20) + timedelta(days=offset)
        end = add_working_days(start, count, TABLE)
        assert is_working_day(end, TABLE)
        after = timedelta(days=1)
        assert working_days_between(start + after, end + after, TABLE) == count


def test_the_table_is_read_from_the_database():
    engine = create_engine("sqlite://")
    # The weekday check is PostgreSQL's; reading is the same everywhere.
    with engine.begin() as connection:
        connection.exec_driver_sql(
            'CREATE TABLE holiday ("on" DATE, kind TEXT, name TEXT, source TEXT, id CHAR(32),'
            " version INTEGER, created_at TIMESTAMP DEFAULT '2026-01-01 00:00:00',"
            " updated_at TIMESTAMP DEFAULT '2026-01-01 00:00:00')"
        )
    with Session(engine) as session:
        assert load_table(session) == {}
        session.add_all(Holiday(**asdict(day)) for day in SEED)
        session.commit()
        assert load_table(session) == TABLE
    engine.dispose()
    assert TABLE[date(2026, 2, 14)] is True
    assert TABLE[date(2026, 2, 15)] is False


def test_the_table_guards_its_days():
    names = {constraint.name for constraint in Holiday.__table__.constraints}
    assert {"holiday_date_taken", "working_weekend_is_a_weekend"} <= names
