"""States and the steps between them, as one table per kind of object."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from marketplace.core.errors import StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

State = TypeVar("State", bound=StrEnum)


@dataclass(frozen=True)
class Step(Generic[State]):
    """One kind of step: from any of the sources to the target."""

    sources: frozenset[State]
    target: State


class Lifecycle(Generic[State]):
    """The only place that says which step leads where."""

    def __init__(self, steps: Mapping[str, tuple[set[State], State]]) -> None:
        self._steps = {
            event: Step(frozenset(sources), target) for event, (sources, target) in steps.items()
        }

    @property
    def events(self) -> frozenset[str]:
        """Names of all steps."""
        return frozenset(self._steps)

    def allows(self, state: State, event: str) -> bool:
        """Whether the step starts in this state."""
        return state in self._steps[event].sources

    def next(self, state: State, event: str) -> State:
        """Give the state after the step; raise StepNotAllowed when it can't start here."""
        if not self.allows(state, event):
            raise StepNotAllowed(
                N_("This step can't be taken from the state “%(state)s”."),
                state=getattr(state, "label", state),
            )
        return self._steps[event].target

    def possible(self, state: State) -> frozenset[str]:
        """Names of the steps that start in this state."""
        return frozenset(event for event in self._steps if self.allows(state, event))
