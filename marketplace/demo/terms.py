"""Demo terms: offers, agreed terms, a running price notice, trials and an open license."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.deals.models import Deal, DealStage, DealStageEntry
from marketplace.demo.agreed import YUAN, agreed_terms
from marketplace.organizations.models import Organization
from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    Ownership,
    Side,
    Sublicensing,
    TaxBearer,
)
from marketplace.terms.models import (
    AgreedTerms,
    Decision,
    NoticeStatus,
    PriceNotice,
    PricingMethod,
    TrialPayment,
    TrialTrigger,
)
from marketplace.terms.queries.offers import current_agreement
from marketplace.terms.rules.approval import EXAMPLE, tier_of, worth_minor
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services import drafts, notices, offers, pricing, trials
from marketplace.terms.value import Terms, from_json, to_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing


def load(
    session: Session,
    *,
    organizations: Mapping[str, Organization],
    listings: Sequence[Listing],
    deals: Sequence[Deal],
    now: datetime,
) -> int:
    """Add terms to the demo deals; give how many of them are agreed."""
    names = ("university", "enterprise", "manager", "institute")
    people = {name: _actor(session, name, now) for name in names}
    numbers = {listing.id: listing.external_id for listing in listings}
    talks = {str(numbers[deal.listing_id]): deal for deal in deals if deal.listing_id}
    for key in ("whut", "agri"):
        pricing.set_tiers(
            session,
            actor=people["university"],
            organization_id=organizations[key].id,
            tiers=EXAMPLE,
            now=now - timedelta(days=400),
        )
    for listing in listings:
        if "open_license" in listing.cooperation:
            listing.open_license = {
                "fee": "每年 2 万元",
                "payment": "每年许可开始日前支付当年许可费",
                "until": f"{now.year + 3}-12-31",
            }
    _negotiate(session, talks["D-011"], people, now)
    for number, terms in agreed_terms(now).items():
        _agree(session, talks[number], terms, people)
    _publish(session, talks["D-002"], people, now)
    _try(session, talks, people, now)
    session.flush()
    return len(agreed_terms(now))


def _actor(session: Session, name: str, now: datetime) -> Actor:
    email = f"{name}@hanqiao.example"
    return actor_of(session, session.scalars(select(User).where(User.email == email)).one(), at=now)


def _negotiate(session: Session, deal: Deal, people: Mapping[str, Actor], now: datetime) -> None:
    """Two offers on the table, and one that the manager prepared for the university."""
    first = Terms(
        contract_kind=ContractKind.LICENSE,
        license_kind=LicenseKind.NON_EXCLUSIVE,
        subject="车灯透镜注塑残余应力在线预测软件（软件著作权 2023SR0123456）",
        fields_of_use="汽车灯具注塑",
        territory="中国大陆",
        term_months=36,
        upfront_fee_minor=250_000 * YUAN,
        payment_note="签约后一次支付",
        tax_borne_by=TaxBearer.BY_LAW,
    )
    offers.send_offer(
        session,
        actor=people["enterprise"],
        deal_id=deal.id,
        terms=first,
        valid_until=beijing_day(now) + timedelta(days=10),
        seen=0,
        message="先谈三年普通许可，含一次现场部署。",
        now=now - timedelta(days=6),
    )
    counter = from_json(
        {
            **to_json(first),
            "sublicensing": Sublicensing.NO.value,
            "upfront_fee_minor": 180_000 * YUAN,
            "payment_note": "首付款签约后 10 日内支付，其余按里程碑支付",
            "milestones": [
                {
                    "name": "首条产线部署",
                    "criterion": "连续 30 天预测误差不超过 8%",
                    "amount_minor": 120_000 * YUAN,
                    "due_on": (beijing_day(now) + timedelta(days=120)).isoformat(),
                },
                {
                    "name": "推广到三条产线",
                    "criterion": "三条产线验收单",
                    "amount_minor": 80_000 * YUAN,
                    "due_on": (beijing_day(now) + timedelta(days=240)).isoformat(),
                },
            ],
            "improvements": Ownership.MAKER.value,
            "training": "两名工程师，到校培训 3 天",
            "confidentiality_years": 3,
        }
    )
    offers.send_offer(
        session,
        actor=people["university"],
        deal_id=deal.id,
        terms=counter,
        valid_until=beijing_day(now) + timedelta(days=12),
        seen=1,
        message="总价 38 万元，分三次支付；含培训，不得再许可。",
        now=now - timedelta(days=3),
    )
    drafts.save_draft(
        session,
        actor=people["manager"],
        deal_id=deal.id,
        side=Side.LICENSEE,
        terms=from_json({**to_json(counter), "upfront_fee_minor": 150_000 * YUAN}),
        message="建议首付款降到 15 万元，其余不变。",
        now=now - timedelta(days=1),
    )


def _agree(session: Session, deal: Deal, terms: Terms, people: Mapping[str, Actor]) -> AgreedTerms:
    """One offer of the university, accepted by the enterprise, priced and approved."""
    at = _came_to_notice(session, deal) - timedelta(hours=20)
    touched = deal.touched_at
    university = people["university"]
    offer = offers.add_offer(
        session,
        deal,
        side=Side.LICENSOR,
        offered_by=university.user_id,
        terms=terms,
        valid_until=beijing_day(at) + timedelta(days=14),
        message="根据前期沟通整理，请确认。",
        now=at - timedelta(days=4),
    )
    agreed = offers.agree(session, deal, offer, actor=people["enterprise"], now=at)
    session.flush()
    stage, ended = deal.stage, deal.ended_at
    # Played back in the stage in which it happened.
    deal.stage, deal.ended_at = DealStage.NOTICE, None
    pricing.record_pricing(
        session,
        actor=university,
        deal_id=deal.id,
        record=pricing.PricingRecord(
            method=PricingMethod.AGREEMENT,
            basis="参照同类许可与评估结果，经双方协商",
            appraiser="武汉某资产评估事务所（演示）",
            appraised_minor=worth_minor(terms),
            appraised_on=beijing_day(at) - timedelta(days=20),
        ),
        now=at + timedelta(hours=3),
    )
    tier = tier_of(EXAMPLE, worth_minor(terms))
    pricing.record_decision(
        session,
        actor=university,
        deal_id=deal.id,
        record=pricing.DecisionRecord(
            decision=Decision.APPROVED,
            body=tier.body if tier else EXAMPLE[0].body,
            subject=f"同意按已达成的条款实施转化：{deal.title}",
            decided_on=beijing_day(at) + timedelta(days=1),
            participants="分管校领导、科技处、财务处、资产处、法务（演示）",
        ),
        now=at + timedelta(days=2),
    )
    if stage is not DealStage.NOTICE:
        _passed(session, deal, terms, university, at + timedelta(days=2))
    deal.stage, deal.ended_at, deal.touched_at = stage, ended, touched
    session.flush()
    return agreed


def _came_to_notice(session: Session, deal: Deal) -> datetime:
    found: datetime = session.scalars(
        select(DealStageEntry.entered_at).where(
            DealStageEntry.deal_id == deal.id, DealStageEntry.stage == DealStage.NOTICE
        )
    ).one()
    return found


def _text(session: Session, deal: Deal, terms: Terms) -> notices.NoticeText:
    yuan = terms.fixed_total_minor // YUAN
    return notices.NoticeText(
        name=deal.title,
        summary="成果为本校科研人员职务发明，已授权发明专利，权属清晰，无质押（演示内容）。",
        buyer=session.get_one(Organization, deal.licensee_id).name,
        price_note=f"协议定价，固定价款合计 {yuan:,} 元，分期支付",
        days=15,
        inventors="项目组（演示）",
        also_at="学校科学技术发展院网站（演示）",
    )


def _passed(
    session: Session, deal: Deal, terms: Terms, officer: Actor, at: datetime
) -> PriceNotice:
    """A notice that ran its days without objection."""
    notice = notices.post_notice(
        session, actor=officer, deal_id=deal.id, text=_text(session, deal, terms), now=at
    )
    notice.status = NoticeStatus.PASSED
    notice.ended_on = notice.posted_on + timedelta(days=notice.days + 1)
    return notice


def _publish(session: Session, deal: Deal, people: Mapping[str, Actor], now: datetime) -> None:
    """A notice that runs now, after an objection that was dismissed with reasons."""
    agreed = current_agreement(session, deal)
    if agreed is None:
        return
    notice = notices.post_notice(
        session,
        actor=people["university"],
        deal_id=deal.id,
        text=_text(session, deal, from_json(agreed.content)),
        now=now - timedelta(days=9),
    )
    objection = notices.raise_objection(
        session,
        actor=people["institute"],
        notice_id=notice.id,
        reasons="同类胶凝材料专利转让价格在 300 万元以上，请说明本次定价依据。",
        now=now - timedelta(days=6),
    )
    notices.settle_objection(
        session,
        actor=people["university"],
        notice_id=notice.id,
        objection_id=objection.id,
        upheld=False,
        settlement="评估报告按收益法测算，所称案例含设备；价格在评估值范围内，予以维持。",
        now=now - timedelta(days=5),
    )


def _try(
    session: Session, talks: Mapping[str, Deal], people: Mapping[str, Actor], now: datetime
) -> None:
    """A trial that runs, and one that waits for the enterprise's word."""
    running = trials.propose_trial(
        session,
        actor=people["university"],
        deal_id=talks["D-007"].id,
        proposal=trials.TrialProposal(
            starts_on=beijing_day(now) - timedelta(days=5),
            trigger=TrialTrigger.FIRST_INCOME,
            decide_by=beijing_day(now) + timedelta(days=25),
            payment=TrialPayment.DELAYED,
            price_minor=600_000 * YUAN,
            scope="潜江一条中试线，处理虾壳不超过 20 吨",
            security="企业投保产品责任险，设备损坏由企业承担",
        ),
        now=now - timedelta(days=6),
    )
    trials.accept_trial(
        session,
        actor=people["enterprise"],
        deal_id=talks["D-007"].id,
        trial_id=running.id,
        now=now - timedelta(days=5),
    )
    trials.propose_trial(
        session,
        actor=people["university"],
        deal_id=talks["D-001"].id,
        proposal=trials.TrialProposal(
            starts_on=beijing_day(now) + timedelta(days=7),
            trigger=TrialTrigger.DATE,
            decide_by=beijing_day(now) + timedelta(days=187),
            payment=TrialPayment.INSTALMENT,
            instalments=4,
            price_minor=1_200_000 * YUAN,
            scope="一条蚀刻线，日处理废液 2 吨",
        ),
        now=now - timedelta(days=2),
    )
