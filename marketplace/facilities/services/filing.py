"""The city's file: the district recommends, the city takes on file or refuses with reasons.

Wuhan's filing goes: apply → the district recommends → spot check → meeting of the bureau; what the
meeting decided is entered here by a reviewer or an officer of the city, with number and day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.services import note
from marketplace.facilities import permissions, queries
from marketplace.facilities.models import Recommendation
from marketplace.facilities.services.reviews import forget_recommendation, today_of
from marketplace.facilities.values import WIDTHS

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import Facility

NOTE_LENGTH = 2000


def recommend_facility(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    recommendation: Recommendation,
    text: str,
    now: datetime,
) -> Facility:
    """Say for the district whether the city should take the facility on file."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    districts = queries.districts_of(session, actor)
    require(permissions.may_recommend(actor, facility, districts))
    if recommendation is Recommendation.NOT_RECOMMENDED and not text.strip():
        raise RuleBroken(N_("Say why; the other side reads it."), field="text")
    facility.recommendation = recommendation
    facility.recommendation_note = text.strip()[:NOTE_LENGTH]
    facility.recommended_by = actor.user_id
    facility.recommended_at = now
    note(
        session,
        actor,
        "recommended",
        facility,
        now,
        recommendation=recommendation.value,
        text=facility.recommendation_note,
    )
    return facility


def file_facility(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    number: str,
    filed_on: date,
    now: datetime,
) -> Facility:
    """Enter the number and day under which the city took a recommended facility on file."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_file(actor, facility))
    if facility.recommendation is not Recommendation.RECOMMENDED:
        raise RuleBroken(N_("The district has not recommended it yet."))
    if not number.strip() or len(number.strip()) > WIDTHS["filing_number"]:
        raise RuleBroken(N_("Give the filing number, at most 80 characters."), field="number")
    if filed_on > today_of(now):
        raise RuleBroken(N_("The day of the filing lies in the future."), field="filed_on")
    with judged(session):
        facility.filing_number = number.strip()
        facility.filed_on = filed_on
        facility.filing_reason = ""
        if facility.pending is not None:
            facility.pending = facility.pending | {
                "filing_level": facility.filing_level.value if facility.filing_level else None,
                "filing_number": facility.filing_number,
                "filed_on": filed_on.isoformat(),
            }
    note(session, actor, "filed", facility, now, number=facility.filing_number, on=filed_on)
    return facility


def refuse_filing(
    session: Session, *, actor: Actor, facility_id: UUID, reason: str, now: datetime
) -> Facility:
    """Say why the city does not take it on file; the facility stays published without a level."""
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_file(actor, facility))
    if not reason.strip():
        raise RuleBroken(N_("Say why; the other side reads it."), field="reason")
    facility.filing_reason = reason.strip()[:NOTE_LENGTH]
    facility.filing_level = None
    forget_recommendation(facility)
    note(session, actor, "filing_refused", facility, now, reason=facility.filing_reason)
    return facility
