"""Sending for review, taking back, returning with reasons, publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.outline import mark_of
from marketplace.drafting.services import note
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import (
    OUTLINE,
    PARTS,
    author_content,
    public_content,
    write_columns,
)
from marketplace.facilities.opening import ZONE
from marketplace.facilities.queries import REVISIONS
from marketplace.facilities.rules import REVIEW, require_publishable

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import Facility

#: Reasons that reviewers choose from; each says how to mend.
PREPARED_REASONS: tuple[str, ...] = (
    N_("The filing number is not in the authority's list: check number, level and date."),
    N_("The proof of the filing can't be read or belongs to another facility."),
    N_("The capability sheet lacks amounts or units: say what goes in, and how much."),
    N_("A certificate is out of date or its number can't be found."),
    N_("The photos don't show the facility, or their descriptions say nothing."),
    N_("The text advertises: replace praise by measured figures."),
)


def today_of(now: datetime) -> date:
    """Give the day in Wuhan."""
    return now.astimezone(ZONE).date()


def send_for_review(
    session: Session, *, actor: Actor, facility_id: UUID, now: datetime
) -> Facility:
    """Put the text into the reviewers' queue; of a published facility the waiting changes.

    An earlier recommendation of the district falls away: it spoke of another text.
    """
    facility = queries.get_own_facility(session, facility_id, actor=actor, lock=True)
    writes = permissions.writes_for(actor, facility.organization_id)
    if writes and not permissions.may_send(actor, facility):
        raise RuleBroken(
            N_("Your organization has to be verified before its texts can be reviewed.")
        )
    require(permissions.may_send(actor, facility))
    _require_complete(facility, now)
    REVIEW.send(facility, at=now)
    if not REVIEW.is_reviewed(facility):
        forget_recommendation(facility)
    note(session, actor, "sent", facility, now)
    return facility


def known_number(facility: Facility) -> str:
    """Give the filing number that was reviewed or filed here already, if any."""
    return facility.filing_number if REVIEW.is_reviewed(facility) else ""


def _require_complete(facility: Facility, now: datetime) -> None:
    require_publishable(
        author_content(facility), today=today_of(now), known_number=known_number(facility)
    )


def forget_recommendation(facility: Facility) -> None:
    """Take away what a district said."""
    facility.recommendation = facility.recommended_by = facility.recommended_at = None
    facility.recommendation_note = ""


def recall_facility(
    session: Session, *, actor: Actor, facility_id: UUID, now: datetime
) -> Facility:
    """Take the text back from the reviewers, to go on writing."""
    facility = queries.get_own_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.writes_for(actor, facility.organization_id))
    REVIEW.recall(facility)
    note(session, actor, "recalled", facility, now)
    return facility


def _under_review(
    session: Session, actor: Actor, facility_id: UUID, step: str, seen: int
) -> Facility:
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_review(actor, facility))
    REVIEW.require_waiting(facility, step, seen=seen)
    return facility


def return_facility(
    session: Session, *, actor: Actor, facility_id: UUID, reason: str, seen: int, now: datetime
) -> Facility:
    """Give the text back with reasons; what readers see of a published facility stays."""
    facility = _under_review(session, actor, facility_id, "return", seen)
    REVIEW.give_back(facility, reason=reason, by=actor.user_id)
    note(session, actor, "returned", facility, now, reason=facility.return_reason)
    return facility


def publish_facility(
    session: Session, *, actor: Actor, facility_id: UUID, seen: int, now: datetime
) -> Facility:
    """Show a reviewed text to every visitor; the text that is replaced is kept as a revision.

    Nobody publishes for their own organization. ``seen`` is the version that was read. Publishing
    files nothing with the city: that is ``filing.file_facility``.
    """
    facility = _under_review(session, actor, facility_id, "publish", seen)
    content = author_content(facility)
    _require_complete(facility, now)
    before = public_content(facility)

    def replace() -> None:
        REVISIONS.keep(session, facility, before)
        write_columns(facility, content, at=now)

    with judged(session):
        REVIEW.publish(facility, by=actor.user_id, at=now, replace=replace)
    note(
        session,
        actor,
        "published",
        facility,
        now,
        changed=OUTLINE.differing(before, content),
        mark=mark_of(content, PARTS),
    )
    return facility


def compared_with(session: Session, facility: Facility) -> dict[str, object]:
    """Give the last reviewed text, to compare the waiting one with; empty at the first review."""
    if REVIEW.is_reviewed(facility):
        return public_content(facility)
    return REVISIONS.last_content(session, facility.id)
