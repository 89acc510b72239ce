"""Posting to the book, and taking back by a reversing entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import event, func, insert, select, update
from sqlalchemy.orm import Session

from marketplace.core import chain
from marketplace.core.chain import GENESIS
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.ledger import queries, rules
from marketplace.ledger.models import Head, Seal, Transaction, TransactionKind
from marketplace.ledger.models import Line as Row
from marketplace.ledger.rules import Line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

__all__ = ["Line", "post", "reverse", "seal_pending"]

_LOCK = 0x4C454447  # "LEDG": the advisory lock of the chain alone
_PENDING = "ledger.pending"


def post(
    session: Session,
    *,
    kind: TransactionKind,
    reference: str,
    lines: Sequence[Line],
    now: datetime,
    about: tuple[str, UUID] | None = None,
    memo: str = "",
) -> Transaction:
    """Enter a movement of money once; the same reference gives the first entry back.

    Raises RuleBroken when the lines don't balance, or when the reference was used for others.
    """
    return _enter(
        session,
        Transaction(
            kind=kind,
            reference=reference,
            at=now,
            memo=memo[:300],
            object_kind=about[0] if about else "",
            object_id=about[1] if about else None,
        ),
        rules.moving(lines),
    )


def reverse(session: Session, *, reference: str, now: datetime, memo: str = "") -> Transaction:
    """Take an entry back by its opposite; a second time gives the first reversal."""
    entered = queries.find(session, reference)
    if entered is None:
        raise NotFound
    lines = [
        Line(row.account, -row.amount_minor, row.owner_id, row.currency)
        for row in queries.lines_of(session, [entered.id])[entered.id]
    ]
    return _enter(
        session,
        Transaction(
            kind=TransactionKind.REVERSAL,
            reference=f"reverse:{reference}",
            at=now,
            memo=memo[:300],
            object_kind=entered.object_kind,
            object_id=entered.object_id,
            reverses_id=entered.id,
        ),
        lines,
    )


def _enter(session: Session, entry: Transaction, lines: Sequence[Line]) -> Transaction:
    rules.require_balanced(lines)
    present = queries.find(session, entry.reference)
    if present is not None:
        rows = queries.lines_of(session, [present.id])[present.id]
        same = [(r.account, r.amount_minor, r.owner_id, r.currency) for r in rows]
        if same != [(i.account, i.amount_minor, i.owner_id, i.currency) for i in lines]:
            raise RuleBroken(
                N_("“%(reference)s” stands in the books with other amounts."),
                reference=entry.reference,
            )
        return present
    session.add(entry)
    session.flush()
    session.execute(
        insert(Row),
        [
            {
                "transaction_id": entry.id,
                "position": position,
                "account": line.account,
                "amount_minor": line.amount_minor,
                "owner_id": line.owner_id,
                "currency": line.currency,
            }
            for position, line in enumerate(lines)
        ],
    )
    session.info.setdefault(_PENDING, []).append(entry.id)
    return entry


def seal_pending(session: Session) -> None:
    """Chain what was entered; called at commit, and by tests that look earlier."""
    ids: list[UUID] = session.info.pop(_PENDING, [])
    if not ids:
        return
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    # What a rolled back savepoint took away is not there, and needs no place.
    entries = {entry.id: entry for entry in queries.unsealed(session, ids)}
    lines = queries.lines_of(session, list(entries))
    head = queries.head_of(session)
    number, previous = head or (0, GENESIS)
    rows: list[dict[str, Any]] = []
    for entry_id in ids:
        if entry_id not in entries:
            continue
        number += 1
        content = queries.content_of(entries[entry_id], lines[entry_id])
        row = {"number": number, "transaction_id": entry_id, "previous_hash": previous}
        row["hash"] = previous = chain.digest(previous, number, content)
        rows.append(row)
    if not rows:
        return
    session.execute(insert(Seal), rows)
    if head is None:
        session.execute(insert(Head), [{"id": 1, "number": number, "hash": previous}])
    else:
        session.execute(update(Head).values(number=number, hash=previous))


# First of all listeners: the book's lock is always taken before the audit trail's.
@event.listens_for(Session, "before_commit", insert=True)
def _seal_at_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        session.flush()
        seal_pending(session)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous_transaction: Any) -> None:  # noqa: ANN401 — SQLAlchemy's own type is private
    if not previous_transaction.nested:
        session.info.pop(_PENDING, None)
