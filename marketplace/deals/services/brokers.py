"""The technology manager of a deal: invited by a party, accepting, leaving, released."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import exits, permissions
from marketplace.deals.models import DealRole
from marketplace.deals.queries import deals as queries
from marketplace.deals.rules import PARTIES
from marketplace.deals.services.records import get_to_act, note, tell
from marketplace.managers.models import ManagerProfile
from marketplace.managers.permissions import may_open_deals

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal

REASON_LENGTH = 1000


def invite_manager(
    session: Session, *, actor: Actor, deal_id: UUID, manager_id: UUID, now: datetime
) -> Deal:
    """Ask a licensed manager to broker the deal; they see it once they have accepted."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role in PARTIES)
    if deal.manager_id is not None:
        raise StepNotAllowed(N_("This deal has a manager, or one is invited already."))
    manager = session.get(ManagerProfile, manager_id)
    if manager is None:
        raise NotFound
    if not may_open_deals(manager, exits.day_of(now)):
        raise RuleBroken(
            N_("This manager holds no licence that runs today. Choose another."),
            field="manager_id",
        )
    if manager.organization_id in (deal.licensor_id, deal.licensee_id):
        raise RuleBroken(
            N_("This manager works for one of the parties and can't stand between them."),
            field="manager_id",
        )
    deal.manager_id, deal.manager_person_id = manager.id, manager.person_id
    deal.manager_invited_by = permissions.organization_of(role, deal)
    note(
        session, actor=actor, deal=deal, action="deal.manager_invited", now=now, manager=manager.id
    )
    tell(session, "deal.manager_invited", deal, actor=actor)
    session.flush()
    return deal


def accept_invitation(session: Session, *, actor: Actor, deal_id: UUID, now: datetime) -> Deal:
    """Take the deal on as its manager; the licence must run on this day."""
    deal = queries.get_invitation(session, deal_id, actor=actor, lock=True)
    manager = session.get_one(ManagerProfile, deal.manager_id)
    if not may_open_deals(manager, exits.day_of(now)):
        raise RuleBroken(N_("Your licence does not run today; renew it before you take on deals."))
    deal.manager_accepted_at = now
    note(session, actor=actor, deal=deal, action="deal.manager_accepted", now=now)
    tell(session, "deal.manager_accepted", deal, actor=actor)
    session.flush()
    return deal


def decline_invitation(session: Session, *, actor: Actor, deal_id: UUID, now: datetime) -> None:
    """Leave an invitation; the parties may ask somebody else."""
    deal = queries.get_invitation(session, deal_id, actor=actor, lock=True)
    _clear(deal)
    note(session, actor=actor, deal=deal, action="deal.manager_declined", now=now)
    tell(session, "deal.manager_declined", deal, actor=actor)
    session.flush()


def end_brokerage(
    session: Session, *, actor: Actor, deal_id: UUID, reason: str, now: datetime
) -> Deal:
    """End the manager's part: the manager, or the party that invited them; fees follow mandates.

    Introductions and mandates stay as they are: a fee that was earned is not lost by this.
    """
    deal, role = get_to_act(session, deal_id, actor=actor)
    if deal.manager_id is None:
        raise StepNotAllowed(N_("This deal has no manager."))
    inviter = deal.manager_invited_by
    own = permissions.organization_of(role, deal)
    require(role is DealRole.MANAGER or inviter is None or inviter == own)
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise RuleBroken(N_("Say why; the others read it."), field="reason")
    left = deal.manager_id
    _clear(deal)
    note(
        session,
        actor=actor,
        deal=deal,
        action="deal.manager_left",
        now=now,
        manager=left,
        reason=reason,
    )
    tell(session, "deal.manager_left", deal, actor=actor, manager=str(left))
    session.flush()
    return deal


def _clear(deal: Deal) -> None:
    deal.manager_id = deal.manager_person_id = None
    deal.manager_invited_by = deal.manager_accepted_at = None


def find_entry(session: Session, actor: Actor) -> ManagerProfile | None:
    """Give the actor's own entry in the register."""
    if actor.user_id is None:
        return None
    return session.scalar(select(ManagerProfile).where(ManagerProfile.person_id == actor.user_id))
