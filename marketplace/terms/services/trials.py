"""Use first, pay later: proposed by one side, accepted by the other, ended by a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.models import Deal
from marketplace.deals.queries.deals import get_deal
from marketplace.terms import permissions
from marketplace.terms.kinds import Side
from marketplace.terms.models import Trial, TrialPayment, TrialStatus, TrialTrigger
from marketplace.terms.queries import trials as queries
from marketplace.terms.rules import trials as rules
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services import drafts
from marketplace.terms.services.notes import note

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True, kw_only=True)
class TrialProposal:
    """What one side proposes; see ``Trial`` for the meaning of each part."""

    starts_on: date
    trigger: TrialTrigger
    decide_by: date
    payment: TrialPayment
    price_minor: int | None = None
    instalments: int | None = None
    share_bp: int | None = None
    condition: str = ""
    scope: str = ""
    security: str = ""


def propose_trial(
    session: Session, *, actor: Actor, deal_id: UUID, proposal: TrialProposal, now: datetime
) -> Trial:
    """Propose a trial to the other side."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_propose_trial(actor, deal))
    side = permissions.acting_side(actor, deal)
    assert side is not None  # noqa: S101 — may_propose_trial has asked
    trial = Trial(
        deal_id=deal_id,
        proposed_by_side=side,
        proposed_by=actor.user_id,
        proposed_at=now,
        starts_on=proposal.starts_on,
        trigger=proposal.trigger,
        decide_by=proposal.decide_by,
        payment=proposal.payment,
        price_minor=proposal.price_minor,
        instalments=proposal.instalments,
        share_bp=proposal.share_bp,
        condition=proposal.condition,
        scope=proposal.scope,
        security=proposal.security,
        is_demo=deal.is_demo,
    )
    for fault in rules.faults(trial):
        raise fault.as_error()
    if trial.decide_by <= beijing_day(now):
        raise RuleBroken(N_("The decision lies in the future."), field="decide_by")
    with judged(session):
        session.add(trial)
    _note(session, actor, deal, trial, step="proposed", now=now)
    return trial


def accept_trial(
    session: Session, *, actor: Actor, deal_id: UUID, trial_id: UUID, now: datetime
) -> Trial:
    """Accept a proposed trial: the use begins on its first day."""
    deal, trial = _locked(session, actor, deal_id, trial_id)
    require(permissions.acting_side(actor, deal) is trial.proposed_by_side.other)
    trial.status = rules.LIFECYCLE.next(trial.status, "accept")
    trial.accepted_by, trial.accepted_at = actor.user_id, now
    _note(session, actor, deal, trial, step="accepted", now=now)
    return trial


def call_off(
    session: Session, *, actor: Actor, deal_id: UUID, trial_id: UUID, reason: str, now: datetime
) -> Trial:
    """Take back or refuse a trial that hasn't begun; either side may."""
    deal, trial = _locked(session, actor, deal_id, trial_id)
    _finish(trial, "call_off", reason, now)
    _note(session, actor, deal, trial, step="called_off", now=now)
    return trial


def report_income(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    trial_id: UUID,
    income_on: date,
    words: str = "",
    now: datetime,
) -> Trial:
    """Tell of the first income from the technology: with that trigger the decision is due."""
    deal, trial = _locked(session, actor, deal_id, trial_id, side=Side.LICENSEE)
    if trial.status is not TrialStatus.RUNNING:
        raise RuleBroken(N_("The first income is reported while the trial runs."))
    if not trial.starts_on <= income_on <= beijing_day(now):
        raise RuleBroken(
            N_("The first income lies between the start of the trial and today."),
            field="income_on",
        )
    trial.income_on, trial.income_note = income_on, words.strip()
    _note(session, actor, deal, trial, step="income_reported", now=now)
    _look(session, deal, trial, now)
    return trial


def convert(
    session: Session, *, actor: Actor, deal_id: UUID, trial_id: UUID, now: datetime
) -> Trial:
    """Take the license: the trial ends, and its promised terms lie ready as an offer to send."""
    deal, trial = _locked(session, actor, deal_id, trial_id, side=Side.LICENSEE)
    _finish(trial, "convert", "", now)
    # Once a contract is signed, the license stands in it, and nothing is left to be offered.
    if permissions.may_prepare(actor, deal, Side.LICENSEE):
        subject = deal.listing.title if deal.listing else deal.title
        drafts.save_draft(
            session,
            actor=actor,
            deal_id=deal_id,
            side=Side.LICENSEE,
            terms=rules.terms_after(trial, subject=subject, today=beijing_day(now)),
            now=now,
        )
    _note(session, actor, deal, trial, step="converted", now=now)
    return trial


def give_back(
    session: Session, *, actor: Actor, deal_id: UUID, trial_id: UUID, reason: str, now: datetime
) -> Trial:
    """Return the technology: what was handed over goes back, and nothing is owed."""
    deal, trial = _locked(session, actor, deal_id, trial_id, side=Side.LICENSEE)
    if not reason.strip():
        raise RuleBroken(N_("Say why it is returned: it helps the inventors."), field="reason")
    _finish(trial, "give_back", reason, now)
    _note(session, actor, deal, trial, step="given_back", now=now)
    return trial


def end_living(session: Session, deal: Deal, *, actor: Actor | None, now: datetime) -> None:
    """End the trial of a deal that has lapsed: a proposal is off, a use goes back."""
    for trial in queries.list_trials(session, deal.id):
        if trial.status not in queries.LIVING:
            continue
        proposed = trial.status is TrialStatus.PROPOSED
        _finish(
            trial,
            "call_off" if proposed else "give_back",
            N_("The deal has ended without a contract."),
            now,
        )
        _note(
            session,
            actor,
            deal,
            trial,
            step="called_off" if proposed else "given_back",
            now=now,
        )


def look_at_all(session: Session, *, now: datetime) -> int:
    """Remind of and mark the decisions that come near; give how many facts were told."""
    told = 0
    for trial in queries.list_running(session):
        deal = session.get_one(Deal, trial.deal_id, with_for_update=True)
        told += _look(session, deal, trial, now)
    return told


def _look(session: Session, deal: Deal, trial: Trial, now: datetime) -> int:
    today, told = beijing_day(now), 0
    mark = rules.reminder(trial, today=today)
    if mark is not None:
        trial.reminded_at_days = mark
        _note(session, None, deal, trial, step="reminded", now=now, mark=mark)
        told += 1
    if trial.status is TrialStatus.RUNNING and rules.is_due(trial, today=today):
        trial.status = rules.LIFECYCLE.next(trial.status, "fall_due")
        _note(session, None, deal, trial, step="fell_due", now=now)
        told += 1
    session.flush()
    return told


def _locked(
    session: Session, actor: Actor, deal_id: UUID, trial_id: UUID, *, side: Side | None = None
) -> tuple[Deal, Trial]:
    """Lock the deal, then give the trial as it stands now, for who writes for a (that) side."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    own = permissions.acting_side(actor, deal)
    require(own is not None and side in (None, own))
    trial = queries.get_trial(session, deal, trial_id)
    session.refresh(trial)
    return deal, trial


def _finish(trial: Trial, event: str, reason: str, now: datetime) -> None:
    trial.status = rules.LIFECYCLE.next(trial.status, event)
    trial.ended_on, trial.end_note = beijing_day(now), reason.strip()


def _note(
    session: Session,
    actor: Actor | None,
    deal: Deal,
    trial: Trial,
    *,
    step: str,
    now: datetime,
    mark: int | None = None,
) -> None:
    session.flush()
    note(
        session,
        actor=actor,
        deal=deal,
        action=f"trial.{step}",
        object_id=trial.id,
        now=now,
        mark=mark,
    )
