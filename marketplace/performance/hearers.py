"""Tells people of milestones, royalties, commissions, splits and disputes; the daily watch."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from marketplace.accounts.models import Membership
from marketplace.codes import rules as figures_of
from marketplace.core.actor import MemberRole
from marketplace.deals.exits import day_of
from marketplace.deals.hearers import people_of
from marketplace.deals.models import Deal, DealRole, DealStage
from marketplace.managers.models import ManagerProfile
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify
from marketplace.performance import settings, topics
from marketplace.performance.models import (
    Commission,
    DealDispute,
    IncomeSplit,
    Milestone,
    Performance,
    RoyaltyStatement,
    SplitShare,
)
from marketplace.performance.queries import late
from marketplace.performance.services import milestones, royalties

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from marketplace.core.enums import LabelledEnum
    from marketplace.core.jobs import Hearer, Work
    from marketplace.notifications.rules import Topic

_PARTIES = (DealRole.LICENSOR, DealRole.LICENSEE)
_SEEN_BY = (*_PARTIES, DealRole.MANAGER)


def _state(state: LabelledEnum) -> dict[str, str]:
    return {"label": state.label}


def _tell(
    work: Work,
    deal: Deal,
    people: Collection[UUID],
    topic: Topic,
    *,
    key: str,
    endpoint: str = "performance.show",
    places: dict[str, object] | None = None,
    by: str | None = None,
    **values: object,
) -> None:
    path = current_app.url_map.bind("").build(
        endpoint, {"deal_id": deal.id} if places is None else places
    )
    notify(
        work.session,
        people=[one for one in people if by is None or one != UUID(by)],
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values={"title": both(deal.title, deal.title_en), **values},
        link=path,
        now=work.now,
    )


def tell_planned(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """Tell both sides that the payments are planned."""
    performance = work.session.get(Performance, UUID(id))
    deal = work.session.get(Deal, performance.deal_id) if performance else None
    if deal is not None:
        _tell(work, deal, people_of(work, deal, _SEEN_BY), topics.PLANNED, key=id)


def tell_milestone(
    work: Work,
    *,
    id: str,  # noqa: A002 — see above
    by: str | None,
    event: str,
    **_rest: object,
) -> None:
    """Tell everybody in the deal of a step of a milestone."""
    milestone = work.session.get(Milestone, UUID(id))
    deal = work.session.get(Deal, milestone.deal_id) if milestone else None
    if milestone is None or deal is None:
        return
    _tell(
        work,
        deal,
        people_of(work, deal, _SEEN_BY),
        topics.MILESTONE,
        key=f"{id}:{event}:{milestone.version}",
        endpoint="performance.milestone",
        places={"deal_id": deal.id, "milestone_id": milestone.id},
        by=by,
        name=both(milestone.name, milestone.name_en),
        state=_state(milestone.state),
    )


def tell_statement(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell both sides of a step of a royalty statement."""
    statement = work.session.get(RoyaltyStatement, UUID(id))
    deal = work.session.get(Deal, statement.deal_id) if statement else None
    if statement is None or deal is None:
        return
    _tell(
        work,
        deal,
        people_of(work, deal, _PARTIES),
        topics.STATEMENT,
        key=f"{id}:{statement.version}",
        endpoint="performance.statement",
        places={"deal_id": deal.id, "statement_id": statement.id},
        by=by,
        state=_state(statement.state),
    )


def tell_commission(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the manager and the payer of a step of a commission."""
    commission = work.session.get(Commission, UUID(id))
    deal = work.session.get(Deal, commission.deal_id) if commission else None
    if commission is None or deal is None:
        return
    profile = work.session.get_one(ManagerProfile, commission.manager_id)
    places: dict[str, object] = {"commission_id": commission.id}
    for people, topic in (
        ([profile.person_id], topics.COMMISSION),
        (members_of(work.session, [commission.payer_id], now=work.now), topics.COMMISSION_OWED),
    ):
        _tell(
            work,
            deal,
            people,
            topic,
            key=f"{id}:{commission.version}",
            endpoint="performance.commission",
            places=places,
            by=by,
            state=_state(commission.state),
        )


def tell_dispute(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell everybody in the deal of a step of a dispute."""
    dispute = work.session.get(DealDispute, UUID(id))
    deal = work.session.get(Deal, dispute.deal_id) if dispute else None
    if dispute is None or deal is None:
        return
    _tell(
        work,
        deal,
        people_of(work, deal, _SEEN_BY),
        topics.DISPUTE,
        key=f"{id}:{dispute.version}",
        by=by,
        state=_state(dispute.state),
    )


def _split(work: Work, split_id: str) -> tuple[IncomeSplit, Deal] | None:
    split = work.session.get(IncomeSplit, UUID(split_id))
    deal = work.session.get(Deal, split.deal_id) if split else None
    return (split, deal) if split is not None and deal is not None else None


def _in_split(work: Work, split: IncomeSplit) -> list[UUID]:
    return [
        one
        for one in work.session.scalars(
            select(SplitShare.person_id).where(SplitShare.split_id == split.id)
        )
        if one is not None
    ]


def _office(work: Work, split: IncomeSplit) -> list[UUID]:
    return list(
        work.session.scalars(
            select(Membership.user_id).where(
                Membership.organization_id == split.organization_id,
                Membership.role.in_((MemberRole.OWNER, MemberRole.TTO_OFFICER)),
                Membership.ended_at.is_(None),
            )
        )
    )


def tell_asked(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Ask everybody in a split for consent."""
    found = _split(work, id)
    if found:
        split, deal = found
        _tell(
            work,
            deal,
            _in_split(work, split),
            topics.CONSENT,
            key=f"{id}:{split.version}",
            endpoint="performance.mine",
            places={},
            by=by,
        )


def tell_published(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell everybody in a split that its notice is public."""
    found = _split(work, id)
    if found and found[0].notice_to is not None:
        split, deal = found
        _tell(
            work,
            deal,
            _in_split(work, split),
            topics.NOTICED,
            key=f"{id}:{split.version}",
            endpoint="performance.notice",
            places={"split_id": split.id},
            by=by,
            day=split.notice_to.isoformat() if split.notice_to else "",
        )


def _tell_office(topic: Topic) -> Hearer:
    def tell(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
        found = _split(work, id)
        if found:
            split, deal = found
            _tell(
                work,
                deal,
                _office(work, split),
                topic,
                key=f"{id}:{split.version}:{by}",
                endpoint="performance.splits",
                by=by,
            )

    return tell


def tell_awarded(work: Work, *, id: str, by: str | None, share: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a person of a payout."""
    found = _split(work, id)
    row = work.session.get(SplitShare, UUID(share))
    if found and row is not None and row.person_id is not None:
        _tell(
            work,
            found[1],
            [row.person_id],
            topics.AWARDED,
            key=f"{share}:{work.now.isoformat()}",
            endpoint="performance.mine",
            places={},
            by=by,
        )


def open_periods(work: Work, *, id: str, stage: str = "", **_more: object) -> None:  # noqa: A002 — the fact's own word
    """Make the statements of periods that ended before the performance began."""
    if stage == DealStage.PERFORMING.value and (deal := work.session.get(Deal, UUID(id))):
        _tell_due(work, royalties.generate(work.session, deal, today=day_of(work.now)))


def _tell_due(work: Work, statements: Iterable[RoyaltyStatement]) -> None:
    for statement in statements:
        deal = work.session.get_one(Deal, statement.deal_id)
        _tell(
            work,
            deal,
            people_of(work, deal, [DealRole.LICENSEE]),
            topics.STATEMENT_DUE,
            key=str(statement.id),
            endpoint="performance.statement",
            places={"deal_id": deal.id, "statement_id": statement.id},
            day=statement.report_due_on.isoformat(),
        )


def watch(work: Work) -> None:
    """Call what falls due, make statements, mark what waits too long, remind of what is late."""
    milestones.call_due(work.session, now=work.now)
    _tell_due(work, royalties.generate_all(work.session, now=work.now))
    alarmed, stopped = milestones.watch(work.session, now=work.now)
    for topic, ids in ((topics.ALARM, alarmed), (topics.STOP, stopped)):
        for one in ids:
            milestone = work.session.get_one(Milestone, one)
            deal = work.session.get_one(Deal, milestone.deal_id)
            waited = (work.now - milestone.paid_at).days if milestone.paid_at else 0
            _tell(
                work,
                deal,
                people_of(work, deal, _SEEN_BY),
                topic,
                key=str(one),
                name=both(milestone.name, milestone.name_en),
                days=waited,
            )
    _remind(work)


def _remind(work: Work) -> None:
    """Remind the licensee of each overdue thing, again after some days, never every day."""
    every = max(1, figures_of.number(work.session, settings.LATE_REMINDER_DAYS))
    for one in late.list_all_late(work.session, today=day_of(work.now)):
        mark = (one.due_on + timedelta(days=one.days // every * every)).isoformat()
        is_milestone = one.kind is late.LateKind.MILESTONE
        _tell(
            work,
            one.deal,
            people_of(work, one.deal, [DealRole.LICENSEE]),
            topics.LATE,
            key=f"{one.subject_id}:{one.kind.value}:{mark}",
            endpoint="performance.milestone" if is_milestone else "performance.statement",
            places={
                "deal_id": one.deal.id,
                "milestone_id" if is_milestone else "statement_id": one.subject_id,
            },
            days=one.days,
            name=both(one.title, one.title_en),
        )


HEARERS: dict[str, Hearer] = {
    "performance.tell_planned": tell_planned,
    "performance.tell_milestone": tell_milestone,
    "performance.tell_statement": tell_statement,
    "performance.tell_commission": tell_commission,
    "performance.tell_dispute": tell_dispute,
    "performance.tell_asked": tell_asked,
    "performance.tell_published": tell_published,
    "performance.tell_answered": _tell_office(topics.ANSWERED),
    "performance.tell_objected": _tell_office(topics.OBJECTED),
    "performance.tell_awarded": tell_awarded,
    "performance.open_periods": open_periods,
    "performance.watch": watch,
}
_STATEMENT, _COMMISSION = ("performance.tell_statement",), ("performance.tell_commission",)
HEARS: dict[str, tuple[str, ...]] = {
    "deal.advanced": ("performance.open_periods",),
    "performance.planned": ("performance.tell_planned",),
    "milestone.moved": ("performance.tell_milestone",),
    **dict.fromkeys(
        (
            "royalty.reported",
            "royalty.confirmed",
            "royalty.disputed",
            "royalty.settled",
            "royalty.dropped",
            "royalty.inspection_asked",
            "royalty.inspected",
        ),
        _STATEMENT,
    ),
    **dict.fromkeys(
        (
            "commission.computed",
            "commission.invoiced",
            "commission.disputed",
            "commission.settled",
            "commission.waived",
            "commission.paid",
        ),
        _COMMISSION,
    ),
    **dict.fromkeys(
        ("dispute.opened", "dispute.proposed", "dispute.ended"), ("performance.tell_dispute",)
    ),
    "split.asked": ("performance.tell_asked",),
    "split.published": ("performance.tell_published",),
    "split.answered": ("performance.tell_answered",),
    "split.objected": ("performance.tell_objected",),
    "award.paid": ("performance.tell_awarded",),
    **dict.fromkeys(
        (
            "split.policy_set",
            "split.drafted",
            "split.edited",
            "split.cost_entered",
            "split.cost_removed",
            "split.taken_back",
            "split.booked",
            "split.consent_recorded",
            "split.objection_settled",
        ),
        (),
    ),
}
PERIODIC = {"performance.watch": "40 7 * * *"}
