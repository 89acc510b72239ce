"""Files of a listing, and which level each of them proves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.files.services import attach, remove_attachment
from marketplace.listings import permissions, queries
from marketplace.listings.content import author_content
from marketplace.listings.services.drafts import write

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.models import Attachment, Visibility
    from marketplace.files.store import Upload


def attach_to_listing(
    session: Session,
    *,
    actor: Actor,
    listing_id: UUID,
    upload: Upload,
    visibility: Visibility,
    level: int | None,
    now: datetime,
) -> Attachment:
    """Hang a file on a listing; with a level it becomes that level's proof."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, listing))
    attachment = attach(
        session,
        actor,
        object_kind=queries.ATTACHED_TO,
        object_id=listing.id,
        organization_id=listing.organization_id,
        upload=upload,
        visibility=visibility,
        now=now,
    )
    if level is not None:
        content = author_content(listing)
        rows = [dict(row) for row in content["evidence"]]
        proof = next((row for row in rows if row["level"] == level), None)
        if proof is None:
            proof = {"level": level, "statement": "", "attachment_id": None}
            rows.append(proof)
        proof["attachment_id"] = str(attachment.id)
        rows.sort(key=lambda row: row["level"])
        write(listing, content | {"evidence": rows}, actor, now)
    return attachment


def detach_from_listing(
    session: Session, *, actor: Actor, listing_id: UUID, attachment_id: UUID, now: datetime
) -> None:
    """Take a file off a listing; levels that it proved keep their words."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, listing))
    if attachment_id not in {file.id for file in queries.list_files(session, listing.id)}:
        raise NotFound
    content = author_content(listing)
    named = str(attachment_id)
    rows = [
        row | {"attachment_id": None} if row["attachment_id"] == named else row
        for row in content["evidence"]
    ]
    kept = [row for row in rows if row["statement"] or row["attachment_id"]]
    if kept != content["evidence"]:
        write(listing, content | {"evidence": kept}, actor, now)
    remove_attachment(session, actor, attachment_id=attachment_id, now=now)
