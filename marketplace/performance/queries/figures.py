"""Sums of money, all of them read from the book."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.ledger.models import Account, Line, Transaction
from marketplace.performance.models import (
    IncomeSplit,
    Milestone,
    RoyaltyStatement,
    SplitBasis,
    SplitState,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

#: What entries of performance are about.
MILESTONE, STATEMENT, COMMISSION, SPLIT, INTEREST = (
    "milestone",
    "royalty_statement",
    "commission",
    "income_split",
    "interest_claim",
)
#: Splits whose gross income is spoken for, but not in the books yet.
_RESERVED = (SplitState.DRAFT, SplitState.CONSENTING, SplitState.NOTICED)


@dataclass(frozen=True)
class Standing:
    """How one thing stands in the book, in minor units: fell due, paid, still owed, earned."""

    owed_minor: int = 0
    open_minor: int = 0
    earned_minor: int = 0

    @property
    def met_minor(self) -> int:
        """What was paid against it."""
        return self.owed_minor - self.open_minor


def standings(session: Session, kind: str, ids: Collection[UUID]) -> Mapping[UUID, Standing]:
    """Give for each object how it stands; one that has no entries stands at 0."""
    fee = kind == COMMISSION
    claim = Account.FEE_CLAIM if fee else Account.CONTRACT_CLAIM
    income = (
        Account.FEE_INCOME
        if fee
        else Account.INTEREST_INCOME
        if kind == INTEREST
        else Account.CONTRACT_INCOME
    )
    rows = session.execute(
        select(Transaction.object_id, Line.account, Transaction.kind, func.sum(Line.amount_minor))
        .join(Line, Line.transaction_id == Transaction.id)
        .where(
            Transaction.object_kind == kind,
            Transaction.object_id.in_(ids),
            Line.account.in_((claim, income)),
        )
        .group_by(Transaction.object_id, Line.account, Transaction.kind)
    )
    sums: dict[UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for object_id, account, entry, total in rows:
        if object_id is None:
            continue
        if account is income:
            sums[object_id]["earned"] -= int(total)
            continue
        sums[object_id]["open"] += int(total)
        if entry.value in ("owed", "dropped"):
            sums[object_id]["owed"] += int(total)
    return {one: Standing(sums[one]["owed"], sums[one]["open"], sums[one]["earned"]) for one in ids}


def earned(session: Session, deal_id: UUID) -> int:
    """Give what a deal's supplier earned so far, before any split (minor units)."""
    subjects = (
        select(Milestone.id)
        .where(Milestone.deal_id == deal_id)
        .union_all(select(RoyaltyStatement.id).where(RoyaltyStatement.deal_id == deal_id))
    )
    return -_sum(session, Account.CONTRACT_INCOME, subjects)


def shared_out(session: Session, deal_id: UUID) -> int:
    """Give what of a deal's income was shared out in the books (minor units)."""
    splits = select(IncomeSplit.id).where(IncomeSplit.deal_id == deal_id)
    return _sum(session, Account.CONTRACT_INCOME, splits)


def _sum(session: Session, account: Account, subjects: object) -> int:
    return int(
        session.scalar(
            select(func.coalesce(func.sum(Line.amount_minor), 0))
            .join(Transaction, Transaction.id == Line.transaction_id)
            .where(Line.account == account, Transaction.object_id.in_(subjects))  # type: ignore[arg-type]
        )
        or 0
    )


def to_share(session: Session, deal_id: UUID, *, besides: UUID | None = None) -> int:
    """Give the income of a deal that no split has taken up yet (minor units)."""
    reserved = select(func.coalesce(func.sum(IncomeSplit.gross_minor), 0)).where(
        IncomeSplit.deal_id == deal_id,
        IncomeSplit.state.in_(_RESERVED),
        IncomeSplit.basis == SplitBasis.INCOME,
    )
    if besides is not None:
        reserved = reserved.where(IncomeSplit.id != besides)
    return (
        earned(session, deal_id) - shared_out(session, deal_id) - int(session.scalar(reserved) or 0)
    )


def award_owed(session: Session, share_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Give for each person's share what is still owed (minor units), as the book says."""
    rows = session.execute(
        select(Line.owner_id, func.sum(Line.amount_minor))
        .where(Line.account == Account.AWARD_PAYABLE, Line.owner_id.in_(share_ids))
        .group_by(Line.owner_id)
    )
    found = {owner: -int(total) for owner, total in rows if owner is not None}
    return {one: found.get(one, 0) for one in share_ids}
