"""Finding attachments, through what the actor may open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.files.models import Attachment
from marketplace.files.permissions import may_open, visible_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def get_attachment(session: Session, attachment_id: UUID, *, actor: Actor) -> Attachment:
    """Load a file's row if the actor may open it, or raise NotFound."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None or not may_open(session, actor, attachment):
        raise NotFound
    return attachment


def list_attachments(
    session: Session,
    actor: Actor,
    *,
    object_kind: str,
    object_id: UUID,
    purpose: str | None = None,
) -> Sequence[Attachment]:
    """List the files of an object that the actor may open, the oldest first."""
    statement = (
        select(Attachment)
        .where(visible_to(session, actor, object_kind=object_kind, object_id=object_id))
        .order_by(Attachment.created_at, Attachment.id)
    )
    if purpose is not None:
        statement = statement.where(Attachment.purpose == purpose)
    return session.scalars(statement).all()


def used_hashes(session: Session) -> frozenset[str]:
    """Give the hashes of all contents that an attachment names."""
    statement = select(Attachment.sha256).where(Attachment.removed_at.is_(None)).distinct()
    return frozenset(session.scalars(statement))
