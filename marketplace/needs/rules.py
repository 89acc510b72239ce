"""Steps of needs and answers, and what a text must hold before a reviewer sees it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.drafting.rules import ReviewPath
from marketplace.needs.models import SHOWN, WAITING, AnswerStatus, NeedStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from marketplace.needs.content import NeedContent
    from marketplace.needs.models import Answer, Need

#: A need untouched for this long is asked about; unanswered, it is hidden.
ASK_AFTER = timedelta(days=180)
HIDE_AFTER = timedelta(days=14)
#: Days before the deadline from which the desk warns.
DEADLINE_NEAR = timedelta(days=14)

STATEMENT_LIMIT = 2000
COMPARE_AT_LEAST, COMPARE_AT_MOST = 2, 4
_PROBLEM_AT_LEAST = 20
_FULL_WEIGHT = 100

_S = NeedStatus
LIFECYCLE: Lifecycle[NeedStatus] = Lifecycle(
    {
        "send": ({_S.DRAFT, _S.RETURNED}, _S.UNDER_REVIEW),
        "recall": ({_S.UNDER_REVIEW}, _S.DRAFT),
        "publish": ({_S.UNDER_REVIEW}, _S.OPEN),
        "return": ({_S.UNDER_REVIEW}, _S.RETURNED),
        "start_talks": ({_S.OPEN}, _S.IN_TALKS),
        "end_talks": ({_S.IN_TALKS}, _S.OPEN),
        "meet": ({_S.OPEN, _S.IN_TALKS}, _S.MET),
        "close_unmet": ({_S.OPEN, _S.IN_TALKS}, _S.CLOSED_UNMET),
        "expire": ({_S.OPEN, _S.IN_TALKS}, _S.EXPIRED),
        "withdraw": (
            {_S.DRAFT, _S.UNDER_REVIEW, _S.RETURNED, _S.OPEN, _S.IN_TALKS, _S.EXPIRED},
            _S.WITHDRAWN,
        ),
        "reopen": ({_S.MET, _S.CLOSED_UNMET, _S.EXPIRED}, _S.OPEN),
        "redraft": ({_S.WITHDRAWN}, _S.DRAFT),
    }
)
REVIEW = ReviewPath(LIFECYCLE, _S.UNDER_REVIEW, frozenset(SHOWN))

_A = AnswerStatus
ANSWER_LIFECYCLE: Lifecycle[AnswerStatus] = Lifecycle(
    {
        "shortlist": ({_A.SENT}, _A.SHORTLISTED),
        "unlist": ({_A.SHORTLISTED}, _A.SENT),
        "ask": (set(WAITING), _A.ASKED),
        "reply": ({_A.ASKED}, _A.REPLIED),
        "choose": ({_A.SHORTLISTED, _A.ASKED, _A.REPLIED}, _A.CHOSEN),
        # Talks about a chosen answer can fail; it then ends with a reason like the others.
        "decline": ({*WAITING, _A.CHOSEN}, _A.DECLINED),
        "withdraw": (set(WAITING), _A.WITHDRAWN),
        "end": (set(WAITING), _A.NEED_CLOSED),
    }
)


class OutcomeMissing(RuleBroken):
    """A need can't be closed while an answer waits for its outcome."""


def is_shown(need: Need) -> bool:
    """Whether readers can find the need and answer it in principle."""
    return need.status in SHOWN


def is_past(deadline_on: date | None, today: date) -> bool:
    """Whether the last day for answers is over; that day itself still counts."""
    return deadline_on is not None and deadline_on < today


def takes_answers(need: Need, today: date) -> bool:
    """Whether an answer sent today is accepted."""
    return need.status in SHOWN and not is_past(need.deadline_on, today)


def require_takes_answers(need: Need, today: date) -> None:
    """Refuse an answer that comes too late; say which of the two reasons it is."""
    if need.status not in SHOWN:
        raise StepNotAllowed(
            N_("This need takes no answers in the state “%(state)s”."), state=need.status
        )
    if is_past(need.deadline_on, today):
        raise RuleBroken(N_("The last day for answers was %(day)s."), day=str(need.deadline_on))


def require_submittable(content: NeedContent, today: date) -> None:
    """Refuse a text that no reviewer could judge; the coach asks for the rest."""
    if not content.title:
        raise RuleBroken(N_("Give the need a title."), field="title")
    if len(content.problem) < _PROBLEM_AT_LEAST:
        raise RuleBroken(
            N_("Describe the problem in at least %(count)s characters."),
            field="problem",
            count=_PROBLEM_AT_LEAST,
        )
    if not content.industry_codes and not content.field_codes:
        raise RuleBroken(N_("Choose at least one industry or field."), field="industry_codes")
    if is_past(content.deadline_on, today):
        raise RuleBroken(N_("The deadline lies in the past."), field="deadline_on")
    require_budget_in_order(content)
    require_criteria(content)


def require_budget_in_order(content: NeedContent) -> None:
    """Refuse an upper budget below the lower one."""
    low, high = content.budget_min_minor, content.budget_max_minor
    if low is not None and high is not None and high < low:
        raise RuleBroken(N_("The upper budget lies below the lower one."), field="budget_max")


def require_criteria(content: NeedContent) -> None:
    """Refuse scoring criteria that can't be told apart or weighed."""
    names = [row.name for row in content.criteria]
    if len(set(names)) != len(names):
        raise RuleBroken(N_("Two scoring criteria have the same name."), field="criteria")
    if any(not 1 <= row.weight <= _FULL_WEIGHT for row in content.criteria):
        raise RuleBroken(N_("A weight lies between 1 and 100."), field="criteria")


def require_reason(reason: str, *, field: str) -> None:
    """Refuse a step that must be explained without a text."""
    if not reason.strip():
        raise RuleBroken(N_("Give a reason; the other side reads it."), field=field)


def require_outcomes(waiting: Collection[Answer], outcomes: Mapping[UUID, object]) -> None:
    """Refuse to close a need while an answer would be left without an outcome."""
    missing = [answer for answer in waiting if answer.id not in outcomes]
    if missing:
        raise OutcomeMissing(
            N_("%(count)s answers have no outcome yet. Choose one for each."), count=len(missing)
        )


def require_comparable(count: int) -> None:
    """Refuse to lay fewer than two or more than four answers side by side."""
    if not COMPARE_AT_LEAST <= count <= COMPARE_AT_MOST:
        raise RuleBroken(
            N_("Choose %(least)s to %(most)s answers to compare."),
            least=COMPARE_AT_LEAST,
            most=COMPARE_AT_MOST,
        )
