"""What an organization owes under its contracts now: called milestones and confirmed royalties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.deals.models import Deal, DealStage
from marketplace.performance.models import (
    Milestone,
    MilestoneState,
    RoyaltyStatement,
    StatementState,
)
from marketplace.performance.queries import figures

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

_STAGES = (DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Due:
    """One open debt in minor units; a royalty has no name but its period."""

    deal: Deal
    subject_id: UUID
    is_royalty: bool
    title: str
    title_en: str
    due_on: date | None
    open_minor: int
    currency: str


def list_due(session: Session, payer_ids: Collection[UUID]) -> list[Due]:
    """List what these organizations owe as takers of technology, the nearest day first."""
    which = (Deal.licensee_id.in_(payer_ids), Deal.stage.in_(_STAGES))
    milestones = session.execute(
        select(Milestone, Deal)
        .join(Deal, Deal.id == Milestone.deal_id)
        .options(joinedload(Deal.licensor))
        .where(*which, Milestone.state == MilestoneState.PAYABLE)
    ).all()
    statements = session.execute(
        select(RoyaltyStatement, Deal)
        .join(Deal, Deal.id == RoyaltyStatement.deal_id)
        .options(joinedload(Deal.licensor))
        .where(*which, RoyaltyStatement.state == StatementState.CONFIRMED)
    ).all()
    standing = dict(
        figures.standings(session, figures.MILESTONE, [row[0].id for row in milestones])
    )
    standing |= figures.standings(session, figures.STATEMENT, [row[0].id for row in statements])
    rows = [
        Due(
            deal=deal,
            subject_id=one.id,
            is_royalty=False,
            title=one.name,
            title_en=one.name_en,
            due_on=one.due_on,
            open_minor=standing[one.id].open_minor,
            currency=one.currency,
        )
        for one, deal in milestones
    ]
    rows += [
        Due(
            deal=deal,
            subject_id=one.id,
            is_royalty=True,
            title=f"{one.from_on}—{one.to_on}",
            title_en=f"{one.from_on} – {one.to_on}",
            due_on=one.pay_due_on,
            open_minor=standing[one.id].open_minor,
            currency=one.currency,
        )
        for one, deal in statements
    ]
    rows = [row for row in rows if row.open_minor]
    # Without a day it is owed since it was called: it stands first.
    return sorted(rows, key=lambda row: (row.due_on is not None, row.due_on, row.deal.number))
