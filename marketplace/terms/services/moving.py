"""Accepted terms are a fact that moves the deal, unless something else still stands open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.deals.rules import Obstructed
from marketplace.deals.services.stages import advance_by_system

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal


def move_on(
    session: Session, deal: Deal, *, actor: Actor, now: datetime, event: str = "agree_terms"
) -> bool:
    """Take the step that the fact allows; False when a task of the deal holds it back.

    The acceptance stands either way: the parties take the step themselves once the task is done.
    """
    try:
        advance_by_system(session, deal_id=deal.id, event=event, now=now, actor=actor)
    except Obstructed:
        return False
    return True
