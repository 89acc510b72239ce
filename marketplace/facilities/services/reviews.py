"""Sending for review, taking back, returning with reasons, publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import (
    PARTS,
    author_content,
    mark_of,
    public_content,
    write_columns,
)
from marketplace.facilities.models import Facility, FacilityRevision
from marketplace.facilities.opening import ZONE
from marketplace.facilities.rules import LIFECYCLE, REVIEWED, require_publishable
from marketplace.facilities.services.drafts import changed_parts

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Reasons that reviewers choose from; each says how to mend.
PREPARED_REASONS: tuple[str, ...] = (
    N_("The filing number is not in the authority's list: check number, level and date."),
    N_("The proof of the filing can't be read or belongs to another facility."),
    N_("The capability sheet lacks amounts or units: say what goes in, and how much."),
    N_("A certificate is out of date or its number can't be found."),
    N_("The photos don't show the facility, or their descriptions say nothing."),
    N_("The text advertises: replace praise by measured figures."),
)
REASON_LENGTH = 2000


def today_of(now: datetime) -> date:
    """Give the day in Wuhan."""
    return now.astimezone(ZONE).date()


def note(
    session: Session,
    actor: Actor | None,
    step: str,
    facility: Facility,
    now: datetime,
    **details: object,
) -> None:
    """Record a change of state and tell those who listen."""
    audit.record(
        session,
        actor=actor,
        action=f"facility.{step}",
        kind="facility",
        object_id=facility.id,
        now=now,
        status=facility.status.value,
        **details,
    )
    jobs.tell(session, f"facility.{step}", id=str(facility.id))


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
    if facility.status in REVIEWED:
        if facility.pending is None or facility.pending_submitted_at is not None:
            raise StepNotAllowed(N_("There are no changes that could be sent."))
        facility.pending_submitted_at = now
    else:
        facility.status = LIFECYCLE.next(facility.status, "send")
        facility.submitted_at = now
        forget_recommendation(facility)
    facility.return_reason = ""
    facility.touched_at = now
    note(session, actor, "sent", facility, now)
    return facility


def known_number(facility: Facility) -> str:
    """Give the filing number that was reviewed or filed here already, if any."""
    return facility.filing_number if facility.status in REVIEWED else ""


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
    if facility.status in REVIEWED and facility.pending_submitted_at is not None:
        facility.pending_submitted_at = None
    else:
        facility.status = LIFECYCLE.next(facility.status, "recall")
    note(session, actor, "recalled", facility, now)
    return facility


def _under_review(
    session: Session, actor: Actor, facility_id: UUID, step: str, seen: int
) -> Facility:
    facility = queries.get_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_review(actor, facility))
    if not permissions.is_waiting(facility):
        LIFECYCLE.next(facility.status, step)
        raise StepNotAllowed(N_("No text of this facility waits for a review."))
    if facility.version != seen:
        raise EditedElsewhere(
            N_("The text changed after you had opened it. Read the changes and decide again.")
        )
    return facility


def return_facility(
    session: Session, *, actor: Actor, facility_id: UUID, reason: str, seen: int, now: datetime
) -> Facility:
    """Give the text back with reasons; what readers see of a published facility stays."""
    facility = _under_review(session, actor, facility_id, "return", seen)
    if not reason.strip():
        raise RuleBroken(N_("Say why, so that the author can mend it."), field="reason")
    facility.return_reason = reason.strip()[:REASON_LENGTH]
    if facility.status in REVIEWED:
        facility.pending_submitted_at = None
    else:
        facility.status = LIFECYCLE.next(facility.status, "return")
    facility.reviewed_by = actor.user_id
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
    with judged(session):
        if facility.status in REVIEWED:
            keep_revision(session, facility)
            write_columns(facility, content, at=now)
            facility.pending = facility.pending_submitted_at = None
        else:
            facility.status = LIFECYCLE.next(facility.status, "publish")
            facility.published_at = now
        facility.reviewed_by = actor.user_id
        facility.return_reason = ""
        facility.touched_at = now
    note(
        session,
        actor,
        "published",
        facility,
        now,
        changed=changed_parts(before, content),
        mark=mark_of(content, PARTS),
    )
    return facility


def keep_revision(session: Session, facility: Facility) -> None:
    """Keep the reviewed text before it is replaced."""
    last = queries.last_reviewed(session, facility.id)
    session.add(
        FacilityRevision(
            facility_id=facility.id,
            number=(last.number if last else 0) + 1,
            content=public_content(facility),
            reviewed_at=facility.published_at or facility.created_at,
            reviewed_by=facility.reviewed_by,
            edited_by=facility.edited_by,
        )
    )


def compared_with(session: Session, facility: Facility) -> dict[str, object]:
    """Give the last reviewed text, to compare the waiting one with; empty at the first review."""
    if facility.status in REVIEWED:
        return public_content(facility)
    last = queries.last_reviewed(session, facility.id)
    return dict(last.content) if last else {}
