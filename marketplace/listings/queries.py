"""Loads listings, always through what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.drafting.queue import Queue
from marketplace.drafting.revisions import Revisions
from marketplace.files.models import Attachment
from marketplace.listings import permissions
from marketplace.listings.models import (
    Enquiry,
    EnquiryStatus,
    IpRight,
    Listing,
    ListingRevision,
    ListingStatus,
    ListingViews,
)
from marketplace.listings.rules import REVIEWED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import IpRightKind

ATTACHED_TO = "listing"
REVISIONS = Revisions(ListingRevision, "listing_id")
list_revisions = REVISIONS.all


def _full() -> Select[Listing]:
    return select(Listing).options(
        joinedload(Listing.organization),
        selectinload(Listing.rights),
        selectinload(Listing.evidence),
    )


def get_listing(session: Session, listing_id: UUID, *, actor: Actor, lock: bool = False) -> Listing:
    """Give the listing with rights, evidence and organization; NotFound if it may not be seen."""
    statement = _full().where(Listing.id == listing_id, permissions.visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Listing).execution_options(populate_existing=True)
    listing = session.scalar(statement)
    if listing is None:
        raise NotFound
    return listing


def get_own_listing(
    session: Session, listing_id: UUID, *, actor: Actor, lock: bool = False
) -> Listing:
    """Give a listing of one of the actor's organizations; anybody else's is NotFound."""
    listing = get_listing(session, listing_id, actor=actor, lock=lock)
    if not actor.is_member(listing.organization_id):
        raise NotFound
    return listing


def find_gone(session: Session, listing_id: UUID) -> Listing | None:
    """Give a listing that readers saw once and that is withdrawn or hidden now."""
    listing = session.scalar(_full().where(Listing.id == listing_id))
    return listing if listing is not None and permissions.was_public(listing) else None


def load_listings(session: Session, ids: Sequence[UUID]) -> list[Listing]:
    """Give listings by id with all their parts, whoever asks: for jobs, never for a page."""
    return list(session.scalars(_full().where(Listing.id.in_(ids))))


def find_right_holder(
    session: Session, rights: Sequence[tuple[IpRightKind, str]], *, but: UUID
) -> IpRight | None:
    """Give the first of the rights that another living listing names already."""
    wanted = [(kind, number) for kind, number in rights if number]
    if not wanted:
        return None
    clauses = [(IpRight.kind == kind) & (IpRight.number == number) for kind, number in wanted]
    return session.scalar(
        select(IpRight)
        .where(IpRight.living, IpRight.listing_id != but, or_(*clauses))
        .order_by(IpRight.position)
        .limit(1)
    )


#: Tabs of the workbench → the listings that they show.
TABS: dict[str, ColumnElement[bool]] = {
    "all": true(),
    "draft": Listing.status == ListingStatus.DRAFT,
    "under_review": or_(
        Listing.status == ListingStatus.UNDER_REVIEW, Listing.pending_submitted_at.is_not(None)
    ),
    "returned": or_(
        Listing.status == ListingStatus.RETURNED,
        Listing.status.in_(REVIEWED) & (Listing.return_reason != ""),
    ),
    "published": Listing.status == ListingStatus.PUBLISHED,
    "asked": Listing.expiry_asked_at.is_not(None) & (Listing.status == ListingStatus.PUBLISHED),
    "expired": Listing.status == ListingStatus.EXPIRED,
    "withdrawn": Listing.status == ListingStatus.WITHDRAWN,
}


def count_tabs(session: Session, organization_id: UUID) -> Mapping[str, int]:
    """Count an organization's listings under each tab of the workbench."""
    columns = [func.count().filter(clause).label(name) for name, clause in TABS.items()]
    row = session.execute(select(*columns).where(Listing.organization_id == organization_id)).one()
    return {name: int(value) for name, value in zip(TABS, row, strict=True)}


def list_own(
    session: Session,
    *organization_ids: UUID,
    tab: str,
    words: str = "",
    number: int = 1,
    size: int = 20,
) -> Page[Listing]:
    """Give one page of organizations' own listings under a tab, the last touched first."""
    statement = _full().where(
        Listing.organization_id.in_(organization_ids), TABS.get(tab, TABS["all"])
    )
    if words:
        pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        statement = statement.where(
            or_(
                Listing.title.ilike(pattern),
                Listing.title_en.ilike(pattern),
                Listing.external_id.ilike(pattern),
            )
        )
    order = func.coalesce(Listing.touched_at, Listing.created_at)
    return page_of(session, statement.order_by(order.desc(), Listing.id), number=number, size=size)


QUEUE = Queue(Listing, TABS["under_review"], _full)


def lock_listings(session: Session, ids: Sequence[UUID]) -> Sequence[Listing]:
    """Give listings with all their parts, locked in one order, whoever asks."""
    return session.scalars(
        _full()
        .where(Listing.id.in_(ids))
        .order_by(Listing.id)
        .with_for_update(of=Listing)
        .execution_options(populate_existing=True)
    ).all()


def count_views(
    session: Session, ids: Sequence[UUID], *, since: date | None = None
) -> Mapping[UUID, int]:
    """Sum the daily counts of listings."""
    statement = select(ListingViews.listing_id, func.sum(ListingViews.count)).where(
        ListingViews.listing_id.in_(ids)
    )
    if since is not None:
        statement = statement.where(ListingViews.on >= since)
    rows = session.execute(statement.group_by(ListingViews.listing_id))
    return {listing_id: int(total) for listing_id, total in rows}


def list_files(session: Session, listing_id: UUID) -> Sequence[Attachment]:
    """Give all files of a listing, whoever may open them: to judge what belongs to it."""
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.object_kind == ATTACHED_TO,
            Attachment.object_id == listing_id,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.created_at, Attachment.id)
    ).all()


def is_shown_to(session: Session, actor: Actor, listing_id: UUID) -> bool:
    """Whether the actor may see the listing's page; its files follow it."""
    found = session.scalar(
        select(Listing.id).where(Listing.id == listing_id, permissions.visible_to(actor))
    )
    return found is not None


def _enquiries() -> Select[Enquiry]:
    return select(Enquiry).options(
        joinedload(Enquiry.listing),
        joinedload(Enquiry.owner),
        joinedload(Enquiry.sender_organization),
    )


def get_enquiry(session: Session, enquiry_id: UUID, *, actor: Actor, lock: bool = False) -> Enquiry:
    """Give an enquiry that the actor's organization sent or got; NotFound otherwise."""
    statement = _enquiries().where(Enquiry.id == enquiry_id, enquiry_visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Enquiry).execution_options(populate_existing=True)
    enquiry = session.scalar(statement)
    if enquiry is None:
        raise NotFound
    return enquiry


def enquiry_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give ``may_see_enquiry`` as a clause over ``enquiry``."""
    mine = list(actor.organization_ids)
    return or_(Enquiry.owner_id.in_(mine), Enquiry.sender_organization_id.in_(mine))


def list_enquiries(session: Session, *, actor: Actor, box: str, number: int = 1) -> Page[Enquiry]:
    """Give one page of the inbox: ``received`` (open ones first, by due day) or ``sent``."""
    mine = list(actor.organization_ids)
    column = Enquiry.sender_organization_id if box == "sent" else Enquiry.owner_id
    order: tuple[Any, ...] = (
        (Enquiry.sent_at.desc(),)
        if box == "sent"
        else ((Enquiry.status == EnquiryStatus.OPEN).desc(), Enquiry.due_on, Enquiry.sent_at)
    )
    return page_of(
        session, _enquiries().where(column.in_(mine)).order_by(*order, Enquiry.id), number=number
    )


def list_open_enquiries(session: Session, *, actor: Actor, size: int) -> Page[Enquiry]:
    """Give the enquiries that the actor's organizations have to reply to, by due day."""
    return page_of(
        session,
        _enquiries()
        .where(Enquiry.owner_id.in_(actor.organization_ids), Enquiry.status == EnquiryStatus.OPEN)
        .order_by(Enquiry.due_on, Enquiry.sent_at, Enquiry.id),
        number=1,
        size=size,
    )


def list_enquiries_of(session: Session, listing_id: UUID, *, actor: Actor) -> Sequence[Enquiry]:
    """Give the enquiries about one listing that the actor may read, the newest first."""
    return session.scalars(
        _enquiries()
        .where(Enquiry.listing_id == listing_id, enquiry_visible_to(actor))
        .order_by(Enquiry.sent_at.desc())
    ).all()
