"""How a deal moves: one table of transitions, and the fields that each of them asks for.

Guards and effects are names; whoever knows the fact registers it (see ``guards`` and ``effects``).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.models import DealRole, DealStage, LapseReason

if TYPE_CHECKING:
    from marketplace.core.enums import LabelledEnum

_S, _R = DealStage, DealRole
PARTIES = frozenset({_R.LICENSOR, _R.LICENSEE})
ALL_THREE = PARTIES | {_R.MANAGER}


class FieldKind(StrEnum):
    """How an exit field is typed and kept."""

    LINE = "line"
    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    CHOICE = "choice"


@dataclass(frozen=True)
class ExitField:
    """Something that a step asks for; money is typed in yuan and kept in fen."""

    name: str
    kind: FieldKind
    label: str
    required: bool = True
    hint: str = ""
    choices: type[LabelledEnum] | None = None


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of the table: who may take which step, from where to where, under what.

    ``timer`` says whether the time in the sources is watched (the "stuck" mark); a transition
    with ``after_silence`` is also taken by the platform when nobody has touched the deal for long.
    """

    event: str
    label: str
    sources: frozenset[DealStage]
    target: DealStage
    actors: frozenset[DealRole]
    guards: tuple[str, ...] = ()
    fields: tuple[ExitField, ...] = ()
    effects: tuple[str, ...] = ()
    timer: bool = True
    after_silence: bool = False
    is_end: bool = False

    @property
    def is_onwards(self) -> bool:
        """Whether the step brings the deal nearer to its contract and its closing."""
        order = list(DealStage)
        return self.target is not _S.LAPSED and all(
            order.index(one) < order.index(self.target) for one in self.sources
        )


NEXT_STEP = ExitField(
    "next_step", FieldKind.LINE, N_("Next step"), hint=N_("Who does what, in one line.")
)
NEXT_ON = ExitField("next_on", FieldKind.DATE, N_("Day of the next step"))
PURPOSE = ExitField(
    "purpose",
    FieldKind.TEXT,
    N_("What the confidential information is for"),
    hint=N_("It becomes the purpose in the agreement, and the only permitted use."),
)
FINDINGS = ExitField(
    "findings",
    FieldKind.TEXT,
    N_("What due diligence found"),
    hint=N_("Rights, readiness, figures that were checked, and open doubts."),
)
VALUE = ExitField("value", FieldKind.MONEY, N_("Expected value in yuan"))
REASON = ExitField("lapse_reason", FieldKind.CHOICE, N_("Reason"), choices=LapseReason)
NOTE = ExitField(
    "lapse_note",
    FieldKind.TEXT,
    N_("In your words"),
    required=False,
    hint=N_("Needed when you choose “some other reason”."),
)
WHY_BACK = ExitField("why", FieldKind.TEXT, N_("Why the terms are taken up again"))
OUTCOME = ExitField(
    "outcome", FieldKind.TEXT, N_("What came of it"), hint=N_("Both sides and the manager read it.")
)

#: The whole life of a deal.
TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        event="ask_confidentiality",
        label=N_("Prepare the confidentiality agreement"),
        sources=frozenset({_S.INQUIRY}),
        target=_S.CONFIDENTIALITY,
        actors=ALL_THREE,
        guards=("parties_verified", "licensee_named"),
        fields=(PURPOSE, NEXT_STEP, NEXT_ON),
        effects=("draw_up_confidentiality",),
    ),
    Transition(
        event="start_diligence",
        label=N_("Both sides have signed the confidentiality agreement"),
        sources=frozenset({_S.CONFIDENTIALITY}),
        target=_S.DUE_DILIGENCE,
        actors=frozenset({_R.SYSTEM}),
        guards=("confidentiality_signed",),
        effects=("open_confidential",),
    ),
    Transition(
        event="start_terms",
        label=N_("Due diligence is done, negotiate terms"),
        sources=frozenset({_S.DUE_DILIGENCE}),
        target=_S.TERMS,
        actors=ALL_THREE,
        guards=("blocking_tasks_done",),
        fields=(FINDINGS, VALUE, NEXT_STEP, NEXT_ON),
    ),
    Transition(
        event="agree_terms",
        label=N_("Terms are agreed"),
        sources=frozenset({_S.TERMS}),
        target=_S.NOTICE,
        actors=PARTIES | {_R.SYSTEM},
        guards=("terms_accepted", "blocking_tasks_done"),
        effects=("terms_agreed",),
    ),
    Transition(
        event="accept_open_license",
        label=N_("An open license is accepted as declared"),
        sources=frozenset({_S.INQUIRY}),
        target=_S.NOTICE,
        actors=frozenset({_R.SYSTEM}),
        guards=("terms_accepted",),
        effects=("terms_agreed",),
    ),
    Transition(
        event="back_to_terms",
        label=N_("Take the terms up again"),
        sources=frozenset({_S.NOTICE}),
        target=_S.TERMS,
        actors=PARTIES,
        guards=("contract_unsigned",),
        fields=(WHY_BACK, NEXT_STEP, NEXT_ON),
        effects=("terms_reopened",),
    ),
    Transition(
        event="sign_contract",
        label=N_("Both sides have signed the contract"),
        sources=frozenset({_S.NOTICE}),
        target=_S.SIGNED,
        actors=frozenset({_R.SYSTEM}),
        guards=("approvals_given", "price_notice_over", "export_cleared", "contract_signed"),
        effects=("contract_concluded",),
    ),
    Transition(
        event="start_performance",
        label=N_("Start the performance"),
        sources=frozenset({_S.SIGNED}),
        target=_S.PERFORMING,
        actors=ALL_THREE,
        guards=("milestones_planned",),
        fields=(NEXT_STEP, NEXT_ON),
        effects=("performance_started",),
    ),
    Transition(
        event="close",
        label=N_("Close the deal: all is performed and paid"),
        sources=frozenset({_S.PERFORMING}),
        target=_S.CLOSED,
        actors=PARTIES,
        guards=("everything_settled",),
        fields=(OUTCOME,),
        effects=("deal_closed",),
        is_end=True,
    ),
    Transition(
        event="lapse",
        label=N_("End the deal without a contract"),
        sources=frozenset({_S.INQUIRY, _S.CONFIDENTIALITY, _S.DUE_DILIGENCE, _S.TERMS, _S.NOTICE}),
        target=_S.LAPSED,
        actors=PARTIES | {_R.SYSTEM},
        fields=(REASON, NOTE),
        effects=("deal_lapsed",),
        after_silence=True,
        is_end=True,
    ),
    Transition(
        event="give_up_lead",
        label=N_("Give the lead up"),
        sources=frozenset({_S.INQUIRY, _S.CONFIDENTIALITY}),
        target=_S.LAPSED,
        actors=frozenset({_R.MANAGER}),
        fields=(REASON, NOTE),
        effects=("deal_lapsed",),
        is_end=True,
    ),
    Transition(
        event="terminate",
        label=N_("Terminate the contract"),
        sources=frozenset({_S.SIGNED, _S.PERFORMING}),
        target=_S.LAPSED,
        actors=PARTIES,
        guards=("termination_recorded",),
        fields=(NOTE,),
        effects=("deal_terminated",),
        timer=False,
        is_end=True,
    ),
)
BY_EVENT: dict[str, Transition] = {row.event: row for row in TRANSITIONS}

#: Guard → the domain that answers it; a test asks that each domain present registered its own.
GUARDS: dict[str, str] = {
    "parties_verified": "deals",
    "licensee_named": "deals",
    "confidentiality_signed": "deals",
    "blocking_tasks_done": "deals",
    "terms_accepted": "terms",
    "approvals_given": "terms",
    "price_notice_over": "terms",
    "export_cleared": "terms",
    "contract_unsigned": "contracts",
    "contract_signed": "contracts",
    "milestones_planned": "performance",
    "everything_settled": "performance",
    "termination_recorded": "performance",
}

#: Effects that some domain must bring for the deal to make sense; the others are only heard.
NEEDED_EFFECTS: dict[str, str] = {
    "draw_up_confidentiality": "deals",
    "open_confidential": "deals",
}


class Obstructed(RuleBroken):
    """A guard of the step says what is still missing."""


def transition(event: str) -> Transition:
    """Give the row of an event; RuleBroken for a name that isn't in the table."""
    if event not in BY_EVENT:
        raise RuleBroken(N_("There is no such step."))
    return BY_EVENT[event]


def require_source(row: Transition, stage: DealStage) -> None:
    """Raise StepNotAllowed unless the step starts in this stage."""
    if stage not in row.sources:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=stage
        )


def leading_out(stage: DealStage) -> tuple[Transition, ...]:
    """Give the steps that start in a stage, whoever may take them."""
    return tuple(row for row in TRANSITIONS if stage in row.sources)


def open_to(role: DealRole | None, stage: DealStage) -> tuple[Transition, ...]:
    """Give the steps that a role may take from a stage; guards are asked later."""
    return tuple(row for row in leading_out(stage) if role in row.actors)


def next_stages(stage: DealStage) -> frozenset[DealStage]:
    """Give the stages that some step leads to, ends aside."""
    return frozenset(row.target for row in leading_out(stage) if not row.is_end)
