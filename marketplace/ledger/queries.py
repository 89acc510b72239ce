"""Balances, statements, and the check of the chain."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.core import chain
from marketplace.core.chain import Fault, Link
from marketplace.core.messages import N_
from marketplace.core.paging import Page
from marketplace.ledger.models import Account, Head, Line, Seal, Transaction, TransactionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

_BATCH = 1000


def find(session: Session, reference: str) -> Transaction | None:
    """Find an entry by its reference."""
    return session.scalar(select(Transaction).where(Transaction.reference == reference))


def list_about(session: Session, kind: str, object_id: UUID) -> Sequence[Transaction]:
    """List the entries about one object, the oldest first."""
    return session.scalars(
        select(Transaction)
        .where(Transaction.object_kind == kind, Transaction.object_id == object_id)
        .order_by(Transaction.at, Transaction.reference)
    ).all()


def lines_of(session: Session, ids: Collection[UUID]) -> Mapping[UUID, list[Line]]:
    """Give the lines of entries, in their order."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    rows = session.scalars(
        select(Line)
        .where(Line.transaction_id.in_(ids))
        .order_by(Line.transaction_id, Line.position)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        found[row.transaction_id].append(row)
    return found


def balance(
    session: Session, account: Account, *, owner_id: UUID | None = None, currency: str = "CNY"
) -> int:
    """Give what stands on an account (of one owner, when named) in minor units; debit positive."""
    statement = select(func.coalesce(func.sum(Line.amount_minor), 0)).where(
        Line.account == account, Line.currency == currency
    )
    if owner_id is not None:
        statement = statement.where(Line.owner_id == owner_id)
    return int(session.scalar(statement) or 0)


def balances(
    session: Session, *, owner_id: UUID | None = None, currency: str = "CNY"
) -> dict[Account, int]:
    """Give what stands on every account (of one owner, when named) in minor units."""
    statement = select(Line.account, func.sum(Line.amount_minor)).where(Line.currency == currency)
    if owner_id is not None:
        statement = statement.where(Line.owner_id == owner_id)
    return {row[0]: int(row[1]) for row in session.execute(statement.group_by(Line.account))}


def balance_about(
    session: Session, account: Account, kind: str, object_id: UUID, *, currency: str = "CNY"
) -> int:
    """Give what the entries about one object left on an account, in minor units."""
    statement = (
        select(func.coalesce(func.sum(Line.amount_minor), 0))
        .join(Transaction, Transaction.id == Line.transaction_id)
        .where(
            Transaction.object_kind == kind,
            Transaction.object_id == object_id,
            Line.account == account,
            Line.currency == currency,
        )
    )
    return int(session.scalar(statement) or 0)


@dataclass(frozen=True)
class StatementRow:
    """One line of a statement; ``balance_minor`` is the account's after it."""

    at: datetime
    kind: TransactionKind
    reference: str
    memo: str
    object_kind: str
    object_id: UUID | None
    account: Account
    amount_minor: int
    currency: str
    balance_minor: int


def _statement(
    owner_id: UUID | None, accounts: Collection[Account] | None, currency: str
) -> Select[*tuple[Any, ...]]:
    chosen: list[ColumnElement[bool]] = [Line.currency == currency]
    if owner_id is not None:
        chosen.append(Line.owner_id == owner_id)
    if accounts is not None:
        chosen.append(Line.account.in_(accounts))
    running = func.sum(Line.amount_minor).over(
        partition_by=Line.account, order_by=(Seal.number, Line.position)
    )
    return (
        select(
            Transaction.at,
            Transaction.kind,
            Transaction.reference,
            Transaction.memo,
            Transaction.object_kind,
            Transaction.object_id,
            Line.account,
            Line.amount_minor,
            Line.currency,
            running.label("balance_minor"),
            Seal.number,
            Line.position,
        )
        .join(Transaction, Transaction.id == Line.transaction_id)
        .join(Seal, Seal.transaction_id == Transaction.id)
        .where(*chosen)
    )


def _row(row: Row[Any]) -> StatementRow:
    return StatementRow(
        at=row.at,
        kind=row.kind,
        reference=row.reference,
        memo=row.memo,
        object_kind=row.object_kind,
        object_id=row.object_id,
        account=row.account,
        amount_minor=row.amount_minor,
        currency=row.currency,
        balance_minor=int(row.balance_minor),
    )


def statement(
    session: Session,
    *,
    owner_id: UUID | None = None,
    accounts: Collection[Account] | None = None,
    currency: str = "CNY",
    since: datetime | None = None,
    until: datetime | None = None,
    number: int = 1,
    size: int = 50,
) -> Page[StatementRow]:
    """List an owner's lines with running balances per account, the newest first.

    ``since`` is included, ``until`` is not; ``size=0`` gives all on one page.
    """
    rows = _statement(owner_id, accounts, currency).subquery()
    chosen = select(rows)
    if since is not None:
        chosen = chosen.where(rows.c.at >= since)
    if until is not None:
        chosen = chosen.where(rows.c.at < until)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    chosen = chosen.order_by(rows.c.number.desc(), rows.c.position.desc())
    if size:
        number = max(1, number)
        chosen = chosen.limit(size).offset((number - 1) * size)
    items = [_row(row) for row in session.execute(chosen)]
    return Page(items=items, total=total, number=number, size=size or max(1, total))


def unsealed(session: Session, ids: Collection[UUID] | None = None) -> Sequence[Transaction]:
    """List entries without a place in the chain (among ``ids``, when given)."""
    found = (
        select(Transaction)
        .outerjoin(Seal, Seal.transaction_id == Transaction.id)
        .where(Seal.number.is_(None))
        .order_by(Transaction.at)
    )
    if ids is not None:
        found = found.where(Transaction.id.in_(ids))
    return session.scalars(found).all()


def content_of(entry: Transaction, lines: Sequence[Line]) -> list[object]:
    """Give everything that the hash of an entry speaks for."""
    return [
        str(entry.id),
        entry.kind.value,
        entry.reference,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.memo,
        entry.object_kind,
        str(entry.object_id or ""),
        str(entry.reverses_id or ""),
        [
            [
                row.position,
                row.account.value,
                row.amount_minor,
                str(row.owner_id or ""),
                row.currency,
            ]
            for row in lines
        ],
    ]


def head_of(session: Session) -> tuple[int, str] | None:
    """Give the number and hash at which the chain is said to end."""
    head = session.execute(select(Head.number, Head.hash)).one_or_none()
    return (head[0], head[1]) if head else None


def links(session: Session) -> Iterator[Link]:
    """Read the chain by rising number, a batch at a time."""
    after = 0
    while True:
        seals = session.execute(
            select(Seal.number, Seal.previous_hash, Seal.hash, Transaction)
            .join(Transaction, Transaction.id == Seal.transaction_id)
            .where(Seal.number > after)
            .order_by(Seal.number)
            .limit(_BATCH)
            .execution_options(populate_existing=True)
        ).all()
        if not seals:
            return
        lines = lines_of(session, [row[3].id for row in seals])
        for number, previous, hashed, entry in seals:
            yield Link(number, previous, hashed, content_of(entry, lines[entry.id]))
        after = seals[-1][0]


def verify(session: Session) -> Iterator[Fault]:
    """Walk the chain; give every altered, removed, reordered or added row."""
    yield from chain.walk(links(session), head_of(session))
    for _entry in unsealed(session):
        yield Fault(0, N_("an entry has no place in the chain"))
