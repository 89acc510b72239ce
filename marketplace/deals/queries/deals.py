"""Loads deals, always through what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.errors import NotFound
from marketplace.deals.models import ENDED, Deal, DealStageEntry
from marketplace.deals.permissions import visible_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import DealStage


def full() -> Select[Deal]:
    """Select deals with both parties, the manager and the two records."""
    return select(Deal).options(
        joinedload(Deal.licensor),
        joinedload(Deal.licensee),
        joinedload(Deal.manager),
        joinedload(Deal.listing),
        joinedload(Deal.need),
    )


def get_deal(session: Session, deal_id: UUID, *, actor: Actor, lock: bool = False) -> Deal:
    """Give a deal that the actor may know of, or raise NotFound."""
    statement = full().where(Deal.id == deal_id, visible_to(actor))
    return _one(session, statement, lock=lock)


def load_deal(session: Session, deal_id: UUID, *, lock: bool = False) -> Deal:
    """Give a deal whoever asks: for facts that move it and for jobs, never for a page."""
    return _one(session, full().where(Deal.id == deal_id), lock=lock)


def _one(session: Session, statement: Select[Deal], *, lock: bool) -> Deal:
    if lock:
        statement = statement.with_for_update(of=Deal).execution_options(populate_existing=True)
    deal = session.scalar(statement)
    if deal is None:
        raise NotFound
    return deal


def get_invitation(session: Session, deal_id: UUID, *, actor: Actor, lock: bool = False) -> Deal:
    """Give a deal whose manager the actor was asked to be and hasn't answered yet."""
    statement = full().where(
        Deal.id == deal_id,
        Deal.manager_person_id == actor.user_id,
        Deal.manager_accepted_at.is_(None),
        Deal.stage.not_in(ENDED),
    )
    return _one(session, statement, lock=lock)


def list_invitations(session: Session, *, actor: Actor) -> Sequence[Deal]:
    """List the deals to which the actor is invited as manager."""
    if actor.is_visitor:
        return []
    return session.scalars(
        full()
        .where(
            Deal.manager_person_id == actor.user_id,
            Deal.manager_accepted_at.is_(None),
            Deal.stage.not_in(ENDED),
        )
        .order_by(Deal.touched_at.desc())
    ).all()


def list_history(session: Session, deal_id: UUID) -> Sequence[DealStageEntry]:
    """Give the stages of a deal in their order."""
    return session.scalars(
        select(DealStageEntry)
        .where(DealStageEntry.deal_id == deal_id)
        .order_by(DealStageEntry.position)
    ).all()


def last_entry(session: Session, deal_id: UUID) -> DealStageEntry:
    """Give the stage entry that the deal is in; every deal has one."""
    return session.scalars(
        select(DealStageEntry)
        .where(DealStageEntry.deal_id == deal_id)
        .order_by(DealStageEntry.position.desc())
        .limit(1)
    ).one()


def has_been_at(session: Session, deal_id: UUID, stage: DealStage) -> bool:
    """Whether the deal was at a stage before."""
    entry = select(DealStageEntry.id).where(
        DealStageEntry.deal_id == deal_id, DealStageEntry.stage == stage
    )
    return session.scalar(entry.limit(1)) is not None


def value_of_exit(session: Session, deal_id: UUID, event: str, name: str) -> str:
    """Give what was last filled in at an event, empty when it never happened."""
    entry = session.scalars(
        select(DealStageEntry)
        .where(DealStageEntry.deal_id == deal_id, DealStageEntry.event == event)
        .order_by(DealStageEntry.position.desc())
        .limit(1)
    ).one_or_none()
    return str(entry.values.get(name, "")) if entry else ""
