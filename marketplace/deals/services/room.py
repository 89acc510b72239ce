"""Putting files and confidential particulars into the room, and opening them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import func, select

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import confidentiality, permissions
from marketplace.deals.models import (
    Deal,
    DealDisclosure,
    DealRole,
    DealView,
    RoomFile,
)
from marketplace.deals.queries import room as queries
from marketplace.deals.queries.deals import get_deal
from marketplace.deals.rules import ALL_THREE, PARTIES
from marketplace.deals.services.records import get_to_act, note, person_of, tell
from marketplace.deals.services.work import require_text
from marketplace.files.models import Attachment, Visibility
from marketplace.files.services import attach

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload

#: Under this kind the contents hang; it is closed, so only the room hands them out.
ATTACHED_TO = "deal_room"
#: Versions that one room holds.
MOST = 300
DISCLOSURE_LENGTH = 20_000


def put_file(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    upload: Upload,
    audience: Collection[DealRole],
    confidential: bool,
    now: datetime,
) -> RoomFile:
    """Put a file into the room; the same name from the same side becomes its next version."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    others = ALL_THREE - {role}
    if not set(audience) <= others:
        raise RuleBroken(N_("Choose who may open it among the others."), field="audience")
    count = session.scalar(select(func.count()).where(RoomFile.deal_id == deal.id)) or 0
    if count >= MOST:
        raise RuleBroken(
            N_("The room holds %(count)s versions already. Remove some first."),
            field="file",
            count=MOST,
        )
    number = session.scalar(
        select(func.max(RoomFile.number)).where(
            RoomFile.deal_id == deal.id, RoomFile.role == role, RoomFile.name == upload.name
        )
    )
    identity = uuid4()
    attachment = attach(
        session,
        actor,
        object_kind=ATTACHED_TO,
        object_id=identity,
        organization_id=permissions.organization_of(role, deal),
        upload=upload,
        visibility=Visibility.CONFIDENTIAL,
        now=now,
    )
    file = RoomFile(
        id=identity,
        deal_id=deal.id,
        role=role,
        name=upload.name,
        number=(number or 0) + 1,
        attachment_id=attachment.id,
        uploaded_by=person_of(actor),
        uploaded_at=now,
        audience=sorted(one.value for one in audience),
        confidential=confidential,
    )
    with judged(session):
        session.add(file)
    note(
        session,
        actor=actor,
        deal=deal,
        action="deal.file_put",
        now=now,
        file=file.id,
        number=file.number,
        sha256=upload.sha256,
    )
    tell(session, "deal.file_put", deal, actor=actor, file=str(file.id))
    return file


def remove_file(
    session: Session, *, actor: Actor, deal_id: UUID, file_id: UUID, now: datetime
) -> None:
    """Take a version out of the others' sight; its line and its hash stay."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    file = session.scalar(
        select(RoomFile).where(RoomFile.id == file_id, RoomFile.deal_id == deal.id)
    )
    if file is None:
        raise NotFound
    require(file.role is role)
    if file.removed_at is not None:
        raise StepNotAllowed(N_("This version was removed already."))
    file.removed_at = now
    note(session, actor=actor, deal=deal, action="deal.file_removed", now=now, file=file.id)
    session.flush()


@dataclass(frozen=True)
class Opened:
    """A version that may be handed out; ``stamped`` says whether it carries the viewer's name."""

    file: RoomFile
    attachment: Attachment
    stamped: bool


def open_file(
    session: Session, *, actor: Actor, deal_id: UUID, file_id: UUID, now: datetime
) -> Opened:
    """Open a version; somebody of another side leaves a line in the log."""
    deal = get_deal(session, deal_id, actor=actor)
    viewer = queries.viewer_of(session, actor, deal)
    file = queries.get_file(session, deal, file_id, viewer=viewer)
    others = viewer.role is not file.role
    if others:
        log_view(
            session,
            actor=actor,
            deal=deal,
            kind="room_file",
            object_id=file.id,
            label=f"{file.name} (v{file.number})",
            sha256=file.attachment.sha256,
            now=now,
        )
    return Opened(file, file.attachment, stamped=others)


def write_disclosure(
    session: Session, *, actor: Actor, deal_id: UUID, body: str, now: datetime
) -> DealDisclosure:
    """Write the confidential particulars of one's side; earlier texts stay."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role in PARTIES)
    number = session.scalar(
        select(func.max(DealDisclosure.number)).where(
            DealDisclosure.deal_id == deal.id, DealDisclosure.role == role
        )
    )
    row = DealDisclosure(
        deal_id=deal.id,
        role=role,
        number=(number or 0) + 1,
        body=require_text(body, field="body", limit=DISCLOSURE_LENGTH),
        written_by=person_of(actor),
        written_at=now,
    )
    with judged(session):
        session.add(row)
    note(
        session,
        actor=actor,
        deal=deal,
        action="deal.disclosure_written",
        now=now,
        number=row.number,
    )
    tell(session, "deal.disclosure_written", deal, actor=actor)
    return row


def read_disclosure(
    session: Session, *, actor: Actor, deal_id: UUID, role: DealRole, now: datetime
) -> DealDisclosure:
    """Read a side's confidential particulars; the other side's reading is written down."""
    deal = get_deal(session, deal_id, actor=actor)
    viewer = queries.viewer_of(session, actor, deal)
    row = queries.disclosures(session, deal.id).get(role)
    if row is None or not confidentiality.shows(viewer, "deal_disclosure", "body", role=role):
        raise NotFound
    if viewer.role is not role:
        log_view(
            session,
            actor=actor,
            deal=deal,
            kind="disclosure",
            object_id=row.id,
            label=f"v{row.number}",
            now=now,
        )
    return row


def log_view(
    session: Session,
    *,
    actor: Actor,
    deal: Deal,
    kind: str,
    object_id: UUID,
    label: str,
    now: datetime,
    sha256: str = "",
) -> DealView:
    """Write down that somebody opened something of another side."""
    role = permissions.role_of(actor, deal)
    require(role is not None)
    view = DealView(
        deal_id=deal.id,
        person_id=person_of(actor),
        role=role,  # type: ignore[arg-type]  # judged above
        at=now,
        object_kind=kind,
        object_id=object_id,
        label=label[:300],
        sha256=sha256,
    )
    session.add(view)
    session.flush()
    return view


def has_agreed(session: Session, actor: Actor, listing_id: UUID) -> bool:
    """Whether the actor's side signed an agreement in a running deal about the listing."""
    return queries.signed_deal_about(session, actor, listing_id=listing_id) is not None


def listing_file_opened(
    session: Session, actor: Actor, attachment: Attachment, now: datetime
) -> None:
    """Write the opening of a listing's confidential file into the room of its deal."""
    deal = queries.signed_deal_about(session, actor, listing_id=attachment.object_id)
    if deal is not None:
        log_view(
            session,
            actor=actor,
            deal=deal,
            kind="listing_file",
            object_id=attachment.id,
            label=attachment.name,
            sha256=attachment.sha256,
            now=now,
        )


def has_agreed_about_need(session: Session, actor: Actor, need_id: UUID) -> bool:
    """Whether the actor's side signed an agreement in a running deal about the need."""
    return queries.signed_deal_about(session, actor, need_id=need_id) is not None


def need_file_opened(session: Session, actor: Actor, attachment: Attachment, now: datetime) -> None:
    """Write the opening of a need's confidential file into the room of its deal."""
    deal = queries.signed_deal_about(session, actor, need_id=attachment.object_id)
    if deal is not None:
        log_view(
            session,
            actor=actor,
            deal=deal,
            kind="need_file",
            object_id=attachment.id,
            label=attachment.name,
            sha256=attachment.sha256,
            now=now,
        )
