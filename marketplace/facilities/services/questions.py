"""Questions to the operator, and the operator's replies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes.holidays import add_working_days, load_table
from marketplace.core import audit, jobs
from marketplace.core.actor import Actor, require
from marketplace.core.errors import Denied, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.facilities import permissions, queries
from marketplace.facilities.models import FacilityQuestion
from marketplace.facilities.services.reviews import today_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

#: Working days within which an operator should reply.
REPLY_DAYS = 2
LENGTH = 4000


def ask_operator(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    organization_id: UUID,
    body: str,
    now: datetime,
) -> FacilityQuestion:
    """Write to a facility's operator in the name of one of the actor's organizations."""
    facility = queries.get_facility(session, facility_id, actor=actor)
    require(permissions.may_ask(actor, facility, facility.organization))
    require(actor.is_member(organization_id))
    if actor.user_id is None:
        raise Denied
    question = FacilityQuestion(
        facility_id=facility.id,
        owner_id=facility.organization_id,
        sender_organization_id=organization_id,
        sender_id=actor.user_id,
        body=_text(body, "body"),
        sent_at=now,
        due_on=add_working_days(today_of(now), REPLY_DAYS, load_table(session)),
    )
    session.add(question)
    session.flush()
    _note(session, actor, "asked", question, now)
    return question


def reply_to_question(
    session: Session, *, actor: Actor, question_id: UUID, reply: str, now: datetime
) -> FacilityQuestion:
    """Reply once, for the operator."""
    question = queries.get_question(session, question_id, actor=actor, lock=True)
    require(permissions.writes_for(actor, question.owner_id))
    if question.replied_at is not None:
        raise StepNotAllowed(N_("This question has been replied to already."))
    question.reply = _text(reply, "reply")
    question.replied_at = now
    question.replied_by = actor.user_id
    _note(session, actor, "replied", question, now)
    return question


def _text(words: str, field: str) -> str:
    plain = words.strip()
    if not plain:
        raise RuleBroken(N_("Write at least a sentence."), field=field)
    if len(plain) > LENGTH:
        raise RuleBroken(N_("Shorten this."), field=field)
    return plain


def _note(
    session: Session, actor: Actor, step: str, question: FacilityQuestion, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"facility_question.{step}",
        kind="facility_question",
        object_id=question.id,
        now=now,
        facility_id=question.facility_id,
    )
    jobs.tell(session, f"facility_question.{step}", id=str(question.id))
