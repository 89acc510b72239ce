"""Demo performance: paid and waiting milestones, a settled royalty, an income shared out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import Membership, User
from marketplace.accounts.queries import actor_of
from marketplace.core.actor import Actor, MemberRole
from marketplace.deals.exits import day_of
from marketplace.deals.models import Deal, DealStage, DealStageEntry
from marketplace.deals.queries.deals import load_deal
from marketplace.papers.permissions import SIGNERS
from marketplace.payments.models import Method, Payment
from marketplace.payments.queries import lock_payment
from marketplace.payments.services.receiving import receive
from marketplace.performance.models import (
    Consent,
    Milestone,
    MilestoneState,
    Pool,
    RoyaltyStatement,
    SplitShare,
    StatementState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries.splits import list_shares, policy_of
from marketplace.performance.services import milestones, notices, parts, payouts, royalties, splits
from marketplace.performance.services import plans as services
from marketplace.performance.services.splits import PersonLine, SplitDraft

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.performance.models import PaymentPart

_PERFORMED = (DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED)
#: Base of a reported demo period, in fen.
BASE_MINOR = 860_000_00


def load(session: Session, *, now: datetime) -> int:
    """Plan the signed demo contracts and let some of them go on; give how many were planned."""
    found = session.scalars(
        select(Deal.id)
        .where(Deal.is_demo, Deal.stage.in_(_PERFORMED))
        .order_by(Deal.opened_at, Deal.id)
    ).all()
    made = 0
    for deal_id in found:
        deal = load_deal(session, deal_id)
        entered = _entered(session, deal)
        services.conclude(session, deal, None, entered[DealStage.SIGNED])
        if plans.find_performance(session, deal.id) is None:
            continue
        made += 1
        if DealStage.PERFORMING in entered:
            _perform(session, deal, entered[DealStage.PERFORMING], now)
    session.flush()
    return made


def _entered(session: Session, deal: Deal) -> dict[DealStage, datetime]:
    rows = session.scalars(select(DealStageEntry).where(DealStageEntry.deal_id == deal.id))
    return {row.stage: row.entered_at for row in rows}


def _actor(session: Session, organization_id: UUID, at: datetime, *roles: MemberRole) -> Actor:
    user = session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role.in_(roles or SIGNERS))
        .order_by(User.email)
        .limit(1)
    ).one()
    return actor_of(session, user, at=at)


def _perform(session: Session, deal: Deal, begun: datetime, now: datetime) -> None:
    """Pay fees, take the first work to its release; a closed deal is performed to the end."""
    services.begin(session, deal, None, begun)
    closed = deal.stage is DealStage.CLOSED
    for number, milestone in enumerate(plans.list_milestones(session, deal.id)):
        at = min(begun + timedelta(days=5 + 15 * number), now - timedelta(days=3))
        is_last_open = milestone.needs_delivery and number > 1 and not closed
        if is_last_open:
            milestones.call_by_system(session, milestone, deal, now=now - timedelta(days=2))
            continue
        _paid(session, deal, milestone, at)
        if milestone.needs_delivery:
            _accepted(session, deal, milestone, at + timedelta(days=2), now)
    _report(session, deal, now)
    _share_out(session, deal, now)


def _paid(session: Session, deal: Deal, milestone: Milestone, at: datetime) -> None:
    if milestone.state is MilestoneState.PLANNED:
        milestones.call_by_system(session, milestone, deal, now=at)
    part = parts.ask(
        session, milestones.bill_of(session, milestone, deal), actor=None, amount_minor=None, now=at
    )
    take_in(session, part, at)


def take_in(session: Session, part: PaymentPart, at: datetime) -> None:
    """Take a part in as a bank transfer that the payee has confirmed."""
    payment: Payment = lock_payment(session, part.payment_id)  # type: ignore[arg-type]
    receive(session, payment, method=Method.BANK, amount_minor=payment.amount_minor, now=at)


def _accepted(
    session: Session, deal: Deal, milestone: Milestone, at: datetime, today: datetime
) -> None:
    """Deliver and accept work as the two sides, while the deal was still in performance."""
    stage, deal.stage = deal.stage, DealStage.PERFORMING
    ended, deal.ended_at = deal.ended_at, None
    session.flush()
    for organization_id, event, text in (
        (deal.licensor_id, "deliver", "已按约定标准完成试产并提交检测报告"),
        (deal.licensee_id, "accept", ""),
    ):
        milestones.move(
            session,
            actor=_actor(session, organization_id, today),
            deal_id=deal.id,
            milestone_id=milestone.id,
            event=event,
            text=text,
            now=at,
        )
    deal.stage, deal.ended_at = stage, ended
    session.flush()


def _report(session: Session, deal: Deal, now: datetime) -> None:
    """Let the first due statement be settled, and leave the others to be reported."""
    performance = plans.get_performance(session, deal.id)
    royalties.generate(session, deal, today=day_of(now))
    rows = plans.list_statements(session, performance.id)
    if rows:
        _settle(session, deal, rows[0], now)


def _settle(session: Session, deal: Deal, row: RoyaltyStatement, now: datetime) -> None:
    row.state, row.base_minor = StatementState.REPORTED, BASE_MINOR
    row.note = "本期销售台账合计（不含税）"
    row.reported_at = now - timedelta(days=20)
    row.pay_due_on = day_of(now) + timedelta(days=10)
    royalties.reckon(session, plans.get_performance(session, deal.id), [row])
    session.flush()
    royalties.confirm(
        session,
        actor=_actor(session, deal.licensor_id, now),
        deal_id=deal.id,
        statement_id=row.id,
        now=now - timedelta(days=15),
    )
    part = royalties.pay(
        session,
        actor=_actor(session, deal.licensee_id, now),
        deal_id=deal.id,
        statement_id=row.id,
        amount_minor=None,
        now=now - timedelta(days=12),
    )
    take_in(session, part, now - timedelta(days=11))


def _share_out(session: Session, deal: Deal, now: datetime) -> None:
    """Share out what came in: an old deal to the books, a running one waits for consent."""
    left = figures.to_share(session, deal.id)
    listing = deal.listing
    inventors = [one["name"] for one in listing.inventors] if listing else []
    if left <= 0 or not inventors:
        return
    office = _actor(session, deal.licensor_id, now, MemberRole.OWNER, MemberRole.TTO_OFFICER)
    split = splits.draft_split(
        session,
        actor=office,
        deal_id=deal.id,
        draft=SplitDraft(
            gross_minor=left,
            rates=policy_of(session, deal.licensor_id).rates,
            people=[
                *(
                    PersonLine(pool=Pool.INVENTOR, name=name, weight=max(1, 60 - 20 * place))
                    for place, name in enumerate(inventors)
                ),
                PersonLine(pool=Pool.STAFF, name=office.name, weight=1),
            ],
            college="牵头学院",
        ),
        now=now - timedelta(days=40),
    )
    splits.add_cost(
        session,
        actor=office,
        deal_id=deal.id,
        split_id=split.id,
        amount_minor=left // 20 or 1,
        text="专利年费和检测费",
        now=now,
    )
    steps = [(notices.ask_consent, 35)]
    if deal.stage is DealStage.CLOSED:
        steps += [(notices.publish, 30), (notices.book, 5)]
    for step, days in steps:
        if step is notices.publish:
            for share in list_shares(session, split.id):
                _agree(share, now - timedelta(days=33))
            session.flush()
        step(
            session,
            actor=office,
            deal_id=deal.id,
            split_id=split.id,
            now=now - timedelta(days=days),
        )
    if deal.stage is DealStage.CLOSED:
        _pay_out(session, deal, split.id, office, now)


def _pay_out(session: Session, deal: Deal, split_id: UUID, office: Actor, now: datetime) -> None:
    """Pay each inventor one half of the award, less a tenth of it for tax."""
    for share in list_shares(session, split_id):
        half = share.amount_minor // 2
        if share.pool is Pool.INVENTOR and half:
            payouts.record_payout(
                session,
                actor=office,
                deal_id=deal.id,
                split_id=split_id,
                share_id=share.id,
                draft=payouts.PayoutDraft(
                    amount_minor=half,
                    tax_minor=half // 10,
                    paid_on=day_of(now) - timedelta(days=2),
                    reference=f"奖励发放 {deal.reference}-{share.position}",
                    tax_note="现金奖励减按 50% 计入当月工资薪金（演示）",
                ),
                now=now,
            )


def _agree(share: SplitShare, at: datetime) -> None:
    share.consent, share.answered_at = Consent.AGREED, at
