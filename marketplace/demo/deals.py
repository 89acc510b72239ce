"""Demo deals in every stage, most of them brokered by the demo manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.deals.exits import day_of
from marketplace.deals.models import Deal, DealOrigin, DealRole, DealStage, DealStageEntry
from marketplace.deals.services import brokers, contacts, opening, room, secrecy, stages, work
from marketplace.listings.models import Enquiry, EnquiryStatus
from marketplace.needs.models import Answer, AnswerStatus
from marketplace.papers.permissions import SIGNERS
from marketplace.papers.services import sign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.managers.models import ManagerProfile
    from marketplace.needs.models import Need
    from marketplace.organizations.models import Organization

_S = DealStage
PATH = (
    _S.INQUIRY, _S.CONFIDENTIALITY, _S.DUE_DILIGENCE, _S.TERMS, _S.NOTICE, _S.SIGNED,
    _S.PERFORMING, _S.CLOSED,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One deal: its listing by its own number, its taker, how far it came, how long ago it began.

    ``need`` names the need that it answers; without one it grew out of an enquiry.
    """

    listing: str
    taker: str
    stage: DealStage
    days: int
    value_yuan: int
    next_step: str
    need: str = ""
    managed: bool = True
    ask: str = ""


SKETCHES = (
    Sketch(
        listing="D-010", taker="steel", stage=_S.INQUIRY, days=12, value_yuan=0, managed=False,
        next_step="电话沟通烟气参数", ask="我厂烧结烟气余热约 180 ℃，想了解能否做 500 小时中试。",
    ),
    Sketch(
        listing="D-007", taker="food", stage=_S.CONFIDENTIALITY, days=9, value_yuan=600_000,
        next_step="双方签署保密协议", ask="年产虾壳约 3000 吨，希望先看脱乙酰度数据。",
    ),
    Sketch(
        listing="D-001", taker="pcb", need="N-001", stage=_S.DUE_DILIGENCE, days=25,
        value_yuan=1_200_000, next_step="到厂取样并核对铜回收率",
    ),
    Sketch(
        listing="D-011", taker="auto", need="N-002", stage=_S.TERMS, days=48, value_yuan=380_000,
        next_step="就许可费支付方式再谈一次",
    ),
    Sketch(
        listing="D-002", taker="steel", stage=_S.NOTICE, days=70, value_yuan=2_600_000,
        next_step="等待价格公示期满", ask="想取得赤泥胶凝材料的独占许可，请告知价格依据。",
    ),
    Sketch(
        listing="D-004", taker="auto", stage=_S.SIGNED, days=95, value_yuan=4_200_000,
        next_step="办理技术合同认定登记", ask="想取得固态电解质湿法工艺的许可，并请贵校支持量产。",
    ),
    Sketch(
        listing="D-008", taker="food", need="N-003", stage=_S.PERFORMING, days=160,
        value_yuan=200_000, next_step="第二阶段试产验收",
    ),
    Sketch(
        listing="D-009", taker="food", stage=_S.CLOSED, days=300, value_yuan=150_000,
        next_step="", ask="基地有 40 座大棚，想用无布线监控。",
    ),
    Sketch(
        listing="D-012", taker="auto", stage=_S.LAPSED, days=60, value_yuan=0, managed=False,
        next_step="", ask="抗干扰定位模块能否用于矿区车辆？",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Stage:
    """Who plays: the session, the people and the moment of loading."""

    session: Session
    licensor: Actor
    licensee: Actor
    broker: Actor
    profile: ManagerProfile
    now: datetime


def load(
    session: Session,
    *,
    organizations: Mapping[str, Organization],
    listings: Sequence[Listing],
    needs: Sequence[Need],
    profile: ManagerProfile,
    now: datetime,
) -> list[Deal]:
    """Add the demo deals, each played through its steps as people would take them."""
    known = {listing.external_id: listing for listing in listings}
    wanted = {need.external_id: need for need in needs}
    owner = _actor(session, "university", now)
    institute = _actor(session, "institute", now)
    made = []
    for sketch in SKETCHES:
        listing = known[sketch.listing]
        cast = _Stage(
            session,
            owner if owner.is_member(listing.organization_id) else institute,
            _actor(session, "enterprise", now),
            _actor(session, "manager", now),
            profile,
            now,
        )
        taker = organizations[sketch.taker]
        made.append(_play(cast, sketch, listing, wanted.get(sketch.need), taker))
    session.flush()
    # What lies in the past is no news: only what was told of these deals is forgotten.
    session.execute(text("DELETE FROM procrastinate_jobs WHERE args ->> 'topic' LIKE 'deal.%'"))
    return made


def _actor(session: Session, name: str, now: datetime) -> Actor:
    email = f"{name}@hanqiao.example"
    return actor_of(session, session.scalars(select(User).where(User.email == email)).one(), at=now)


def _origin(
    cast: _Stage, sketch: Sketch, listing: Listing, need: Need | None, taker: Organization
) -> tuple[DealOrigin, Enquiry | Answer]:
    at = cast.now - timedelta(days=sketch.days + 2)
    if need is not None:
        answer = Answer(
            need_id=need.id,
            organization_id=listing.organization_id,
            created_by=cast.licensor.user_id,  # type: ignore[arg-type]
            sent_at=at,
            trl=listing.trl,
            statement="已有中试数据，与贵方指标一致，可安排现场验证。",
            next_step="到厂取样，两周内给出测试报告。",
            listing_id=listing.id,
            status=AnswerStatus.CHOSEN,
            reacted_at=at + timedelta(days=1),
            reaction_days=1,
            outcome_at=at + timedelta(days=1),
            is_demo=True,
        )
        cast.session.add(answer)
        cast.session.flush()
        return DealOrigin.ANSWER, answer
    enquiry = Enquiry(
        listing_id=listing.id,
        owner_id=listing.organization_id,
        sender_organization_id=taker.id,
        sender_id=cast.licensee.user_id,  # type: ignore[arg-type]
        message=sketch.ask,
        sent_at=at,
        due_on=day_of(at) + timedelta(days=2),
        status=EnquiryStatus.ANSWERED,
        reply="欢迎洽谈，具体参数签署保密协议后提供。",
        replied_by=cast.licensor.user_id,
        replied_at=at + timedelta(days=1),
    )
    cast.session.add(enquiry)
    cast.session.flush()
    return DealOrigin.ENQUIRY, enquiry


def _play(
    cast: _Stage, sketch: Sketch, listing: Listing, need: Need | None, taker: Organization
) -> Deal:
    kind, thing = _origin(cast, sketch, listing, need, taker)
    begun = cast.now - timedelta(days=sketch.days)
    deal = opening.open_deal(
        cast.session,
        actor=cast.licensee,
        origin=kind,
        origin_id=thing.id,
        opening=opening.Opening(
            next_step=sketch.next_step or "电话沟通", next_on=day_of(begun) + timedelta(days=5)
        ),
        now=begun,
    )
    deal.is_demo = True
    if sketch.managed:
        _manage(cast, deal, begun)
    work.write_message(
        cast.session,
        actor=cast.licensee,
        deal_id=deal.id,
        body="您好，请先说明样机情况和可以公开的测试数据。",
        now=begun + timedelta(hours=3),
    )
    if sketch.stage is _S.LAPSED:
        _lapse(cast, deal, begun)
    elif sketch.stage is not _S.INQUIRY:
        _agree(cast, deal, sketch, begun)
    return deal


def _manage(cast: _Stage, deal: Deal, begun: datetime) -> None:
    brokers.invite_manager(
        cast.session, actor=cast.licensee, deal_id=deal.id, manager_id=cast.profile.id, now=begun
    )
    brokers.accept_invitation(cast.session, actor=cast.broker, deal_id=deal.id, now=begun)


def _lapse(cast: _Stage, deal: Deal, begun: datetime) -> None:
    stages.advance(
        cast.session,
        actor=cast.licensee,
        deal_id=deal.id,
        event="lapse",
        values={"lapse_reason": "price", "lapse_note": "报价超出今年预算一倍，双方同意明年再议。"},
        now=begun + timedelta(days=20),
    )


def _agree(cast: _Stage, deal: Deal, sketch: Sketch, begun: datetime) -> None:
    """Go through the confidentiality agreement, and on to the sketched stage."""
    at = begun + timedelta(days=3)
    stages.advance(
        cast.session,
        actor=cast.broker if sketch.managed else cast.licensee,
        deal_id=deal.id,
        event="ask_confidentiality",
        values={
            "purpose": "评估该技术在企业现有产线上的适用性、成本和实施条件",
            "next_step": sketch.next_step or "双方签署保密协议",
            "next_on": day_of(at) + timedelta(days=4),
        },
        now=at,
    )
    paper = secrecy.find_agreement(cast.session, deal.id)
    if paper is None:
        return
    signing = [
        (cast.licensor, deal.licensor_id, "林转化"),
        (cast.licensee, deal.licensee_id, "黄需求"),
    ]
    if sketch.stage is _S.CONFIDENTIALITY:
        signing = signing[1:]
    # An institute's editor may read but not sign; there the paper stays with one signature.
    for actor, organization_id, name in signing:
        party = next(one for one in paper.parties if one.organization_id == organization_id)
        if not _signs(actor, organization_id):
            continue
        sign(
            cast.session,
            actor=actor,
            paper_id=paper.id,
            party_id=party.id,
            name=name,
            sha256=paper.sha256,
            now=at + timedelta(days=2),
        )
    if deal.stage is _S.DUE_DILIGENCE:
        _examine(cast, deal, at + timedelta(days=4))
    _further(cast, deal, sketch, at + timedelta(days=14))


def _signs(actor: Actor, organization_id: object) -> bool:
    return actor.has_role(organization_id, *SIGNERS)  # type: ignore[arg-type]


def _examine(cast: _Stage, deal: Deal, at: datetime) -> None:
    """What happens while a technology is examined: a visit, tasks, contacts, particulars."""
    session = cast.session
    work.note_visit(
        session,
        actor=cast.broker if deal.manager_id else cast.licensee,
        deal_id=deal.id,
        draft=work.VisitDraft(
            on=day_of(at),
            place="供给方中试车间",
            notes="看了连续运行的样机，核对了三批测试记录；尚缺冬季工况数据。",
            present="双方技术负责人、郑经理",
        ),
        now=at,
    )
    task = work.give_task(
        session,
        actor=cast.licensee,
        deal_id=deal.id,
        draft=work.TaskDraft(
            title="提供近三个月的运行记录",
            role=DealRole.LICENSOR,
            due_on=day_of(at) + timedelta(days=7),
            blocking=True,
        ),
        now=at,
    )
    work.write_message(
        session,
        actor=cast.licensor,
        deal_id=deal.id,
        body="运行记录整理好后放到资料室，现场数据请勿外传。",
        now=at + timedelta(hours=5),
    )
    for actor, name, phone in (
        (cast.licensor, "林转化", "027-0000 0001"),
        (cast.licensee, "黄需求", "027-0000 0002"),
    ):
        contacts.agree_to_contact(
            session, actor=actor, deal_id=deal.id, name=name, email="", phone=phone, now=at
        )
    room.write_disclosure(
        session,
        actor=cast.licensor,
        deal_id=deal.id,
        body="电流密度 220 A/m²，药液温度 48 ℃；极板涂层配方见资料室（演示内容）。",
        now=at,
    )
    work.finish_task(
        session,
        actor=cast.licensor,
        deal_id=deal.id,
        task_id=task.id,
        now=at + timedelta(days=6),
    )


def _further(cast: _Stage, deal: Deal, sketch: Sketch, at: datetime) -> None:
    """Bring a deal to its sketched stage; terms and contracts of these stay unwritten."""
    if sketch.stage not in PATH or deal.stage is not _S.DUE_DILIGENCE:
        return
    deal.value_minor = sketch.value_yuan * 100
    wanted = PATH[PATH.index(_S.DUE_DILIGENCE) + 1 : PATH.index(sketch.stage) + 1]
    position = 3
    moments = [at + (cast.now - at) * number / (len(wanted) + 1) for number in range(len(wanted))]
    for stage, moment in zip(wanted, moments, strict=True):
        last = cast.session.scalars(
            select(DealStageEntry).where(
                DealStageEntry.deal_id == deal.id, DealStageEntry.position == position
            )
        ).one()
        last.left_at = moment
        position += 1
        cast.session.add(
            DealStageEntry(
                deal_id=deal.id,
                position=position,
                stage=stage,
                entered_at=moment,
                event="demo",
                deal_opened_at=deal.opened_at,
                role=DealRole.SYSTEM,
            )
        )
        deal.stage, deal.stage_since, deal.touched_at = stage, moment, moment
        if stage is _S.CLOSED:
            deal.ended_at = moment
        cast.session.flush()
    if sketch.stage is _S.CLOSED:
        deal.next_step, deal.next_on = "", None
        return
    # Some lie ahead of the day of loading, some behind it, as on every real desk.
    shift = 4 if sketch.stage in (_S.TERMS, _S.PERFORMING) else -2
    deal.next_step = sketch.next_step
    deal.next_on = day_of(cast.now) + timedelta(days=shift)
    if sketch.stage is _S.TERMS:
        work.give_task(
            cast.session,
            actor=cast.licensor,
            deal_id=deal.id,
            draft=work.TaskDraft(
                title="提出分期付款方案",
                role=DealRole.MANAGER if sketch.managed else DealRole.LICENSEE,
                due_on=day_of(cast.now) + timedelta(days=3),
            ),
            now=cast.now,
        )
