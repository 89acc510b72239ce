"""Scores that the enterprise gives answers by its own criteria."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from marketplace.core import audit
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.needs import scoring
from marketplace.needs.content import criteria_of
from marketplace.needs.models import AnswerScore, AnswerStatus
from marketplace.needs.services.answers import get_answer_to_judge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def score_answer(
    session: Session,
    *,
    actor: Actor,
    answer_id: UUID,
    points: Mapping[str, tuple[int, str]],
    now: datetime,
) -> None:
    """Keep one person's points (0 to 5) and notes by criterion; each person scores alone.

    The other side does not see scores, so they do not stop the reply clock.
    """
    answer = get_answer_to_judge(session, answer_id, actor=actor)
    if answer.status is AnswerStatus.WITHDRAWN:
        raise StepNotAllowed(N_("This answer was withdrawn."))
    known = {row.name for row in criteria_of(answer.need.criteria)}
    for name, (given, _) in points.items():
        if name not in known:
            raise RuleBroken(N_("“%(name)s” is none of this need's criteria."), name=name)
        if not 0 <= given <= scoring.FULL:
            raise RuleBroken(N_("Points run from 0 to 5."), field=name)
    if not points:
        return
    statement = insert(AnswerScore)
    session.execute(
        statement.on_conflict_do_update(
            constraint="one_score_per_criterion",
            set_={
                "points": statement.excluded.points,
                "note": statement.excluded.note,
                "at": statement.excluded.at,
                "version": AnswerScore.version + 1,
            },
        ),
        [
            {
                "id": uuid4(),
                "answer_id": answer.id,
                "person_id": actor.user_id,
                "criterion": name,
                "points": given,
                "note": text,
                "at": now,
                "version": 1,
            }
            for name, (given, text) in points.items()
        ],
    )
    audit.record(
        session,
        actor=actor,
        action="answer.scored",
        kind="answer",
        object_id=answer.id,
        now=now,
        points={name: given for name, (given, _) in points.items()},
    )
