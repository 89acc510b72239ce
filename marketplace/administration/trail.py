"""Reading the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from marketplace.accounts.models import User
from marketplace.core.audit import AuditEntry
from marketplace.core.paging import Page, page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

BEIJING = ZoneInfo("Asia/Shanghai")
SIZE = 50


@dataclass(frozen=True, kw_only=True)
class TrailFilter:
    """Which entries are asked for; days are days in Beijing, both included."""

    action: str = ""
    object_kind: str = ""
    object_id: UUID | None = None
    actor_id: UUID | None = None
    since: date | None = None
    until: date | None = None


def _chosen(asked: TrailFilter) -> Select[AuditEntry]:
    statement = select(AuditEntry).order_by(AuditEntry.number.desc())
    if asked.action:
        # "account." finds every action on accounts.
        statement = statement.where(AuditEntry.action.startswith(asked.action, autoescape=True))
    if asked.object_kind:
        statement = statement.where(AuditEntry.object_kind == asked.object_kind)
    if asked.object_id:
        statement = statement.where(AuditEntry.object_id == asked.object_id)
    if asked.actor_id:
        statement = statement.where(AuditEntry.actor_id == asked.actor_id)
    if asked.since:
        statement = statement.where(AuditEntry.at >= _midnight(asked.since))
    if asked.until:
        statement = statement.where(AuditEntry.at < _midnight(asked.until + timedelta(days=1)))
    return statement


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BEIJING)


def list_entries(session: Session, asked: TrailFilter, *, number: int) -> Page[AuditEntry]:
    """List entries, the newest first."""
    return page_of(session, _chosen(asked), number=number, size=SIZE)


def stream_entries(session: Session, asked: TrailFilter) -> Iterator[AuditEntry]:
    """Give all entries without holding them in memory, the newest first."""
    yield from session.scalars(_chosen(asked).execution_options(yield_per=1000))


def names_of(session: Session, entries: Sequence[AuditEntry]) -> Mapping[UUID, str]:
    """Give the names of the people who acted."""
    ids = {entry.actor_id for entry in entries if entry.actor_id}
    rows: Any = session.execute(select(User.id, User.name).where(User.id.in_(ids))).all()
    return {row.id: row.name for row in rows}


def list_kinds(session: Session) -> list[str]:
    """List the kinds of objects that stand in the trail."""
    return sorted(session.scalars(select(AuditEntry.object_kind).distinct()))
