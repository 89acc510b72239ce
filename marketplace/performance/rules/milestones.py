"""The one table of a milestone's steps: which event leads where, and who may take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.deals.models import DealRole
from marketplace.performance.models import MilestoneState

if TYPE_CHECKING:
    from datetime import datetime

_S, _R = MilestoneState, DealRole


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row: event, where it starts and leads, who takes it, and whether it needs words."""

    event: str
    label: str
    sources: frozenset[MilestoneState]
    target: MilestoneState
    actors: frozenset[DealRole]
    needs_note: bool = False


STEPS: tuple[Step, ...] = (
    Step(
        event="call",
        label=N_("Call for payment"),
        sources=frozenset({_S.PLANNED}),
        target=_S.PAYABLE,
        actors=frozenset({_R.LICENSOR, _R.LICENSEE, _R.SYSTEM}),
    ),
    Step(
        event="pay",
        label=N_("Paid in full"),
        sources=frozenset({_S.PAYABLE}),
        target=_S.PAID,
        actors=frozenset({_R.SYSTEM}),
    ),
    Step(
        event="deliver",
        label=N_("Deliver the work"),
        sources=frozenset({_S.PAID, _S.CHANGES_REQUESTED}),
        target=_S.DELIVERED,
        actors=frozenset({_R.LICENSOR}),
        needs_note=True,
    ),
    Step(
        event="request_changes",
        label=N_("Request changes"),
        sources=frozenset({_S.DELIVERED}),
        target=_S.CHANGES_REQUESTED,
        actors=frozenset({_R.LICENSEE}),
        needs_note=True,
    ),
    Step(
        event="accept",
        label=N_("Accept the work"),
        sources=frozenset({_S.DELIVERED}),
        target=_S.ACCEPTED,
        actors=frozenset({_R.LICENSEE}),
    ),
    Step(
        event="release",
        label=N_("Release the money"),
        sources=frozenset({_S.ACCEPTED}),
        target=_S.RELEASED,
        actors=frozenset({_R.LICENSEE, _R.SYSTEM}),
    ),
    # A fee that pays for no work of its own (entry fee, upfront fee) is done once it is paid.
    Step(
        event="pass",
        label=N_("A fee without delivery is done"),
        sources=frozenset({_S.PAID}),
        target=_S.RELEASED,
        actors=frozenset({_R.SYSTEM}),
    ),
    Step(
        event="refund",
        label=N_("Give the money back"),
        sources=frozenset({_S.PAID, _S.DELIVERED, _S.CHANGES_REQUESTED, _S.ACCEPTED}),
        target=_S.REFUNDED,
        actors=frozenset({_R.LICENSOR}),
        needs_note=True,
    ),
    Step(
        event="cancel",
        label=N_("Drop what is unpaid"),
        sources=frozenset({_S.PLANNED, _S.PAYABLE}),
        target=_S.CANCELLED,
        actors=frozenset({_R.SYSTEM}),
    ),
    # All that was paid went back by refunds on the payments' own pages: it is owed again.
    Step(
        event="reopen",
        label=N_("To be paid again after a refund"),
        sources=frozenset({_S.PAID, _S.DELIVERED, _S.CHANGES_REQUESTED, _S.ACCEPTED, _S.RELEASED}),
        target=_S.PAYABLE,
        actors=frozenset({_R.SYSTEM}),
    ),
    Step(
        event="replace",
        label=N_("Taken out by an amendment"),
        sources=frozenset({_S.PLANNED, _S.PAYABLE}),
        target=_S.REPLACED,
        actors=frozenset({_R.SYSTEM}),
    ),
)
BY_EVENT: dict[str, Step] = {step.event: step for step in STEPS}
LIFECYCLE: Lifecycle[MilestoneState] = Lifecycle(
    {step.event: (set(step.sources), step.target) for step in STEPS}
)
#: Steps that a dispute does not hold back: they undo, they don't go on.
DESPITE_DISPUTE = frozenset({"refund", "cancel", "reopen", "replace"})
#: What the history names beside the steps: nothing moves, but something is worth telling.
NOTED: dict[str, str] = {
    "amend": N_("Changed by an amendment"),
    "give_part_back": N_("A part was given back"),
    "keep": N_("A refund failed: the money stayed"),
    "pay_rest": N_("The rest was paid"),
    "waive_rest": N_("The rest was given up"),
}
#: States in which money lies with nobody's consent yet: paid, and not released.
WAITING_FOR_RELEASE = frozenset({_S.PAID, _S.DELIVERED, _S.CHANGES_REQUESTED, _S.ACCEPTED})
#: States in which what a partial refund left open may be paid or given up.
WITH_A_REST = WAITING_FOR_RELEASE | {_S.RELEASED}
NOTE_LENGTH = 2000
FROZEN = N_("A dispute about this deal is open: nothing is paid or released until it is settled")


class Frozen(RuleBroken):
    """A dispute about the deal holds everything back that is unpaid or unreleased."""


class Stopped(RuleBroken):
    """Paid money has waited too long: settle that first."""


def label_of(event: str) -> str:
    """Give how the history calls an event: a step of the table, or something noted."""
    return NOTED[event] if event in NOTED else step_of(event).label


def step_of(event: str) -> Step:
    """Give the row of an event; RuleBroken for a name that isn't in the table."""
    if event not in BY_EVENT:
        raise RuleBroken(N_("There is no such step of a milestone."))
    return BY_EVENT[event]


def require_step(
    event: str, state: MilestoneState, role: DealRole | None, *, note: str, frozen: bool
) -> Step:
    """Judge a step: Denied for the wrong side, StepNotAllowed, Frozen, or a missing text."""
    step = step_of(event)
    require(role in step.actors)
    LIFECYCLE.next(state, event)
    if frozen and event not in DESPITE_DISPUTE:
        raise Frozen(FROZEN)
    if step.needs_note and not note.strip():
        raise RuleBroken(N_("Say it in a sentence; the other side reads it."), field="note")
    if len(note) > NOTE_LENGTH:
        raise RuleBroken(N_("Write at most %(limit)s characters."), field="note", limit=NOTE_LENGTH)
    return step


def open_to(role: DealRole | None, state: MilestoneState) -> tuple[Step, ...]:
    """Give the steps that a side may take from a state, the frozen ones too."""
    return tuple(step for step in STEPS if state in step.sources and role in step.actors)


def days_waiting(paid_at: datetime | None, now: datetime) -> int:
    """Give for how many whole days paid money has waited."""
    return (now - paid_at).days if paid_at else 0
