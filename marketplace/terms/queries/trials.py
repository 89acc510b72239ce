"""Trials and export papers of a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.deals.models import Deal
from marketplace.deals.permissions import own_to
from marketplace.terms.models import ExportRecord, Trial, TrialStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: States in which a trial still moves.
LIVING = (TrialStatus.PROPOSED, TrialStatus.RUNNING, TrialStatus.DUE)


def list_trials(session: Session, deal_id: UUID) -> Sequence[Trial]:
    """Give the trials of a deal, the newest first."""
    return session.scalars(
        select(Trial).where(Trial.deal_id == deal_id).order_by(Trial.proposed_at.desc(), Trial.id)
    ).all()


def get_trial(session: Session, deal: Deal, trial_id: UUID) -> Trial:
    """Give one trial of the deal, or raise NotFound."""
    trial = session.scalars(
        select(Trial).where(Trial.id == trial_id, Trial.deal_id == deal.id)
    ).one_or_none()
    if trial is None:
        raise NotFound
    return trial


def list_running(session: Session) -> Sequence[Trial]:
    """Give all trials that the night looks at."""
    return session.scalars(
        select(Trial)
        .where(Trial.status.in_((TrialStatus.RUNNING, TrialStatus.DUE)))
        .order_by(Trial.id)
    ).all()


def list_own(session: Session, *, actor: Actor, most: int = 8) -> Sequence[Row[Trial, Deal]]:
    """Give the living trials of the actor's own deals, the nearest decision first."""
    return session.execute(
        select(Trial, Deal)
        .join(Deal, Deal.id == Trial.deal_id)
        .where(own_to(actor), Trial.status.in_(LIVING))
        .order_by(Trial.decide_by, Trial.id)
        .limit(most)
    ).all()


def find_export(session: Session, deal_id: UUID) -> ExportRecord | None:
    """Give the export papers of a deal, if any were recorded."""
    return session.scalars(
        select(ExportRecord).where(ExportRecord.deal_id == deal_id)
    ).one_or_none()
