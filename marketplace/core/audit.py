"""The audit trail: who did what to which object, in a chain of hashes.

Entries are gathered during a transaction and written last, under one lock, so that numbers have
no gaps and the lock is held only for the moment of the commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    SmallInteger,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core import chain
from marketplace.core.actor import Actor
from marketplace.core.chain import GENESIS, Fault, Link
from marketplace.core.model import Model

_LOCK = 0x48414E51  # "HANQ": the advisory lock of this table alone
_PENDING = "audit.pending"


class AuditEntry(Model):
    """One change of state; rows are only ever added, a trigger refuses the rest."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "object_kind", "object_id"),
        Index(None, "actor_id"),
        {"info": {"append_only": True}},
    )

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditHead(Model):
    """How long the chain is and where it ends, so that a cut tail is noticed."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="audit_head_is_one_row"),)

    number: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, default=1)


def record(
    session: Session,
    *,
    actor: Actor | None,
    action: str,
    kind: str,
    object_id: UUID | None,
    now: datetime,
    **details: object,
) -> None:
    """Note a change; it is written with the transaction's commit or not at all."""
    session.info.setdefault(_PENDING, []).append(
        {
            "at": now.astimezone(UTC),
            "actor_id": actor.user_id if actor else None,
            "action": action,
            "object_kind": kind,
            "object_id": object_id,
            "details": json.loads(json.dumps(details, default=str)),
        }
    )


def _content(row: dict[str, Any]) -> list[object]:
    return [
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        str(row["actor_id"] or ""),
        row["action"],
        row["object_kind"],
        str(row["object_id"] or ""),
        row["details"],
    ]


def digest(previous_hash: str, number: int, row: dict[str, Any]) -> str:
    """SHA-256 over the previous hash and a canonical form of the entry."""
    return chain.digest(previous_hash, number, _content(row))


def write_pending(session: Session) -> None:
    """Chain and insert what was recorded; called at commit, and by tests that look earlier."""
    rows = session.info.pop(_PENDING, [])
    if not rows:
        return
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    head = head_of(session)
    number, previous = head or (0, GENESIS)
    for row in rows:
        number += 1
        row |= {"number": number, "previous_hash": previous}
        row["hash"] = previous = digest(previous, number, row)
    session.execute(insert(AuditEntry), rows)
    if head is None:
        session.execute(insert(AuditHead), [{"id": 1, "number": number, "hash": previous}])
    else:
        session.execute(update(AuditHead).values(number=number, hash=previous))


_NAMES = ("at", "actor_id", "action", "object_kind", "object_id", "details")


def links(session: Session) -> Iterator[Link]:
    """Read the chain by rising number."""
    rows = session.scalars(
        select(AuditEntry).order_by(AuditEntry.number).execution_options(yield_per=1000)
    )
    for row in rows:
        content = _content({name: getattr(row, name) for name in _NAMES})
        yield Link(row.number, row.previous_hash, row.hash, content)


def head_of(session: Session) -> tuple[int, str] | None:
    """Give the number and hash at which the chain is said to end."""
    head = session.execute(select(AuditHead.number, AuditHead.hash)).one_or_none()
    return (head[0], head[1]) if head else None


def verify(session: Session) -> Iterator[Fault]:
    """Walk the chain; give every altered, removed, reordered or added row."""
    yield from chain.walk(links(session), head_of(session))


@event.listens_for(Session, "before_commit")
def _write_at_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        session.flush()
        write_pending(session)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous_transaction: Any) -> None:  # noqa: ANN401 — SQLAlchemy's own type is private
    if not previous_transaction.nested:
        session.info.pop(_PENDING, None)
