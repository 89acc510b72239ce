"""Disputes of a contract's two sides: opening freezes, agreement or a judgment settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.deals.models import DealStage
from marketplace.deals.permissions import acting_role
from marketplace.deals.queries.deals import get_deal
from marketplace.performance import permissions
from marketplace.performance.models import DealDispute, DealDisputeState, DisputeOutcome
from marketplace.performance.queries import plans
from marketplace.performance.rules.statements import DISPUTE
from marketplace.performance.services import parts
from marketplace.performance.services.notes import note, person_of, require_text

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

KIND = "deal_dispute"
#: Why an open payment ends when a dispute begins; shown to both sides.
HELD_BACK = "争议期间暂停支付 (held back by a dispute)"


def open_dispute(
    session: Session, *, actor: Actor, deal_id: UUID, reason: str, now: datetime
) -> DealDispute:
    """Open a dispute as one of the parties: what is unpaid or unreleased is held back."""
    deal = get_deal(session, deal_id, actor=actor)
    require(permissions.may_dispute(actor, deal))
    role = acting_role(actor, deal)
    reason = require_text(reason, field="reason")
    # Payments first, then the performance: the order of every payment that comes in.
    for part in plans.list_open_parts(session, deal.id):
        if part.payer_id == deal.licensee_id and part.payee_id == deal.licensor_id:
            try:
                with session.begin_nested():
                    parts.cancel(session, part, actor=actor, reason=HELD_BACK, now=now)
            except RuleBroken:
                session.refresh(part)
    performance = plans.get_performance(session, deal.id, lock=True)
    dispute = DealDispute(
        deal_id=deal.id,
        role=role,  # type: ignore[arg-type]  # one of the parties: judged above
        opened_by=person_of(actor),
        opened_at=now,
        reason=reason,
    )
    with judged(session):
        session.add(dispute)
        performance.frozen_at = now
    _note(session, dispute, "dispute.opened", actor, now)
    return dispute


def _locked(
    session: Session, deal_id: UUID, dispute_id: UUID, *, actor: Actor
) -> tuple[Deal, DealDispute]:
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    dispute = session.get(DealDispute, dispute_id, with_for_update=True, populate_existing=True)
    if dispute is None or dispute.deal_id != deal.id:
        raise NotFound
    return deal, dispute


def propose(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    dispute_id: UUID,
    outcome: DisputeOutcome,
    text: str,
    now: datetime,
) -> DealDispute:
    """Propose an outcome with its reasons; the other side agrees or proposes its own."""
    deal, dispute = _locked(session, deal_id, dispute_id, actor=actor)
    role = acting_role(actor, deal)
    require(role in permissions.PARTIES)
    dispute.state = DISPUTE.next(dispute.state, "propose")
    dispute.outcome = outcome
    dispute.outcome_note = require_text(text, field="text")
    dispute.proposed_by = role
    session.flush()
    _note(session, dispute, "dispute.proposed", actor, now)
    return dispute


def agree(
    session: Session, *, actor: Actor, deal_id: UUID, dispute_id: UUID, now: datetime
) -> DealDispute:
    """Agree to what the other side proposed: the dispute is settled, payments go on."""
    deal, dispute = _locked(session, deal_id, dispute_id, actor=actor)
    role = acting_role(actor, deal)
    require(role in permissions.PARTIES and role is not dispute.proposed_by)
    return _end(session, deal, dispute, "agree", actor, now)


def withdraw(
    session: Session, *, actor: Actor, deal_id: UUID, dispute_id: UUID, text: str, now: datetime
) -> DealDispute:
    """Withdraw a dispute as the side that opened it, with the reason."""
    deal, dispute = _locked(session, deal_id, dispute_id, actor=actor)
    require(acting_role(actor, deal) is dispute.role)
    dispute.outcome_note = require_text(text, field="text")
    dispute.outcome = None
    return _end(session, deal, dispute, "withdraw", actor, now)


def judge(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    dispute_id: UUID,
    outcome: DisputeOutcome,
    text: str,
    now: datetime,
) -> DealDispute:
    """Record a judgment or award as an administrator who was shown it, with court and number."""
    deal, dispute = _locked(session, deal_id, dispute_id, actor=actor)
    require(actor.is_administrator and acting_role(actor, deal) is None)
    dispute.outcome = outcome
    dispute.outcome_note = require_text(text, field="text")
    dispute.by_judgment = True
    return _end(session, deal, dispute, "judge", actor, now)


def _end(  # noqa: PLR0917 — read as a sentence
    session: Session,
    deal: Deal,
    dispute: DealDispute,
    event: str,
    actor: Actor,
    now: datetime,
) -> DealDispute:
    dispute.state = DISPUTE.next(dispute.state, event)
    dispute.resolved_at, dispute.resolved_by = now, person_of(actor)
    performance = plans.get_performance(session, deal.id, lock=True)
    terminated = (
        dispute.state is DealDisputeState.RESOLVED and dispute.outcome is DisputeOutcome.TERMINATE
    )
    # A termination keeps everything held back until the step that ends the deal is taken.
    if not terminated or deal.stage is DealStage.LAPSED:
        performance.frozen_at = None
    session.flush()
    _note(session, dispute, "dispute.ended", actor, now, state=dispute.state.value)
    return dispute


def _note(
    session: Session,
    dispute: DealDispute,
    topic: str,
    actor: Actor,
    now: datetime,
    **details: object,
) -> None:
    note(session, topic, kind=KIND, object_id=dispute.id, actor=actor, now=now, **details)
