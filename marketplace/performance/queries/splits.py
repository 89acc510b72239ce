"""Finds policies, splits, shares, costs, objections and payouts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from marketplace.codes import rules as figures_of
from marketplace.codes.rules import WHOLE_BP
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.deals.models import Deal
from marketplace.performance import permissions, settings
from marketplace.performance.models import (
    AwardObjection,
    AwardPayout,
    DirectCost,
    IncomeSplit,
    SplitPolicy,
    SplitShare,
    SplitState,
)
from marketplace.performance.rules.split import Rates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: States in which a split's notice may be read by everybody.
PUBLIC = (SplitState.NOTICED, SplitState.BOOKED, SplitState.PAID_OUT)


@dataclass(frozen=True)
class Policy:
    """How an institution shares income, and where that stands; ``own`` is its own row."""

    rates: Rates
    source: str
    own: SplitPolicy | None


def rates_of(row: SplitPolicy | IncomeSplit) -> Rates:
    """Give the four pools of a row."""
    return Rates(
        inventors_bp=row.inventors_bp,
        staff_bp=row.staff_bp,
        college_bp=row.college_bp,
        university_bp=row.university_bp,
    )


def policy_of(session: Session, organization_id: UUID | None) -> Policy:
    """Give an institution's policy, or the proposed figures where it has set none."""
    row = None
    if organization_id is not None:
        row = session.scalar(
            select(SplitPolicy)
            .where(SplitPolicy.organization_id == organization_id)
            .order_by(SplitPolicy.adopted_at.desc(), SplitPolicy.id)
            .limit(1)
        )
    if row is not None:
        return Policy(rates_of(row), row.source, row)
    kept = figures_of.numbers(
        session,
        (settings.INVENTOR_FLOOR_BP, settings.HUBEI_BP, settings.STAFF_BP, settings.COLLEGE_BP),
    )
    inventors = max(kept[settings.INVENTOR_FLOOR_BP], kept[settings.HUBEI_BP])
    staff = min(kept[settings.STAFF_BP], WHOLE_BP - inventors)
    college = min(kept[settings.COLLEGE_BP], WHOLE_BP - inventors - staff)
    rates = Rates(
        inventors_bp=inventors,
        staff_bp=staff,
        college_bp=college,
        university_bp=WHOLE_BP - inventors - staff - college,
    )
    return Policy(rates, str(figures_of.get_rule(session, settings.HUBEI_BP).source), None)


def list_policies(session: Session, organization_id: UUID) -> Sequence[SplitPolicy]:
    """Give what an institution has set over time, the latest first."""
    return session.scalars(
        select(SplitPolicy)
        .where(SplitPolicy.organization_id == organization_id)
        .order_by(SplitPolicy.adopted_at.desc(), SplitPolicy.id)
    ).all()


def list_splits(session: Session, deal_id: UUID) -> Sequence[IncomeSplit]:
    """Give the splits of a deal in their order."""
    return session.scalars(
        select(IncomeSplit).where(IncomeSplit.deal_id == deal_id).order_by(IncomeSplit.number)
    ).all()


def get_split(session: Session, deal: Deal, split_id: UUID, *, lock: bool = False) -> IncomeSplit:
    """Give a split of this deal, or raise NotFound."""
    statement = select(IncomeSplit).where(
        IncomeSplit.id == split_id, IncomeSplit.deal_id == deal.id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def get_notice(session: Session, split_id: UUID) -> IncomeSplit:
    """Give a split whose notice is public, with its deal and institution, or raise NotFound."""
    found = session.scalar(
        select(IncomeSplit)
        .options(joinedload(IncomeSplit.deal).joinedload(Deal.licensor))
        .where(IncomeSplit.id == split_id, IncomeSplit.state.in_(PUBLIC))
    )
    if found is None:
        raise NotFound
    return found


def list_notices(session: Session, *, number: int = 1) -> Page[IncomeSplit]:
    """List public award notices, the newest first."""
    return page_of(
        session,
        select(IncomeSplit)
        .options(joinedload(IncomeSplit.deal).joinedload(Deal.licensor))
        .where(IncomeSplit.state.in_(PUBLIC))
        .order_by(IncomeSplit.notice_from.desc(), IncomeSplit.id),
        number=number,
    )


def list_shares(session: Session, split_id: UUID) -> Sequence[SplitShare]:
    """Give the people of a split: inventors first, in their order."""
    return session.scalars(
        select(SplitShare)
        .where(SplitShare.split_id == split_id)
        .order_by(SplitShare.pool, SplitShare.position, SplitShare.id)
    ).all()


def list_costs(session: Session, split_id: UUID) -> Sequence[DirectCost]:
    """Give the direct costs of a split."""
    return session.scalars(
        select(DirectCost)
        .where(DirectCost.split_id == split_id)
        .order_by(DirectCost.entered_at, DirectCost.id)
    ).all()


def cost_of(session: Session, split_id: UUID) -> int:
    """Give the direct costs of a split in all (minor units)."""
    statement = select(func.coalesce(func.sum(DirectCost.amount_minor), 0)).where(
        DirectCost.split_id == split_id
    )
    return int(session.scalar(statement) or 0)


def list_objections(session: Session, split_id: UUID) -> Sequence[AwardObjection]:
    """Give the objections against a notice, the oldest first."""
    return session.scalars(
        select(AwardObjection)
        .where(AwardObjection.split_id == split_id)
        .order_by(AwardObjection.raised_at, AwardObjection.id)
    ).all()


def payouts_of(
    session: Session, share_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[AwardPayout]]:
    """Give the payouts of shares, the oldest first."""
    found: dict[UUID, list[AwardPayout]] = defaultdict(list)
    for row in session.scalars(
        select(AwardPayout)
        .where(AwardPayout.share_id.in_(share_ids))
        .order_by(AwardPayout.paid_on, AwardPayout.id)
    ):
        found[row.share_id].append(row)
    return found


def list_own_shares(session: Session, *, actor: Actor) -> Sequence[SplitShare]:
    """Give the actor's own shares with split and deal, drafts left out, the newest first."""
    return session.scalars(
        select(SplitShare)
        .join(IncomeSplit, IncomeSplit.id == SplitShare.split_id)
        .options(
            joinedload(SplitShare.split).joinedload(IncomeSplit.deal).joinedload(Deal.licensor)
        )
        .where(permissions.shares_of(actor), IncomeSplit.state != SplitState.DRAFT)
        .order_by(IncomeSplit.created_at.desc(), SplitShare.position, SplitShare.id)
    ).all()


def get_share(session: Session, share_id: UUID, *, actor: Actor, lock: bool = False) -> SplitShare:
    """Give one of the actor's own shares, or raise NotFound."""
    statement = (
        select(SplitShare)
        .join(IncomeSplit, IncomeSplit.id == SplitShare.split_id)
        .where(
            SplitShare.id == share_id,
            permissions.shares_of(actor),
            IncomeSplit.state != SplitState.DRAFT,
        )
    )
    if lock:
        statement = statement.with_for_update(of=SplitShare).execution_options(
            populate_existing=True
        )
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found
