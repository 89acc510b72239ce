"""A signed amendment of one demo contract: a longer term and one further clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.amendments import services
from marketplace.amendments.services import Proposal
from marketplace.core.errors import MarketplaceError
from marketplace.deals.models import Deal, DealStage
from marketplace.papers import queries as papers
from marketplace.papers import services as paper_services
from marketplace.papers.permissions import SIGNERS
from marketplace.performance.models import Performance
from marketplace.performance.services import changes

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

CLAUSES = "双方各指定一名联系人，每季度召开一次项目例会，会议纪要经双方确认后存档。"
GROUNDS = "产线改造延期，双方同意补充约定协作方式。"


def load(session: Session, *, now: datetime) -> int:
    """Amend the first demo contract in performance; give how many were amended."""
    deal = session.scalars(
        select(Deal)
        .join(Performance, Performance.deal_id == Deal.id)
        .where(Deal.is_demo, Deal.stage == DealStage.PERFORMING)
        .order_by(Deal.opened_at, Deal.id)
        .limit(1)
    ).first()
    if deal is None:
        return 0
    try:
        with session.begin_nested():
            _amend(session, deal, now)
    except MarketplaceError:
        # A demo organization that may not sign today leaves its contract as it is.
        return 0
    return 1


def _amend(session: Session, deal: Deal, now: datetime) -> None:
    sides = [_signer(session, one, now) for one in (deal.licensee_id, deal.licensor_id)]
    amendment = services.propose(
        session,
        actor=sides[0],
        deal_id=deal.id,
        proposal=Proposal(
            rows=changes.standing_of(session, deal).open, grounds=GROUNDS, clauses=CLAUSES
        ),
        now=now,
    )
    paper = papers.load(session, amendment.paper_id) if amendment.paper_id else None
    if paper is None:
        return
    for actor, party in zip(sides, paper.parties, strict=True):
        paper_services.sign(
            session,
            actor=actor,
            paper_id=paper.id,
            party_id=party.id,
            name=actor.name,
            sha256=paper.sha256,
            now=now,
        )


def _signer(session: Session, organization_id: UUID, now: datetime) -> Actor:
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role.in_(SIGNERS))
        .order_by(User.email)
        .limit(1)
    ).one()
    return actor_of(session, user, at=now)
