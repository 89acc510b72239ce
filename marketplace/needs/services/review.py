"""From the author's desk to readers: sent, passed by a reviewer or returned with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.needs import clock, permissions, rules
from marketplace.needs import content as contents
from marketplace.needs.models import NeedEventKind, NeedStatus
from marketplace.needs.queries.needs import REVISIONS, get_need, get_own_need
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
    rules.REVIEW.send(need, at=now)
    note(session, actor=actor, need=need, action="need.submitted", now=now)
    return need


def recall_need(session: Session, *, actor: Actor, need_id: UUID, now: datetime) -> Need:
    """Take back what was sent for review, to go on writing."""
    need = get_own_need(session, need_id, actor=actor, lock=True)
    rules.REVIEW.recall(need)
    if not rules.REVIEW.is_reviewed(need):
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
    if rules.REVIEW.has_changes_under_review(need):
        action, event = "need.changed", NeedEventKind.CHANGED
    else:
        action, event = "need.opened", NeedEventKind.OPENED

    def replace() -> None:
        contents.write(need, contents.working_content(need))

    rules.REVIEW.publish(need, by=actor.user_id, at=now, replace=replace)
    need.expiry_asked_at = None
    text = contents.to_json(contents.content_of(need))
    REVISIONS.keep(session, need, text, reviewed_at=now)
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
    rules.REVIEW.give_back(need, reason=reason, by=actor.user_id)
    note(session, actor=actor, need=need, action="need.returned", now=now, reason=reason)
    return need


def is_waiting(need: Need) -> bool:
    """Whether a reviewer has something to read."""
    return need.status is NeedStatus.UNDER_REVIEW or need.pending_submitted_at is not None
