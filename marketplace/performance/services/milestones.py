"""Moving milestones along their table, paying for them, and watching those that wait too long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.models import Deal, DealRole, DealStage
from marketplace.deals.permissions import acting_role
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.payments.models import Purpose
from marketplace.performance import settings
from marketplace.performance.models import (
    ENDED_MILESTONES,
    Milestone,
    MilestoneEvent,
    MilestoneState,
    Performance,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import milestones as rules
from marketplace.performance.services import books, parts
from marketplace.performance.services.books import Owing
from marketplace.performance.services.notes import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload
    from marketplace.payments.models import Payment
    from marketplace.performance.models import PaymentPart

#: Object kind of the files that hang on a milestone.
FILE_KIND = "milestone"
_IN_FORCE = frozenset({DealStage.SIGNED, DealStage.PERFORMING})
_AFTER_THE_END = frozenset({"accept", "release", "refund"})


def owing_of(milestone: Milestone, deal: Deal) -> Owing:
    """Give the milestone as something owed."""
    return Owing(
        kind=figures.MILESTONE,
        id=milestone.id,
        creditor=deal.licensor_id,
        debtor=deal.licensee_id,
        currency=milestone.currency,
        memo=f"{deal.reference} {milestone.name}",
    )


def move(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    milestone_id: UUID,
    event: str,
    now: datetime,
    text: str = "",
    upload: Upload | None = None,
) -> Milestone:
    """Take a step of a milestone as one of the deal's sides.

    NotFound for strangers, Denied for a role that the table doesn't name, StepNotAllowed from a
    wrong state, Frozen during a dispute, RuleBroken (field ``note``) without the text it needs.
    """
    deal = get_deal(session, deal_id, actor=actor)
    role = acting_role(actor, deal)
    plans.get_milestone(session, deal, milestone_id)
    # Payments are locked first, everywhere: a payment that comes in locks in that order too.
    paid = parts.lock_payments(session, milestone_id)
    milestone = plans.get_milestone(session, deal, milestone_id, lock=True)
    performance = plans.get_performance(session, deal.id)
    rules.require_step(
        event, milestone.state, role, note=text, frozen=performance.frozen_at is not None
    )
    _require_in_force(deal, event)
    if event == "call":
        require_not_stopped(session, deal.id)
    _take(
        session, milestone, deal, event, role=role, actor=actor, now=now, text=text, upload=upload
    )
    if event == "refund":
        parts.give_back(session, paid, actor=actor, reason=text, now=now)
    elif event == "accept":
        _release_if_possible(session, milestone, deal, paid, actor=actor, now=now)
    elif event == "release":
        parts.release(session, paid, owing_of(milestone, deal), actor=actor, now=now)
    return milestone


def _require_in_force(deal: Deal, event: str) -> None:
    """Judge the deal's stage: after a termination, paid money still goes one way or the other."""
    ended = deal.stage is DealStage.LAPSED and event in _AFTER_THE_END
    if deal.stage not in _IN_FORCE and not ended:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=deal.stage
        )


def require_not_stopped(session: Session, deal_id: UUID) -> None:
    """Raise Stopped while paid money of this deal has waited too long."""
    stopped = session.scalar(
        select(Milestone.name)
        .where(
            Milestone.deal_id == deal_id,
            Milestone.stopped_at.is_not(None),
            Milestone.state.not_in(ENDED_MILESTONES),
        )
        .limit(1)
    )
    if stopped is not None:
        raise rules.Stopped(
            N_("“%(name)s” was paid long ago and is not settled: release it or give it back first"),
            name=stopped,
        )


def _release_if_possible(
    session: Session,
    milestone: Milestone,
    deal: Deal,
    paid: list[PaymentPart],
    *,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Release accepted work at once; while its payment is disputed, it stays accepted."""
    try:
        with session.begin_nested():
            parts.release(session, paid, owing_of(milestone, deal), actor=actor, now=now)
    except RuleBroken:
        for part in paid:
            session.refresh(part)
        return
    _take(session, milestone, deal, "release", role=DealRole.SYSTEM, actor=actor, now=now)


def _take(
    session: Session,
    milestone: Milestone,
    deal: Deal,
    event: str,
    *,
    role: DealRole | None,
    actor: Actor | None,
    now: datetime,
    text: str = "",
    upload: Upload | None = None,
) -> None:
    """Write a judged step down, with what the state itself says."""
    before = milestone.state
    milestone.state = rules.LIFECYCLE.next(before, event)
    if event == "call":
        milestone.payable_at = now
        books.fell_due(session, owing_of(milestone, deal), milestone.amount_minor, now=now)
    elif event == "pay":
        milestone.paid_at = now
    elif event == "deliver":
        milestone.delivered_at = now
    if milestone.state is MilestoneState.RELEASED:
        milestone.released_at = now
    attached = None
    if upload is not None and actor is not None and role is not None:
        attached = attach(
            session,
            actor,
            object_kind=FILE_KIND,
            object_id=milestone.id,
            organization_id=deal.licensor_id if role is DealRole.LICENSOR else deal.licensee_id,
            upload=upload,
            visibility=Visibility.SIGNED_IN,
            now=now,
            purpose=event,
        ).id
    session.add(
        MilestoneEvent(
            milestone_id=milestone.id,
            at=now,
            event=event,
            state=milestone.state,
            role=role or DealRole.SYSTEM,
            by=actor.user_id if actor else None,
            note=text.strip(),
            attachment_id=attached,
        )
    )
    session.flush()
    note(
        session,
        "milestone.moved",
        kind=FILE_KIND,
        object_id=milestone.id,
        actor=actor,
        now=now,
        event=event,
        state=milestone.state.value,
    )


def call_by_system(session: Session, milestone: Milestone, deal: Deal, *, now: datetime) -> None:
    """Call a planned milestone for payment because its day or its condition has come."""
    _take(session, milestone, deal, "call", role=DealRole.SYSTEM, actor=None, now=now)


def pay(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    milestone_id: UUID,
    amount_minor: int | None,
    now: datetime,
) -> PaymentPart:
    """Ask for the payment of a milestone or of a part of it, as the licensee who will pay."""
    deal = get_deal(session, deal_id, actor=actor)
    milestone = plans.get_milestone(session, deal, milestone_id, lock=True)
    require(acting_role(actor, deal) is DealRole.LICENSEE)
    performance = plans.get_performance(session, deal.id)
    rules.LIFECYCLE.next(milestone.state, "pay")
    if performance.frozen_at is not None:
        rules.require_step("pay", milestone.state, DealRole.SYSTEM, note="", frozen=True)
    require_not_stopped(session, deal.id)
    return parts.ask(
        session, bill_of(milestone, deal), actor=actor, amount_minor=amount_minor, now=now
    )


def bill_of(milestone: Milestone, deal: Deal) -> parts.Bill:
    """Give the milestone as a bill."""
    return parts.Bill(
        purpose=Purpose.MILESTONE,
        subject_id=milestone.id,
        deal_id=deal.id,
        payer_id=deal.licensee_id,
        payee_id=deal.licensor_id,
        total_minor=milestone.amount_minor,
        currency=milestone.currency,
        title=f"{deal.reference} {milestone.name}",
        title_en=f"{deal.reference} {milestone.name_en or milestone.name}",
        is_demo=deal.is_demo,
    )


def settle(
    session: Session, part: PaymentPart, payment: Payment, deal: Deal, now: datetime
) -> None:
    """Follow a paid part: the last one pays the milestone, a plain fee is released with it.

    RuleBroken (the money goes back by itself) when nothing is owed any more or all is frozen.
    """
    milestone = plans.get_milestone(session, deal, part.subject_id, lock=True)
    performance = plans.get_performance(session, deal.id)
    rules.require_step(
        "pay", milestone.state, DealRole.SYSTEM, note="", frozen=performance.frozen_at is not None
    )
    owing = owing_of(milestone, deal)
    total = parts.take_in(session, part, owing, payment, now=now)
    if total < milestone.amount_minor:
        return
    _take(session, milestone, deal, "pay", role=DealRole.SYSTEM, actor=None, now=now)
    if not milestone.needs_delivery:
        _take(session, milestone, deal, "pass", role=DealRole.SYSTEM, actor=None, now=now)
        settled = [one for one in plans.list_parts(session, [milestone.id]) if one.settled_at]
        parts.release(session, settled, owing, actor=None, now=now)


def drop(session: Session, milestone: Milestone, deal: Deal, *, reason: str, now: datetime) -> None:
    """Drop a milestone of a terminated contract: nothing more is owed, part payments go back."""
    owing = owing_of(milestone, deal)
    for part in plans.list_parts(session, [milestone.id]):
        if parts.open_part([part]) is not None:
            parts.cancel(session, part, actor=None, reason=reason, now=now)
        elif part.settled_at:
            parts.give_back(session, [part], actor=None, reason=reason, now=now)
    books.drop_open(session, owing, key="terminated", now=now)
    _take(
        session, milestone, deal, "cancel", role=DealRole.SYSTEM, actor=None, now=now, text=reason
    )


def call_due(session: Session, *, now: datetime) -> list[UUID]:
    """Call planned milestones whose day is near; give their ids."""
    until = day_of(now) + timedelta(days=figures_of.number(session, settings.CALL_DAYS))
    found = []
    rows = session.execute(
        select(Milestone, Deal)
        .join(Deal, Deal.id == Milestone.deal_id)
        .join(Performance, Performance.id == Milestone.performance_id)
        .where(
            Milestone.state == MilestoneState.PLANNED,
            Milestone.due_on <= until,
            Deal.stage == DealStage.PERFORMING,
            Performance.frozen_at.is_(None),
        )
        .order_by(Milestone.due_on, Milestone.id)
        .with_for_update(of=Milestone, skip_locked=True)
    ).all()
    for milestone, deal in rows:
        call_by_system(session, milestone, deal, now=now)
        found.append(milestone.id)
    return found


def watch(session: Session, *, now: datetime) -> tuple[list[UUID], list[UUID]]:
    """Mark paid milestones that wait too long; give the newly alarmed and the newly stopped."""
    alarm = now - timedelta(days=figures_of.number(session, settings.ALARM_DAYS))
    stop = now - timedelta(days=figures_of.number(session, settings.STOP_DAYS))
    alarmed, stopped = [], []
    waiting = session.scalars(
        select(Milestone)
        .where(
            Milestone.state.in_(rules.WAITING_FOR_RELEASE),
            Milestone.paid_at <= alarm,
            Milestone.stopped_at.is_(None),
        )
        .order_by(Milestone.paid_at, Milestone.id)
        .with_for_update(skip_locked=True)
    ).all()
    for milestone in waiting:
        if milestone.alarmed_at is None:
            milestone.alarmed_at = now
            alarmed.append(milestone.id)
        if milestone.paid_at is not None and milestone.paid_at <= stop:
            milestone.stopped_at = now
            stopped.append(milestone.id)
    session.flush()
    return alarmed, stopped
