"""Where an offer stands: open until its last day, or ended by what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.terms.models.offers import OfferFate

if TYPE_CHECKING:
    from datetime import date

#: Longest life of an offer in days.
LONGEST_DAYS = 180


class OfferState(LabelledEnum):
    """What a reader is told of an offer."""

    ON_THE_TABLE = "on_the_table", N_("Open for an answer")
    RUN_OUT = "run_out", N_("Expired unanswered")
    ACCEPTED = OfferFate.ACCEPTED.value, OfferFate.ACCEPTED.label
    COUNTERED = OfferFate.COUNTERED.value, OfferFate.COUNTERED.label
    REPLACED = OfferFate.REPLACED.value, OfferFate.REPLACED.label
    DECLINED = OfferFate.DECLINED.value, OfferFate.DECLINED.label
    WITHDRAWN = OfferFate.WITHDRAWN.value, OfferFate.WITHDRAWN.label


def state(fate: OfferFate | None, valid_until: date, *, today: date) -> OfferState:
    """Give the state of an offer on a day in Beijing."""
    if fate is not None:
        return OfferState(fate.value)
    return OfferState.ON_THE_TABLE if today <= valid_until else OfferState.RUN_OUT


def require_open(fate: OfferFate | None, valid_until: date, *, today: date) -> None:
    """Raise StepNotAllowed with the reason unless the offer may still be answered."""
    found = state(fate, valid_until, today=today)
    if found is not OfferState.ON_THE_TABLE:
        raise StepNotAllowed(
            N_("This offer can't be answered any more: %(state)s. Look at the newest one."),
            state=found,
        )


def require_valid_until(valid_until: date, *, today: date) -> None:
    """Raise RuleBroken unless the last day lies within half a year from today."""
    days = (valid_until - today).days
    if days < 0:
        raise RuleBroken(N_("The offer would have expired already."), field="valid_until")
    if days > LONGEST_DAYS:
        raise RuleBroken(
            N_("An offer stays open for %(most)s days at most."),
            field="valid_until",
            most=LONGEST_DAYS,
        )
