"""What performance enters in the book; every amount that moves has its lines here.

Claim and debt mirror each other: the supplier's claim is a debit, the licensee's debt a credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post
from marketplace.performance.queries import figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, kw_only=True)
class Owing:
    """Something owed: what it is, who owes it to whom (owners of the accounts), and its words."""

    kind: str
    id: UUID
    creditor: UUID
    debtor: UUID
    currency: str
    memo: str

    @property
    def _accounts(self) -> tuple[Account, Account, Account, Account]:
        if self.kind == figures.COMMISSION:
            return Account.FEE_CLAIM, Account.FEE_DEBT, Account.FEE_CASH, Account.FEE_INCOME
        income = (
            Account.INTEREST_INCOME if self.kind == figures.INTEREST else Account.CONTRACT_INCOME
        )
        return Account.CONTRACT_CLAIM, Account.CONTRACT_DEBT, Account.CONTRACT_CASH, income

    def claim_lines(self, amount_minor: int) -> list[Line]:
        """Give the lines that raise claim and debt by an amount, or lower them below 0."""
        claim, debt, _, _ = self._accounts
        return [
            Line(claim, amount_minor, self.creditor, self.currency),
            Line(debt, -amount_minor, self.debtor, self.currency),
        ]

    def income_lines(self, amount_minor: int) -> list[Line]:
        """Give the lines that enter an income."""
        _, _, cash, income = self._accounts
        return [
            Line(cash, amount_minor, self.creditor, self.currency),
            Line(income, -amount_minor, self.creditor, self.currency),
        ]


def _enter(
    session: Session,
    owing: Owing,
    kind: TransactionKind,
    reference: str,
    lines: Sequence[Line],
    *,
    now: datetime,
) -> None:
    if any(line.amount_minor for line in lines):
        post(
            session,
            kind=kind,
            reference=reference,
            lines=lines,
            about=(owing.kind, owing.id),
            memo=owing.memo,
            now=now,
        )


def fell_due(session: Session, owing: Owing, amount_minor: int, *, now: datetime) -> None:
    """Enter that an amount is owed from now on; once for each thing."""
    _enter(
        session,
        owing,
        TransactionKind.OWED,
        f"owed:{owing.kind}:{owing.id}",
        owing.claim_lines(amount_minor),
        now=now,
    )


def was_met(
    session: Session, owing: Owing, part_id: UUID, amount_minor: int, *, now: datetime
) -> None:
    """Enter that a part was paid."""
    _enter(
        session,
        owing,
        TransactionKind.MET,
        f"met:{part_id}",
        owing.claim_lines(-amount_minor),
        now=now,
    )


def earned(
    session: Session, owing: Owing, part_id: UUID, amount_minor: int, *, now: datetime
) -> None:
    """Enter that the creditor may keep a part."""
    _enter(
        session,
        owing,
        TransactionKind.INCOME,
        f"income:{part_id}",
        owing.income_lines(amount_minor),
        now=now,
    )


def given_back(
    session: Session,
    owing: Owing,
    reference: str,
    *,
    reopened_minor: int,
    recalled_minor: int,
    now: datetime,
) -> None:
    """Enter a refund: so much is owed again, so much income is lost; below 0 for a failed one."""
    undone = min(reopened_minor, recalled_minor) < 0
    _enter(
        session,
        owing,
        TransactionKind.REVERSAL if undone else TransactionKind.REFUND,
        reference,
        [*owing.claim_lines(reopened_minor), *owing.income_lines(-recalled_minor)],
        now=now,
    )


def changed(session: Session, owing: Owing, amount_minor: int, *, key: str, now: datetime) -> None:
    """Enter that an amendment raises what is owed by an amount, or lowers it below 0."""
    if amount_minor < 0:
        lower(session, owing, -amount_minor, key=key, now=now)
        return
    _enter(
        session,
        owing,
        TransactionKind.OWED,
        f"owed:{owing.kind}:{owing.id}:{key}",
        owing.claim_lines(amount_minor),
        now=now,
    )


def lower(session: Session, owing: Owing, amount_minor: int, *, key: str, now: datetime) -> None:
    """Enter that so much of what is open is owed no longer."""
    _enter(
        session,
        owing,
        TransactionKind.DROPPED,
        f"dropped:{owing.kind}:{owing.id}:{key}",
        owing.claim_lines(-amount_minor),
        now=now,
    )


def drop_open(session: Session, owing: Owing, *, key: str, now: datetime) -> None:
    """Enter that nothing more is owed."""
    standing = figures.standings(session, owing.kind, [owing.id])[owing.id]
    lower(session, owing, standing.open_minor, key=key, now=now)
