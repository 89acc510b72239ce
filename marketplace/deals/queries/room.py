"""What lies in a deal's room, for whom, and who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.deals import confidentiality, permissions
from marketplace.deals.confidentiality import Secrecy, Viewer, may_read
from marketplace.deals.models import (
    ContactConsent,
    Deal,
    DealDisclosure,
    DealRole,
    DealView,
    RoomFile,
)
from marketplace.deals.rules import PARTIES
from marketplace.files.models import Attachment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def viewer_of(session: Session, actor: Actor, deal: Deal) -> Viewer:
    """Give who looks, with what has been signed and agreed by now."""
    consents = session.scalars(
        select(ContactConsent.role).where(
            ContactConsent.deal_id == deal.id, ContactConsent.withdrawn_at.is_(None)
        )
    )
    return Viewer(
        role=permissions.role_of(actor, deal),
        is_administrator=actor.is_administrator,
        signed=deal.confidential_at is not None,
        consented=set(consents) >= PARTIES,
        named=not deal.licensee_hidden,
    )


def may_open_file(file: RoomFile, viewer: Viewer) -> bool:
    """Whether a viewer may open a version: its side, and whom the audience names.

    A confidential one opens for others once both have signed.
    """
    if viewer.role is not None and file.role is viewer.role:
        return True
    if file.removed_at is not None or viewer.role is None or viewer.role not in file.audience:
        return False
    secrecy = Secrecy.SIGNED if file.confidential else Secrecy.OPEN
    return may_read(secrecy, viewer, owner=file.role)


def list_files(session: Session, deal_id: UUID) -> Sequence[RoomFile]:
    """Give all versions of all files of a room, each name's newest version first."""
    return session.scalars(
        select(RoomFile)
        .where(RoomFile.deal_id == deal_id)
        .options(joinedload(RoomFile.attachment))
        .order_by(RoomFile.role, RoomFile.name, RoomFile.number.desc())
    ).all()


def get_file(session: Session, deal: Deal, file_id: UUID, *, viewer: Viewer) -> RoomFile:
    """Give a version that the viewer may open, or raise NotFound."""
    file = session.scalar(
        select(RoomFile)
        .where(RoomFile.id == file_id, RoomFile.deal_id == deal.id)
        .options(joinedload(RoomFile.attachment))
    )
    if file is None or not may_open_file(file, viewer):
        raise NotFound
    return file


def record_files(session: Session, deal: Deal, viewer: Viewer, kind: str) -> Sequence[Attachment]:
    """Give the files of the deal's listing or need that the viewer may open, by the matrix."""
    object_id = deal.listing_id if kind == "listing" else deal.need_id
    if object_id is None:
        return []
    opened = [
        visibility
        for visibility, secrecy in confidentiality.FILES[kind].items()
        if may_read(secrecy, viewer, owner=confidentiality.OWNER[kind])
    ]
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.object_kind == kind,
            Attachment.object_id == object_id,
            Attachment.removed_at.is_(None),
            Attachment.visibility.in_(opened),
        )
        .order_by(Attachment.created_at, Attachment.id)
    ).all()


def disclosures(session: Session, deal_id: UUID) -> Mapping[DealRole, DealDisclosure]:
    """Give each party's newest confidential particulars."""
    rows = session.scalars(
        select(DealDisclosure)
        .where(DealDisclosure.deal_id == deal_id)
        .order_by(DealDisclosure.number)
    )
    return {row.role: row for row in rows}


def list_views(session: Session, deal_id: UUID, *, number: int = 1) -> Page[DealView]:
    """Give a page of the log of who opened what, the latest first."""
    return page_of(
        session,
        select(DealView)
        .where(DealView.deal_id == deal_id)
        .order_by(DealView.at.desc(), DealView.id),
        number=number,
    )


def signed_deal_about(
    session: Session, actor: Actor, *, listing_id: UUID | None = None, need_id: UUID | None = None
) -> Deal | None:
    """Give a running deal about a listing or need under whose signed agreement the actor may read.

    The counterpart's members and the deal's manager; the owner needs none.
    """
    if actor.is_visitor:
        return None
    return session.scalars(
        select(Deal)
        .where(
            Deal.need_id == need_id if need_id else Deal.listing_id == listing_id,
            Deal.confidential_at.is_not(None),
            Deal.ended_at.is_(None),
            permissions.own_to(actor),
        )
        .order_by(Deal.confidential_at.desc())
        .limit(1)
    ).one_or_none()
