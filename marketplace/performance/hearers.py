"""Tells people of milestones, royalties, commissions, splits and disputes; the daily watch."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.codes import rules as figures_of
from marketplace.deals.exits import day_of
from marketplace.deals.hearers import people_of
from marketplace.deals.models import Deal, DealRole, DealStage
from marketplace.managers.models import ManagerProfile
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.payments.rules import shown
from marketplace.performance import settings, split_hearers, topics
from marketplace.performance.models import (
    Commission,
    DealDispute,
    InterestClaim,
    Milestone,
    Performance,
    RoyaltyStatement,
)
from marketplace.performance.queries import late
from marketplace.performance.services import royalties, watching
from marketplace.performance.telling import state_of, tell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.core.jobs import Hearer, Work

_PARTIES = (DealRole.LICENSOR, DealRole.LICENSEE)
_SEEN_BY = (*_PARTIES, DealRole.MANAGER)


def tell_planned(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """Tell both sides that the payments are planned."""
    performance = work.session.get(Performance, UUID(id))
    deal = work.session.get(Deal, performance.deal_id) if performance else None
    if deal is not None:
        tell(work, deal, people_of(work, deal, _SEEN_BY), topics.PLANNED, key=id)


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
    tell(
        work,
        deal,
        people_of(work, deal, _SEEN_BY),
        topics.MILESTONE,
        key=f"{id}:{event}:{milestone.version}",
        endpoint="performance.milestone",
        places={"deal_id": deal.id, "milestone_id": milestone.id},
        by=by,
        name=both(milestone.name, milestone.name_en),
        state=state_of(milestone.state),
    )


def tell_statement(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell both sides of a step of a royalty statement."""
    statement = work.session.get(RoyaltyStatement, UUID(id))
    deal = work.session.get(Deal, statement.deal_id) if statement else None
    if statement is None or deal is None:
        return
    tell(
        work,
        deal,
        people_of(work, deal, _PARTIES),
        topics.STATEMENT,
        key=f"{id}:{statement.version}",
        endpoint="performance.statement",
        places={"deal_id": deal.id, "statement_id": statement.id},
        by=by,
        state=state_of(statement.state),
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
        tell(
            work,
            deal,
            people,
            topic,
            key=f"{id}:{commission.version}",
            endpoint="performance.commission",
            places=places,
            by=by,
            state=state_of(commission.state),
        )


def tell_interest(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell both sides of a step of a claim of interest."""
    claim = work.session.get(InterestClaim, UUID(id))
    deal = work.session.get(Deal, claim.deal_id) if claim else None
    if claim is None or deal is None:
        return
    tell(
        work,
        deal,
        people_of(work, deal, _PARTIES),
        topics.INTEREST,
        key=f"{id}:{claim.version}",
        endpoint="performance.interest_claim",
        places={"deal_id": deal.id, "claim_id": claim.id},
        by=by,
        state=state_of(claim.state),
        amount=shown(claim.amount_minor, claim.currency),
    )


def tell_dispute(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell everybody in the deal of a step of a dispute."""
    dispute = work.session.get(DealDispute, UUID(id))
    deal = work.session.get(Deal, dispute.deal_id) if dispute else None
    if dispute is None or deal is None:
        return
    tell(
        work,
        deal,
        people_of(work, deal, _SEEN_BY),
        topics.DISPUTE,
        key=f"{id}:{dispute.version}",
        by=by,
        state=state_of(dispute.state),
    )


def open_periods(work: Work, *, id: str, stage: str = "", **_more: object) -> None:  # noqa: A002 — the fact's own word
    """Make the statements of periods that ended before the performance began."""
    if stage == DealStage.PERFORMING.value and (deal := work.session.get(Deal, UUID(id))):
        _tell_due(work, royalties.generate(work.session, deal, today=day_of(work.now)))


def _tell_due(work: Work, statements: Iterable[RoyaltyStatement]) -> None:
    for statement in statements:
        deal = work.session.get_one(Deal, statement.deal_id)
        tell(
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
    watching.call_due(work.session, now=work.now)
    _tell_due(work, royalties.generate_all(work.session, now=work.now))
    alarmed, stopped = watching.watch(work.session, now=work.now)
    for topic, ids in ((topics.ALARM, alarmed), (topics.STOP, stopped)):
        for one in ids:
            milestone = work.session.get_one(Milestone, one)
            deal = work.session.get_one(Deal, milestone.deal_id)
            waited = (work.now - milestone.paid_at).days if milestone.paid_at else 0
            tell(
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
        tell(
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
    "performance.tell_interest": tell_interest,
    "performance.tell_dispute": tell_dispute,
    "performance.tell_asked": split_hearers.tell_asked,
    "performance.tell_published": split_hearers.tell_published,
    "performance.tell_answered": split_hearers.tell_office(topics.ANSWERED),
    "performance.tell_objected": split_hearers.tell_office(topics.OBJECTED),
    "performance.tell_awarded": split_hearers.tell_awarded,
    "performance.open_periods": open_periods,
    "performance.watch": watch,
}
_STATEMENT, _COMMISSION = ("performance.tell_statement",), ("performance.tell_commission",)
HEARS: dict[str, tuple[str, ...]] = {
    "deal.advanced": ("performance.open_periods",),
    "performance.planned": ("performance.tell_planned",),
    "milestone.moved": ("performance.tell_milestone",),
    "performance.changed": (),
    "milestone.rest_waived": ("performance.tell_milestone",),
    **dict.fromkeys(
        ("interest.claimed", "interest.waived", "interest.paid"), ("performance.tell_interest",)
    ),
    **dict.fromkeys(
        (
            "royalty.reported",
            "royalty.confirmed",
            "royalty.disputed",
            "royalty.settled",
            "royalty.reopened",
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
            "commission.reopened",
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
