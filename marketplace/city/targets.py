"""The city's targets for 2027 beside what the records show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from marketplace.codes import rules
from marketplace.codes.rules import Unit
from marketplace.core.messages import N_
from marketplace.facilities import register as facilities
from marketplace.facilities.models import FacilityKind
from marketplace.facilities.settings import CENTERS, PLAN, PLATFORMS
from marketplace.managers.queries import register as managers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

#: The plan runs from its first to its last day.
BEGINS, ENDS = date(2025, 1, 1), date(2027, 12, 31)

MANAGERS = rules.declare(
    "target_technology_managers",
    5000,
    Unit.COUNT,
    N_("Technology managers by the end of 2027"),
    PLAN,
    confirmed=True,
)


@dataclass(frozen=True, kw_only=True)
class Target:
    """A figure of the plan: what is wanted, what is reached, what a straight way would give now."""

    key: str
    label: str
    reached: int
    wanted: int
    expected: int
    source: str

    @property
    def percent(self) -> int:
        """How much is reached, in whole percent rounded down, at most 100."""
        return min(100, self.reached * 100 // self.wanted) if self.wanted else 100

    @property
    def is_behind(self) -> bool:
        """Whether less is reached than a straight way to the target would give today."""
        return self.reached < self.expected


def expected_by(today: date, wanted: int) -> int:
    """Give the part of a target that the passed part of the plan's time stands for, rounded down.

    A straight line from nothing at the plan's beginning to the target at its end.
    """
    whole = (ENDS - BEGINS).days
    passed = min(max((today - BEGINS).days, 0), whole)
    return wanted * passed // whole


def list_targets(session: Session, today: date) -> list[Target]:
    """Give the targets that this platform's own records can count."""
    found = facilities.counts(session)
    filed = {target.kind: target.reached for target in found.targets}
    reached = {
        CENTERS: filed[FacilityKind.CONCEPT_CENTER],
        PLATFORMS: filed[FacilityKind.PILOT_PLATFORM],
        MANAGERS: managers.counts(session, today).active,
    }
    return [
        Target(
            key=shown.declared.key,
            label=shown.declared.label,
            reached=reached[shown.declared.key],
            wanted=int(shown.value),
            expected=expected_by(today, int(shown.value)),
            source=shown.source,
        )
        for shown in (rules.get_rule(session, key) for key in reached)
    ]
