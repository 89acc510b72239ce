"""Introductions by a deal's manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import Actor
from marketplace.core.errors import RuleBroken
from marketplace.managers.models.record import BEFORE_US
from marketplace.managers.services.record import introduce

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal


def introduce_parties(session: Session, deal: Deal, *, now: datetime) -> None:
    """Put the manager's introduction on record, once both sides may know each other's name.

    A deal that another manager's introduction came before isn't opened; a running one goes on.
    """
    if deal.manager_id is None or deal.manager_person_id is None or deal.licensee_hidden:
        return
    standing = introduce(
        session,
        actor=Actor(user_id=deal.manager_person_id),
        manager_id=deal.manager_id,
        licensor_id=deal.licensor_id,
        licensee_id=deal.licensee_id,
        listing_id=deal.listing_id,
        need_id=deal.need_id,
        now=now,
        running=True,
    )
    if standing.manager_id != deal.manager_id and deal.opened_at == now:
        raise RuleBroken(BEFORE_US)
