"""The export of one's own data; each domain adds the part it keeps."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import inspect, select

from marketplace.accounts.models import Invitation, Membership, PlatformGrant, SignIn
from marketplace.accounts.queries import own_user
from marketplace.core import audit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.orm import Session

    from marketplace.accounts.models import User
    from marketplace.core.actor import Actor
    from marketplace.core.model import Model

    Part = Callable[[Session, UUID], list[dict[str, Any]]]

#: Never given out, not even to the person: they are keys, not facts about them.
_SECRET = frozenset({"password_hash", "totp_secret", "totp_last_step", "recovery_hashes"}) | {
    "token_hash"
}

_parts: dict[str, Part] = {}


def register(name: str, part: Part) -> None:
    """Let a domain add what it keeps of a person, under a name."""
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
    """Collect everything that is kept of the actor; the export itself is recorded."""
    user: User = own_user(session, actor)
    found: dict[str, Any] = {"exported_at": now.isoformat(), "account": plain_row(user)}
    own = {
        "memberships": select(Membership).where(Membership.user_id == user.id),
        "platform_roles": select(PlatformGrant).where(PlatformGrant.user_id == user.id),
        "sign_ins": select(SignIn).where(SignIn.user_id == user.id),
        "invitations_received": select(Invitation).where(Invitation.email == user.email),
        "invitations_sent": select(Invitation).where(Invitation.invited_by == user.id),
        "audit_entries": select(audit.AuditEntry)
        .where(audit.AuditEntry.actor_id == user.id)
        .order_by(audit.AuditEntry.number),
    }
    for name, statement in own.items():
        found[name] = plain_rows(session.scalars(statement))
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
