"""Interest on late payment: claimed by the provider, paid like a royalty, or given up."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.models import DealRole
from marketplace.deals.permissions import acting_role
from marketplace.deals.queries.deals import get_deal
from marketplace.payments.models import Purpose
from marketplace.performance import settings
from marketplace.performance.models import InterestClaim
from marketplace.performance.permissions import IN_FORCE
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries import interest as queries
from marketplace.performance.rules.milestones import FROZEN, Frozen
from marketplace.performance.rules.statements import INTEREST
from marketplace.performance.services import books, parts
from marketplace.performance.services.books import Owing
from marketplace.performance.services.notes import note, person_of, require_text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.payments.models import Payment
    from marketplace.performance.models import PaymentPart

KIND = figures.INTEREST


def owing_of(claim: InterestClaim, deal: Deal) -> Owing:
    """Give the claim as something owed."""
    return Owing(
        kind=KIND,
        id=claim.id,
        creditor=deal.licensor_id,
        debtor=deal.licensee_id,
        currency=claim.currency,
        memo=f"{deal.reference} {claim.due_on}/{claim.until_on}",
    )


def claim(
    session: Session, *, actor: Actor, deal_id: UUID, subject_id: UUID, now: datetime
) -> InterestClaim:
    """Claim, as the provider, what a milestone or statement was late with until today.

    Under the performance's lock, so that no day is claimed twice. RuleBroken when nothing is left
    to claim, Frozen during a dispute.
    """
    deal = get_deal(session, deal_id, actor=actor)
    require(acting_role(actor, deal) is DealRole.LICENSOR)
    if deal.stage not in IN_FORCE:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=deal.stage
        )
    performance = plans.get_performance(session, deal.id, lock=True)
    if performance.frozen_at is not None:
        raise Frozen(FROZEN)
    today = day_of(now)
    found = next(
        (
            one
            for one in queries.list_lateness(session, deal, today=today)
            if one.subject.id == subject_id
        ),
        None,
    )
    if found is None:
        _require_subject(session, deal, subject_id)
    if found is None or not found.left_minor:
        raise RuleBroken(N_("No interest is left to claim here until today."))
    row = InterestClaim(
        deal_id=deal.id,
        subject_kind=found.kind,
        subject_id=subject_id,
        due_on=found.due_on,
        until_on=found.until,
        rate_bp=found.rate_bp,
        amount_minor=found.left_minor,
        lines=[
            {
                "amount_minor": one.amount_minor,
                "after_on": one.after_on.isoformat(),
                "until_on": one.until_on.isoformat(),
                "days": one.days,
            }
            for one in found.stretches
        ],
        claimed_at=now,
        claimed_by=person_of(actor),
        pay_by=today + timedelta(days=figures_of.number(session, settings.INTEREST_DAYS)),
        currency=performance.currency,
    )
    session.add(row)
    session.flush()
    books.fell_due(session, owing_of(row, deal), row.amount_minor, now=now)
    _note(session, row, "interest.claimed", actor, now, amount_minor=row.amount_minor)
    return row


def _require_subject(session: Session, deal: Deal, subject_id: UUID) -> None:
    """Raise NotFound for something of another deal."""
    try:
        plans.get_milestone(session, deal, subject_id)
    except NotFound:
        plans.get_statement(session, deal, subject_id)


def waive(
    session: Session, *, actor: Actor, deal_id: UUID, claim_id: UUID, reason: str, now: datetime
) -> InterestClaim:
    """Give up, as the provider, what is open of a claim; what was paid of it stays paid."""
    deal = get_deal(session, deal_id, actor=actor)
    queries.get_claim(session, deal, claim_id)
    require(acting_role(actor, deal) is DealRole.LICENSOR)
    reason = require_text(reason, field="reason")
    return drop(
        session,
        queries.get_claim(session, deal, claim_id),
        deal,
        reason=reason,
        actor=actor,
        now=now,
    )


def drop(
    session: Session,
    claim: InterestClaim,
    deal: Deal,
    *,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> InterestClaim:
    """End a claim unpaid: an open payment of it is cancelled, nothing more is owed."""
    asked = parts.open_part(plans.list_parts(session, [claim.id]))
    if asked is not None:
        parts.cancel(session, asked, actor=actor, reason=reason, now=now)
    row = queries.get_claim(session, deal, claim.id, lock=True)
    row.state = INTEREST.next(row.state, "waive")
    row.waive_reason, row.ended_at = reason, now
    session.flush()
    books.drop_open(session, owing_of(row, deal), key="waived", now=now)
    _note(session, row, "interest.waived", actor, now, reason=reason)
    return row


def pay(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    claim_id: UUID,
    amount_minor: int | None,
    now: datetime,
) -> PaymentPart:
    """Ask for the payment of claimed interest or a part of it, as the licensee."""
    deal = get_deal(session, deal_id, actor=actor)
    row = queries.get_claim(session, deal, claim_id, lock=True)
    require(acting_role(actor, deal) is DealRole.LICENSEE)
    INTEREST.next(row.state, "pay")
    if plans.get_performance(session, deal.id).frozen_at is not None:
        raise Frozen(FROZEN)
    bill = parts.Bill(
        purpose=Purpose.INTEREST,
        subject_id=row.id,
        deal_id=deal.id,
        payer_id=deal.licensee_id,
        payee_id=deal.licensor_id,
        total_minor=row.amount_minor,
        currency=row.currency,
        title=f"{deal.reference} 逾期利息 {row.due_on}—{row.until_on}",
        title_en=f"{deal.reference} late interest {row.due_on} to {row.until_on}",
        is_demo=deal.is_demo,
    )
    return parts.ask(session, bill, actor=actor, amount_minor=amount_minor, now=now)


def settle(
    session: Session, part: PaymentPart, payment: Payment, deal: Deal, now: datetime
) -> None:
    """Follow a paid part: it is the provider's at once; the last one ends the claim."""
    row = queries.get_claim(session, deal, part.subject_id, lock=True)
    INTEREST.next(row.state, "pay")
    if plans.get_performance(session, deal.id).frozen_at is not None:
        raise Frozen(FROZEN)
    owing = owing_of(row, deal)
    left = figures.standings(session, KIND, [row.id])[row.id].open_minor
    if part.amount_minor > left:
        raise RuleBroken(N_("Nothing is owed for this any more."))
    parts.take_in(session, part, owing, payment, now=now)
    parts.release(session, [part], owing, actor=None, now=now)
    if part.amount_minor == left:
        settled_in_full(session, row, now=now)


def settled_in_full(session: Session, row: InterestClaim, *, now: datetime) -> None:
    """End a claim of which nothing is open any more."""
    row.state, row.ended_at = INTEREST.next(row.state, "pay"), now
    session.flush()
    _note(session, row, "interest.paid", None, now)


def _note(
    session: Session,
    row: InterestClaim,
    topic: str,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    note(session, topic, kind=KIND, object_id=row.id, actor=actor, now=now, **details)
