"""Demo commissions: computed, invoiced, paid in part, and paid."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.deals.models import Deal, DealStage
from marketplace.demo.managers import MANAGER, actor_by
from marketplace.demo.performance import take_in
from marketplace.papers.permissions import SIGNERS
from marketplace.performance.models import Commission
from marketplace.performance.services import commissions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def load(session: Session, *, now: datetime) -> int:
    """Let the manager bill the demo commissions, and their payers answer; give how many."""
    manager = actor_by(session, MANAGER, now)
    rows = session.scalars(
        select(Commission)
        .join(Deal, Deal.id == Commission.deal_id)
        .options(joinedload(Commission.deal), joinedload(Commission.payer))
        .where(Deal.is_demo)
        .order_by(Deal.opened_at, Commission.payer_id)
    ).all()
    for place, row in enumerate(rows, start=1):
        stage = row.deal.stage
        is_client = row.payer_id == row.deal.licensor_id
        # Of a contract just signed, one half is billed and the other still to be billed.
        if stage is DealStage.SIGNED and not is_client:
            continue
        begun = min(row.computed_at + timedelta(days=12), now - timedelta(days=6))
        number = f"JH-{begun.year}-{place:04d}"
        commissions.invoice(session, actor=manager, commission_id=row.id, number=number, now=begun)
        if stage is DealStage.SIGNED:
            continue
        # A running contract has paid one half of it, an old one all.
        part = row.amount_minor // 2 if stage is DealStage.PERFORMING else None
        asked = commissions.pay(
            session,
            actor=_payer(session, row, now),
            commission_id=row.id,
            amount_minor=part,
            now=begun + timedelta(days=2),
        )
        take_in(session, asked, begun + timedelta(days=4))
    session.flush()
    return len(rows)


def _payer(session: Session, row: Commission, now: datetime) -> Actor:
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == row.payer_id, Membership.role.in_(SIGNERS))
        .order_by(User.email)
        .limit(1)
    ).one()
    return actor_of(session, user, at=now)
