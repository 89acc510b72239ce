"""What follows from a step in the same transaction: registered by name, run in order."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.deals.rules import Transition

    Effect = Callable[[Session, Deal, Actor | None, datetime], None]

_effects: dict[str, list[Effect]] = defaultdict(list)


def register(name: str, effect: Effect) -> None:
    """Run a function when a step names this effect (see ``rules.TRANSITIONS``).

    The actor is None when the platform took the step. RuleBroken takes the whole step back.
    """
    if effect not in _effects[name]:
        _effects[name].append(effect)


def is_registered(name: str) -> bool:
    """Whether something follows."""
    return bool(_effects.get(name))


def run(session: Session, deal: Deal, row: Transition, actor: Actor | None, now: datetime) -> None:
    """Run what follows from a step, in the order of the table and of registration."""
    for name in row.effects:
        for effect in _effects.get(name, ()):
            effect(session, deal, actor, now)
