"""Files of a facility: the proof of its filing, and photos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import author_content
from marketplace.facilities.services.drafts import write
from marketplace.files.models import Visibility
from marketplace.files.services import attach

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import Facility
    from marketplace.files.models import Attachment
    from marketplace.files.store import Upload

PROOF, PHOTO = "filing_proof", "photo"
MOST_PHOTOS = 12
ALT_LENGTH = 200


def _editable(session: Session, actor: Actor, facility_id: UUID) -> Facility:
    facility = queries.get_own_facility(session, facility_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, facility))
    return facility


def _attach(
    session: Session,
    actor: Actor,
    facility: Facility,
    *,
    upload: Upload,
    purpose: str,
    now: datetime,
) -> Attachment:
    # Photos are handed out by their own page once reviewed; until then both are internal.
    return attach(
        session,
        actor,
        object_kind=queries.ATTACHED_TO,
        object_id=facility.id,
        organization_id=facility.organization_id,
        upload=upload,
        visibility=Visibility.INTERNAL,
        purpose=purpose,
        now=now,
    )


def attach_proof(
    session: Session, *, actor: Actor, facility_id: UUID, upload: Upload, now: datetime
) -> Attachment:
    """Hang the notice or list on the facility that proves its filing, in place of the last one."""
    facility = _editable(session, actor, facility_id)
    attachment = _attach(session, actor, facility, upload=upload, purpose=PROOF, now=now)
    content = author_content(facility) | {"filing_proof_id": str(attachment.id)}
    write(facility, content, actor, now)
    return attachment


def attach_photo(
    session: Session,
    *,
    actor: Actor,
    facility_id: UUID,
    upload: Upload,
    alt: str,
    alt_en: str,
    now: datetime,
) -> Attachment:
    """Add a photo with the words that stand for it; the caller has encoded it anew."""
    facility = _editable(session, actor, facility_id)
    if not alt.strip():
        raise RuleBroken(N_("Say what the photo shows, for people who can't see it."), field="alt")
    content = author_content(facility)
    if len(content["photos"]) >= MOST_PHOTOS:
        raise RuleBroken(
            N_("There are %(count)s files already. Remove one first."),
            field="file",
            count=MOST_PHOTOS,
        )
    attachment = _attach(session, actor, facility, upload=upload, purpose=PHOTO, now=now)
    row = {
        "attachment_id": str(attachment.id),
        "alt": alt.strip()[:ALT_LENGTH],
        "alt_en": alt_en.strip()[:ALT_LENGTH],
    }
    write(facility, content | {"photos": [*content["photos"], row]}, actor, now)
    return attachment


def detach_file(
    session: Session, *, actor: Actor, facility_id: UUID, attachment_id: UUID, now: datetime
) -> None:
    """Take a photo or proof out of the text.

    A file that the reviewed text still shows stays until the change has been reviewed.
    """
    facility = _editable(session, actor, facility_id)
    files = {file.id: file for file in queries.list_files(session, facility.id)}
    if attachment_id not in files:
        raise NotFound
    content = author_content(facility)
    named = str(attachment_id)
    content["photos"] = [row for row in content["photos"] if row["attachment_id"] != named]
    if content["filing_proof_id"] == named:
        content["filing_proof_id"] = None
    write(facility, content, actor, now)
    shown = {row["attachment_id"] for row in facility.photos}
    if facility.filing_proof_id == attachment_id or named in shown:
        return
    files[attachment_id].removed_at = now
    audit.record(
        session,
        actor=actor,
        action="file.removed",
        kind=queries.ATTACHED_TO,
        object_id=facility.id,
        now=now,
        file=attachment_id,
    )


def may_open_photo(actor: Actor, facility: Facility, attachment_id: UUID) -> bool:
    """Whether a photo is shown to the actor: those of the reviewed text to all who see it."""
    shown = {row["attachment_id"] for row in facility.photos}
    return str(attachment_id) in shown or permissions.may_see_history(actor, facility)
