"""Attaching files to objects and taking them off again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core import audit
from marketplace.core.actor import Actor, require
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Attachment, Visibility
from marketplace.files.permissions import is_insider, is_logged, tell_opened
from marketplace.files.queries import get_attachment, list_attachments

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.files.store import Upload

#: Files of one object; more are an archive, not evidence.
MOST = 50

__all__ = ["attach", "list_attachments", "open_confidential", "remove_attachment"]


def attach(
    session: Session,
    actor: Actor,
    *,
    object_kind: str,
    object_id: UUID,
    organization_id: UUID | None,
    upload: Upload,
    visibility: Visibility,
    now: datetime,
    purpose: str = "",
) -> Attachment:
    """Hang a kept upload on an object; the caller has judged that the actor may change it."""
    if actor.user_id is None:
        raise Denied
    present = session.scalar(
        select(func.count()).where(
            Attachment.object_kind == object_kind,
            Attachment.object_id == object_id,
            Attachment.removed_at.is_(None),
        )
    )
    if (present or 0) >= MOST:
        raise RuleBroken(
            N_("There are %(count)s files already. Remove one first."), field="file", count=MOST
        )
    attachment = Attachment(
        object_kind=object_kind,
        object_id=object_id,
        organization_id=organization_id,
        uploaded_by=actor.user_id,
        name=upload.name,
        media_type=upload.media_type,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        visibility=visibility,
        purpose=purpose,
    )
    session.add(attachment)
    session.flush()
    _record(session, actor, attachment, "file.attached", now)
    return attachment


def remove_attachment(
    session: Session, actor: Actor, *, attachment_id: UUID, now: datetime
) -> Attachment:
    """Take a file off its object; for its organization's writers, its sender, administrators."""
    attachment = get_attachment(session, attachment_id, actor=actor)
    writer = attachment.organization_id is not None and actor.may_write_for(
        attachment.organization_id
    )
    sender = attachment.uploaded_by == actor.user_id
    require(is_insider(actor, attachment) and (writer or sender or actor.is_administrator))
    attachment.removed_at = now
    _record(session, actor, attachment, "file.removed", now)
    return attachment


def open_confidential(
    session: Session, actor: Actor, *, attachment_id: UUID, now: datetime
) -> Attachment:
    """Open a file and, when it is somebody else's confidential one, leave a line in the log."""
    attachment = get_attachment(session, attachment_id, actor=actor)
    if is_logged(actor, attachment):
        _record(session, actor, attachment, "file.opened", now)
        tell_opened(session, actor, attachment, now)
    return attachment


def _record(
    session: Session, actor: Actor, attachment: Attachment, action: str, now: datetime
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind=attachment.object_kind,
        object_id=attachment.object_id,
        now=now,
        file=attachment.id,
        sha256=attachment.sha256,
        visibility=attachment.visibility,
    )
