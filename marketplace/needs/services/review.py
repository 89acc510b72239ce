"""From the author's desk to readers: sent, passed by a reviewer or returned with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.needs import clock, permissions, rules
from marketplace.needs import content as contents
from marketplace.needs.models import SHOWN, NeedEventKind, NeedRevision, NeedStatus
from marketplace.needs.queries.needs import get_need, get_own_need, last_revision
from marketplace.needs.services.drafts import require_same_version
from marketplace.needs.services.records import note

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.needs.models import Need


def submit_need(
    session: Session, *, actor: Actor, need_id: UUID, version: int, now: datetime
) -> Need:
    """Send a draft, or the changes of a published need, to the reviewers."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    require_same_version(need, version)
    if need.organization_id not in actor.verified:
        raise RuleBroken(
            N_("Your organization is not verified yet. The draft is kept; send it afterwards.")
        )
    content = contents.working_content(need)
    rules.require_submittable(content, clock.day_of(now))
    if need.status in SHOWN:
        if need.pending is None or need.pending_submitted_at is not None:
            raise StepNotAllowed(N_("There are no changes to send."))
        need.pending_submitted_at, need.return_reason = now, ""
    else:
        need.status = rules.LIFECYCLE.next(need.status, "submit")
        need.submitted_at, need.return_reason = now, ""
    need.touched_at = now
    note(session, actor=actor, need=need, action="need.submitted", now=now)
    return need


def recall_need(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Take back what was sent for review, to go on writing."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    if need.status in SHOWN and need.pending_submitted_at is not None:
        need.pending_submitted_at = None
    else:
        need.status = rules.LIFECYCLE.next(need.status, "recall")
        need.submitted_at = None
    note(session, actor=actor, need=need, action="need.recalled", now=now)
    return need


def publish_need(
    session: Session, *, actor: Actor, need_id: UUID, version: int, now: datetime
) -> Need:
    """Show a reviewed text to readers; nobody does so for their own organization.

    Raises EditedElsewhere when the text is no longer the one the reviewer read.
    """
    need = get_need(session, need_id, actor=actor, lock=True)
    require(permissions.may_review(actor, need))
    require_same_version(need, version)
    if need.status in SHOWN and need.pending is not None and need.pending_submitted_at is not None:
        contents.write(need, contents.from_json(need.pending))
        need.pending = need.pending_submitted_at = None
        action, event = "need.changed", NeedEventKind.CHANGED
    else:
        need.status = rules.LIFECYCLE.next(need.status, "publish")
        need.published_at = now
        action, event = "need.opened", NeedEventKind.OPENED
    need.reviewed_by, need.return_reason = actor.user_id, ""
    need.touched_at, need.expiry_asked_at = now, None
    before = last_revision(session, need.id)
    session.add(
        NeedRevision(
            need_id=need.id,
            number=before.number + 1 if before else 1,
            content=contents.to_json(contents.content_of(need)),
            reviewed_at=now,
            reviewed_by=actor.user_id,
            edited_by=need.edited_by,
        )
    )
    note(session, actor=actor, need=need, action=action, event=event, now=now)
    return need


def return_need(
    session: Session, *, actor: Actor, need_id: UUID, version: int, reason: str, now: datetime
) -> Need:
    """Send a text back to its author with reasons; a published text stays as it was."""
    need = get_need(session, need_id, actor=actor, lock=True)
    require(permissions.may_review(actor, need))
    require_same_version(need, version)
    rules.require_reason(reason, field="reason")
    need.return_reason = reason
    if need.status in SHOWN and need.pending_submitted_at is not None:
        need.pending_submitted_at = None
    else:
        need.status = rules.LIFECYCLE.next(need.status, "return")
    need.reviewed_by = actor.user_id
    note(session, actor=actor, need=need, action="need.returned", now=now, reason=reason)
    return need


def is_waiting(need: Need) -> bool:
    """Whether a reviewer has something to read."""
    return need.status is NeedStatus.UNDER_REVIEW or need.pending_submitted_at is not None
