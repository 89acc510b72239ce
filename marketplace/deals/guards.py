"""What must hold before a step: checks by name, registered by whoever knows the fact."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal, DealRole
    from marketplace.deals.rules import Transition

    Check = Callable[[Session, Deal, datetime], list["Obstacle"]]


@dataclass(frozen=True, kw_only=True)
class Obstacle:
    """What is still missing, who must see to it, and the endpoint where that is done.

    ``message`` is a message id with %(name)s places that ``values`` fill; the endpoint takes
    ``deal_id``, and ``anchor`` names the part of its page.
    """

    message: str
    who: frozenset[DealRole]
    endpoint: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    anchor: str | None = None


_checks: dict[str, Check] = {}

UNKNOWN = N_("This copy of the platform can't check this condition, so the step stays closed.")


def register(name: str, check: Check) -> None:
    """Say how a guard is checked; the check gives what is missing, nothing when it holds."""
    _checks[name] = check


def is_registered(name: str) -> bool:
    """Whether somebody checks this guard."""
    return name in _checks


def obstacles(session: Session, deal: Deal, row: Transition, now: datetime) -> list[Obstacle]:
    """Give all that is missing for a step, in the order of its guards.

    A guard that nobody registered holds the step back: better a closed door than an open one.
    """
    found: list[Obstacle] = []
    for name in row.guards:
        check = _checks.get(name)
        if check is None:
            found.append(Obstacle(message=UNKNOWN, who=frozenset()))
        else:
            found += check(session, deal, now)
    return found
