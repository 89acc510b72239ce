"""Keeping the table of holidays, on which reply clocks stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import extract, func, select

from marketplace.codes.holidays import SEED
from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core import audit, jobs
from marketplace.core.actor import Actor, require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_holidays(session: Session, year: int) -> Sequence[Holiday]:
    """List the days of a year, in order."""
    return session.scalars(
        select(Holiday).where(extract("year", Holiday.on) == year).order_by(Holiday.on)
    ).all()


def list_years(session: Session) -> list[int]:
    """List the years that have days in the table."""
    year = extract("year", Holiday.on)
    return sorted({int(found) for found in session.scalars(select(year).distinct())})


def add_holiday(
    session: Session,
    *,
    actor: Actor,
    on: date,
    kind: HolidayKind,
    name: str,
    source: str,
    now: datetime,
) -> Holiday:
    """Add a day; RuleBroken for a day that is there, or a make-up working day in the week."""
    require(actor.is_administrator)
    holiday = Holiday(on=on, kind=kind, name=name, source=source)
    with judged(session):
        session.add(holiday)
    _record(session, actor, holiday, "holiday.added", now)
    return holiday


def remove_holiday(session: Session, *, actor: Actor, holiday_id: UUID, now: datetime) -> date:
    """Take a day out of the table; give which it was."""
    require(actor.is_administrator)
    holiday = session.get(Holiday, holiday_id, with_for_update=True)
    if holiday is None:
        raise NotFound
    _record(session, actor, holiday, "holiday.removed", now)
    session.delete(holiday)
    session.flush()
    return holiday.on


def seed_holidays(session: Session) -> int:
    """Fill an empty table with the known days; give how many were added.

    A table that people have edited is left alone.
    """
    if session.scalar(select(func.count()).select_from(Holiday)):
        return 0
    session.add_all(
        Holiday(on=day.on, kind=day.kind, name=day.name, source=day.source) for day in SEED
    )
    session.flush()
    return len(SEED)


def _record(session: Session, actor: Actor, holiday: Holiday, action: str, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="holiday",
        object_id=holiday.id,
        now=now,
        on=holiday.on.isoformat(),
        day=holiday.kind,
        name=holiday.name,
    )
    jobs.tell(session, "holidays.changed", on=holiday.on.isoformat())
