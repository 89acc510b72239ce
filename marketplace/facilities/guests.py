"""Whom a change of the opening hours would meet: asked of higher domains before it is saved.

Bookings stand above facilities; they register who looks their users up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.models import Facility
from marketplace.facilities.opening import Plan


@dataclass(frozen=True, kw_only=True)
class Guest:
    """Somebody who is expected at a time: when, where, who, in which state, and their page."""

    starts_at: datetime
    ends_at: datetime
    place: str
    place_en: str
    who: str
    who_en: str
    state: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


class HoursTouch(RuleBroken):
    """Guests would stand before a closed door; the change is saved only when that is meant."""

    def __init__(self, guests: Sequence[Guest]) -> None:
        super().__init__(
            N_(
                "%(count)s bookings would lie outside the new opening hours. Nothing is saved yet: "
                "look at them and decide."
            ),
            count=len(guests),
        )
        self.guests = tuple(guests)


#: Gives those whom the new plan shuts out, though the present one does not; None shuts out all.
Source = Callable[[Session, Facility, Plan | None, datetime], Sequence[Guest]]

_sources: list[Source] = []


def register(source: Source) -> None:
    """Add who knows of guests."""
    if source not in _sources:
        _sources.append(source)


def shut_out(session: Session, facility: Facility, plan: Plan | None, now: datetime) -> list[Guest]:
    """Give everybody whom a new plan (None: closing for good) would shut out, earliest first."""
    found = [guest for source in _sources for guest in source(session, facility, plan, now)]
    return sorted(found, key=lambda guest: guest.starts_at)
