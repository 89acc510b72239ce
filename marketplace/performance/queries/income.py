"""An institution's income by deal, and a manager's commissions; figures from the book."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.deals.models import Deal
from marketplace.ledger.models import Account, Line, Transaction
from marketplace.ledger.queries import statement as ledger_statement
from marketplace.managers.queries.register import find_own
from marketplace.performance.models import (
    Commission,
    IncomeSplit,
    Milestone,
    Performance,
    RoyaltyStatement,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.core.paging import Page
    from marketplace.ledger.queries import StatementRow

#: What a line of income shows, in this order.
SHOWN = (
    Account.CONTRACT_CLAIM,
    Account.CONTRACT_INCOME,
    Account.INCOME_COST,
    Account.AWARD_PAYABLE,
    Account.COLLEGE_SHARE,
    Account.UNIVERSITY_SHARE,
)
#: Accounts of a manager's commissions.
FEES = (Account.FEE_CLAIM, Account.FEE_CASH, Account.FEE_INCOME)


@dataclass(frozen=True)
class IncomeRow:
    """One deal of an institution, in minor units: open, earned, and how it was shared out."""

    deal: Deal
    currency: str
    open_minor: int
    earned_minor: int
    unshared_minor: int
    cost_minor: int
    awards_minor: int
    college_minor: int
    university_minor: int


def list_income(session: Session, organization_id: UUID) -> list[IncomeRow]:
    """List an institution's signed contracts with what each brought in, the newest first."""
    deals = session.execute(
        select(Deal, Performance.currency)
        .join(Performance, Performance.deal_id == Deal.id)
        .options(joinedload(Deal.licensee), joinedload(Deal.licensor))
        .where(Deal.licensor_id == organization_id)
        .order_by(Performance.signed_on.desc(), Deal.number.desc())
    ).all()
    sums = _sums(session, [deal.id for deal, _ in deals])
    return [_row(deal, currency, sums[deal.id]) for deal, currency in deals]


def _row(deal: Deal, currency: str, sums: Mapping[tuple[Account, bool], int]) -> IncomeRow:
    credit = {account: -sums.get((account, True), 0) for account in SHOWN}
    earned = -sums.get((Account.CONTRACT_INCOME, False), 0)
    return IncomeRow(
        deal=deal,
        currency=currency,
        open_minor=sums.get((Account.CONTRACT_CLAIM, False), 0),
        earned_minor=earned,
        unshared_minor=earned + credit[Account.CONTRACT_INCOME],
        cost_minor=credit[Account.INCOME_COST],
        awards_minor=-sums.get((Account.AWARD_PAYABLE, True), 0),
        college_minor=credit[Account.COLLEGE_SHARE],
        university_minor=credit[Account.UNIVERSITY_SHARE],
    )


def _sums(
    session: Session, deal_ids: Sequence[UUID]
) -> Mapping[UUID, Mapping[tuple[Account, bool], int]]:
    """Sum the book by deal and account; the flag says whether the entry is a split's.

    Payouts of awards don't lower what was awarded, so only their credits count.
    """
    subjects = (
        select(Milestone.id.label("id"), Milestone.deal_id.label("deal_id"))
        .where(Milestone.deal_id.in_(deal_ids))
        .union_all(
            select(RoyaltyStatement.id, RoyaltyStatement.deal_id).where(
                RoyaltyStatement.deal_id.in_(deal_ids)
            ),
            select(IncomeSplit.id, IncomeSplit.deal_id).where(IncomeSplit.deal_id.in_(deal_ids)),
        )
        .subquery()
    )
    is_split = Transaction.object_kind == "income_split"
    rows = session.execute(
        select(subjects.c.deal_id, Line.account, is_split, func.sum(Line.amount_minor))
        .join(Transaction, Transaction.object_id == subjects.c.id)
        .join(Line, Line.transaction_id == Transaction.id)
        .where(
            Line.account.in_(SHOWN),
            ~((Line.account == Account.AWARD_PAYABLE) & (Line.amount_minor > 0)),
        )
        .group_by(subjects.c.deal_id, Line.account, is_split)
    )
    found: dict[UUID, dict[tuple[Account, bool], int]] = defaultdict(dict)
    for deal_id, account, split, total in rows:
        found[deal_id][account, bool(split)] = int(total)
    return found


def list_commissions(session: Session, *, actor: Actor) -> Sequence[Commission]:
    """List the actor's own commissions as a manager, and those that their organizations owe."""
    profile = find_own(session, actor)
    owed = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return session.scalars(
        select(Commission)
        .options(
            joinedload(Commission.deal),
            joinedload(Commission.payer),
            joinedload(Commission.manager),
        )
        .where(
            (Commission.manager_id == profile.id) | Commission.payer_id.in_(owed)
            if profile
            else Commission.payer_id.in_(owed)
        )
        .order_by(Commission.computed_at.desc(), Commission.id)
    ).all()


def fee_statement(session: Session, *, person_id: UUID, number: int = 1) -> Page[StatementRow]:
    """List the lines of a manager's commissions in the book, the newest first."""
    return ledger_statement(session, owner_id=person_id, accounts=FEES, number=number)


def has_income(session: Session, organization_id: UUID) -> bool:
    """Whether the institution has a signed contract as the supplier."""
    return (
        session.scalar(
            select(Performance.id)
            .join(Deal, Deal.id == Performance.deal_id)
            .where(Deal.licensor_id == organization_id)
            .limit(1)
        )
        is not None
    )
