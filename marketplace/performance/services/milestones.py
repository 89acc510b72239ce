"""Moving milestones along their table, paying for them, and watching those that wait too long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.models import Deal, DealRole, DealStage
from marketplace.deals.permissions import acting_role
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.payments.models import Purpose
from marketplace.performance.models import (
    ENDED_MILESTONES,
    Milestone,
    MilestoneEvent,
    MilestoneState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import milestones as rules
from marketplace.performance.services import books, parts
from marketplace.performance.services.books import Owing
from marketplace.performance.services.notes import note, require_text

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
        drop_rest(session, milestone, deal, key="refunded", reason=text, now=now)
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
    elif event == "reopen":
        milestone.paid_at = milestone.delivered_at = milestone.released_at = None
        milestone.alarmed_at = milestone.stopped_at = None
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
    write_down(
        session, milestone, event, role=role, actor=actor, now=now, text=text, attached=attached
    )
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


def write_down(
    session: Session,
    milestone: Milestone,
    event: str,
    *,
    now: datetime,
    role: DealRole | None = None,
    actor: Actor | None = None,
    text: str = "",
    attached: UUID | None = None,
) -> None:
    """Add a line to a milestone's history."""
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


def take_by_system(
    session: Session,
    milestone: Milestone,
    deal: Deal,
    event: str,
    *,
    now: datetime,
    text: str = "",
) -> None:
    """Take a step that follows from something else: a refund, an amendment."""
    _take(session, milestone, deal, event, role=DealRole.SYSTEM, actor=None, now=now, text=text)


def open_minor(session: Session, milestone: Milestone) -> int:
    """Give what the book says is still owed (minor units)."""
    return figures.standings(session, figures.MILESTONE, [milestone.id])[milestone.id].open_minor


def drop_rest(
    session: Session, milestone: Milestone, deal: Deal, *, key: str, reason: str, now: datetime
) -> None:
    """Drop what a partial refund left open, and the payment that was asked for it."""
    asked = parts.open_part(plans.list_parts(session, [milestone.id]))
    if asked is not None:
        parts.cancel(session, asked, actor=None, reason=reason, now=now)
    version = f"{key}:{milestone.version}"
    books.drop_open(session, owing_of(milestone, deal), key=version, now=now)


def waive_rest(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    milestone_id: UUID,
    reason: str,
    now: datetime,
) -> Milestone:
    """Give up, as the licensor, what a partial refund left open: it lowered the price."""
    deal = get_deal(session, deal_id, actor=actor)
    plans.get_milestone(session, deal, milestone_id)
    require(acting_role(actor, deal) is DealRole.LICENSOR)
    reason = require_text(reason, field="reason")
    parts.lock_payments(session, milestone_id)
    milestone = plans.get_milestone(session, deal, milestone_id, lock=True)
    if milestone.state not in rules.WITH_A_REST or not open_minor(session, milestone):
        raise RuleBroken(N_("Nothing of this milestone is open."))
    # A row that was only read keeps its version: the history line numbers the entry.
    key = f"waived:{len(plans.list_events(session, milestone.id))}"
    drop_rest(session, milestone, deal, key=key, reason=reason, now=now)
    write_down(
        session,
        milestone,
        "waive_rest",
        now=now,
        role=DealRole.LICENSOR,
        actor=actor,
        text=reason,
    )
    note(
        session,
        "milestone.rest_waived",
        kind=FILE_KIND,
        object_id=milestone.id,
        actor=actor,
        now=now,
        event="waive_rest",
        reason=reason,
    )
    return milestone


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
    has_rest = milestone.state in rules.WITH_A_REST and open_minor(session, milestone) > 0
    if not has_rest:
        rules.LIFECYCLE.next(milestone.state, "pay")
    if performance.frozen_at is not None:
        raise rules.Frozen(rules.FROZEN)
    require_not_stopped(session, deal.id)
    return parts.ask(
        session, bill_of(session, milestone, deal), actor=actor, amount_minor=amount_minor, now=now
    )


def bill_of(session: Session, milestone: Milestone, deal: Deal) -> parts.Bill:
    """Give the milestone as a bill; what was given up after a refund is owed no more."""
    standing = figures.standings(session, figures.MILESTONE, [milestone.id])[milestone.id]
    return parts.Bill(
        purpose=Purpose.MILESTONE,
        subject_id=milestone.id,
        deal_id=deal.id,
        payer_id=deal.licensee_id,
        payee_id=deal.licensor_id,
        total_minor=standing.owed_minor,
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
    frozen = performance.frozen_at is not None
    has_rest = milestone.state in rules.WITH_A_REST
    if has_rest and frozen:
        raise rules.Frozen(rules.FROZEN)
    if not has_rest:
        rules.require_step("pay", milestone.state, DealRole.SYSTEM, note="", frozen=frozen)
    left = open_minor(session, milestone)
    if part.amount_minor > left:
        raise RuleBroken(N_("Nothing is owed for this any more."))
    owing = owing_of(milestone, deal)
    parts.take_in(session, part, owing, payment, now=now)
    if has_rest:
        write_down(session, milestone, "pay_rest", now=now)
        if milestone.state is MilestoneState.RELEASED:
            parts.release(session, [part], owing, actor=None, now=now)
        return
    if part.amount_minor == left:
        paid_in_full(session, milestone, deal, now=now)


def paid_in_full(session: Session, milestone: Milestone, deal: Deal, *, now: datetime) -> None:
    """Follow the last part: the milestone is paid, a plain fee is released with it."""
    take_by_system(session, milestone, deal, "pay", now=now)
    if not milestone.needs_delivery:
        take_by_system(session, milestone, deal, "pass", now=now)
        settled = [one for one in plans.list_parts(session, [milestone.id]) if one.settled_at]
        parts.release(session, settled, owing_of(milestone, deal), actor=None, now=now)


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
