"""The export of one's own data; each domain adds the part it keeps."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, inspect, select

from marketplace.accounts.models import Invitation, User
from marketplace.accounts.queries import own_user
from marketplace.core import audit
from marketplace.core.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

    Part = Callable[[Session, UUID], list[dict[str, Any]]]

#: Never given out, not even to the person: they are keys, not facts about them.
_SECRET = frozenset({"password_hash", "totp_secret", "totp_last_step", "recovery_hashes"}) | {
    "token_hash"
}

#: Columns whose rows are the person's own.
_OWNING = frozenset({"user_id", "person_id", "owner_id", "sender_id", "uploaded_by"})

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Let a domain add what it keeps of a person beside rows that refer to them, under a name."""
    _parts[name] = part


def plain_row(row: Model) -> dict[str, Any]:
    """Give a row's columns as JSON can hold them, without secrets."""
    columns = inspect(type(row)).column_attrs
    return {
        column.key: _plain(getattr(row, column.key))
        for column in columns
        if column.key not in _SECRET
    }


def plain_rows(rows: Iterable[Model]) -> list[dict[str, Any]]:
    """Give rows as JSON can hold them, for a domain's part."""
    return [plain_row(row) for row in rows]


def _plain(value: Any) -> Any:  # noqa: ANN401 — column values
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, UUID) else value


def gather(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """Collect everything that is kept of the actor; the export itself is recorded.

    Rows of every table that belong to the person are given whole. Where a row only names the
    person (who created, edited or reviewed it), the rows are counted: they are their
    organization's.
    """
    user = own_user(session, actor)
    found: dict[str, Any] = {"exported_at": now.isoformat(), "account": plain_row(user)}
    named: dict[str, int] = {}
    for model, column in _columns_naming_people():
        fits = column == user.id
        table = model.__tablename__
        if column.key in _OWNING:
            rows = session.scalars(select(model).where(fits))
            found.setdefault(table, []).extend(plain_rows(rows))
        elif count := session.scalar(select(func.count()).select_from(model).where(fits)):
            named[f"{table}.{column.key}"] = count
    received = select(Invitation).where(Invitation.email == user.email)
    entries = (
        select(audit.AuditEntry)
        .where(audit.AuditEntry.actor_id == user.id)
        .order_by(audit.AuditEntry.number)
    )
    found["invitations_received"] = plain_rows(session.scalars(received))
    found["audit_entries"] = plain_rows(session.scalars(entries))
    found["named_in"] = named
    for name, part in sorted(_parts.items()):
        found[name] = part(session, user.id)
    audit.record(
        session,
        actor=actor,
        action="account.data_exported",
        kind="person",
        object_id=user.id,
        now=now,
    )
    return found


def _columns_naming_people() -> Iterator[tuple[type[Model], Any]]:
    """Give each mapped column of any domain that refers to a person, so that none is forgotten."""
    for mapper in sorted(Model.registry.mappers, key=lambda mapper: mapper.class_.__name__):
        for attribute in mapper.column_attrs:
            for key in attribute.columns[0].foreign_keys:
                if key.column.table is User.__table__:
                    yield mapper.class_, getattr(mapper.class_, attribute.key)
