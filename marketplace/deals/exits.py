"""Exit fields: what a step asks for, judged and brought into the form in which it is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.models import LapseReason
from marketplace.deals.rules import NEXT_ON, NEXT_STEP, FieldKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.deals.rules import ExitField, Transition

LINE_LENGTH = 300
TEXT_LENGTH = 4000
#: A hundred billion yuan in fen: nothing larger is a deal of one technology.
LARGEST_MINOR = 10**13
#: A next step further off than this is no next step.
FURTHEST_DAYS = 366 * 3
BEIJING = timezone(timedelta(hours=8))


@dataclass
class Kept:
    """Exit fields after judgement; ``others`` are texts that only the history keeps."""

    next_step: str = ""
    next_on: date | None = None
    value_minor: int | None = None
    lapse_reason: LapseReason | None = None
    lapse_note: str = ""
    others: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give what was filled in, as the history keeps it."""
        found: dict[str, Any] = dict(self.others)
        if self.next_step:
            found["next_step"] = self.next_step
        if self.next_on:
            found["next_on"] = self.next_on.isoformat()
        if self.value_minor is not None:
            found["value"] = self.value_minor
        if self.lapse_reason:
            found["lapse_reason"] = self.lapse_reason.value
        if self.lapse_note:
            found["lapse_note"] = self.lapse_note
        return found


def require_values(
    row: Transition, values: Mapping[str, object], *, now: datetime, by_system: bool = False
) -> Kept:
    """Judge what was filled in for a step; RuleBroken names the field at fault.

    A fact that moves a deal by itself can't be asked: then nothing is required.
    """
    kept = Kept()
    for asked in row.fields:
        value = values.get(asked.name)
        if value in (None, ""):
            if asked.required and not by_system:
                raise RuleBroken(
                    N_("Fill in “%(name)s”: the stage can't be left without it."),
                    field=asked.name,
                    name=asked.label,
                )
            continue
        _keep(kept, asked, value, today=day_of(now))
    if kept.lapse_reason is LapseReason.OTHER and not kept.lapse_note:
        raise RuleBroken(N_("Say what the reason is."), field="lapse_note")
    return kept


def require_opening(next_step: str, next_on: date | None, *, now: datetime) -> Kept:
    """Judge what is said when a deal opens: a deal without a next step goes nowhere."""
    kept = Kept()
    for asked, value in ((NEXT_STEP, next_step.strip()), (NEXT_ON, next_on)):
        if not value:
            raise RuleBroken(
                N_("Fill in “%(name)s”: the stage can't be left without it."),
                field=asked.name,
                name=asked.label,
            )
        _keep(kept, asked, value, today=day_of(now))
    return kept


def _keep(kept: Kept, asked: ExitField, value: object, *, today: date) -> None:
    if asked.kind is FieldKind.DATE:
        kept.next_on = _day(asked, value, today)
    elif asked.kind is FieldKind.MONEY:
        kept.value_minor = _money(asked, value)
    elif asked.kind is FieldKind.CHOICE:
        kept.lapse_reason = _reason(asked, value)
    else:
        text = _text(asked, value)
        if asked.name in ("next_step", "lapse_note"):
            setattr(kept, asked.name, text)
        else:
            kept.others[asked.name] = text


def _day(asked: ExitField, value: object, today: date) -> date:
    if not isinstance(value, date):
        raise RuleBroken(N_("Give a day."), field=asked.name)
    if not today <= value <= today + timedelta(days=FURTHEST_DAYS):
        raise RuleBroken(
            N_("The day lies in the past, or more than three years ahead."), field=asked.name
        )
    return value


def _money(asked: ExitField, value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= LARGEST_MINOR:
        raise RuleBroken(N_("Give an amount in yuan, at least 0."), field=asked.name)
    return value


def _reason(asked: ExitField, value: object) -> LapseReason:
    try:
        return LapseReason(str(value))
    except ValueError:
        raise RuleBroken(N_("Choose one of the reasons."), field=asked.name) from None


def _text(asked: ExitField, value: object) -> str:
    text = str(value).strip()
    limit = LINE_LENGTH if asked.kind is FieldKind.LINE else TEXT_LENGTH
    if len(text) > limit:
        raise RuleBroken(
            N_("The text is longer than %(limit)s characters: shorten it."),
            field=asked.name,
            limit=limit,
        )
    return text


def day_of(now: datetime) -> date:
    """Give the day in Beijing."""
    return now.astimezone(BEIJING).date()
