"""What happens to a listing after its publication: renewed, expired, withdrawn, opened again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core import jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.services import note
from marketplace.listings import permissions, queries
from marketplace.listings.content import public_content
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.queries import REVISIONS
from marketplace.listings.rules import LIFECYCLE, REVIEWED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Listings handled in one run of the nightly work; the next night takes the rest.
NIGHTLY = 2000
REASON_LENGTH = 500


def renew_listing(session: Session, *, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Confirm that the listing still holds; an expired one is shown again as it was reviewed."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_keep_up(actor, listing))
    was_hidden = listing.status is ListingStatus.EXPIRED
    listing.status = LIFECYCLE.next(listing.status, "renew")
    listing.touched_at = now
    listing.expiry_asked_at = None
    note(session, actor, "renewed", listing, now, was_hidden=was_hidden)
    return listing


def withdraw_listing(
    session: Session, *, actor: Actor, listing_id: UUID, reason: str, now: datetime
) -> Listing:
    """Take the listing back: its address says so, and its rights may be listed anew."""
    listing = queries.get_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_withdraw(actor, listing))
    if not reason.strip():
        raise RuleBroken(
            N_("Say why you withdraw it; people who saved it are told."), field="reason"
        )
    listing.status = LIFECYCLE.next(listing.status, "withdraw")
    listing.withdrawn_reason = reason.strip()[:REASON_LENGTH]
    listing.pending = listing.pending_submitted_at = None
    for right in listing.rights:
        right.living = False
    note(session, actor, "withdrawn", listing, now, reason=listing.withdrawn_reason)
    return listing


def reopen_listing(session: Session, *, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Make a withdrawn listing a draft again; its rights must still be free."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_keep_up(actor, listing))
    target = LIFECYCLE.next(listing.status, "reopen")
    with judged(session):
        if listing.published_at is not None:
            # From now on edits go into the columns, so the text that readers saw is kept here.
            REVISIONS.keep(session, listing, public_content(listing))
        listing.status = target
        listing.withdrawn_reason = ""
        listing.touched_at = now
        for right in listing.rights:
            right.living = True
    note(session, actor, "reopened", listing, now)
    return listing


def in_bulk(
    session: Session,
    ids: Sequence[UUID],
    step: Callable[[UUID], Listing],
) -> tuple[int, list[tuple[UUID, RuleBroken]]]:
    """Take one step for each id; give how many went well and why the others did not."""
    done, refused = 0, []
    for listing_id in ids:
        try:
            with session.begin_nested():
                step(listing_id)
            done += 1
        except RuleBroken as error:
            refused.append((listing_id, error))
    return done, refused


def ask_stale(session: Session, *, now: datetime, days: int) -> int:
    """Ask the owners of listings untouched for ``days`` days if they still hold."""
    listings = session.scalars(
        select(Listing)
        .where(
            Listing.status == ListingStatus.PUBLISHED,
            Listing.expiry_asked_at.is_(None),
            Listing.touched_at <= now - timedelta(days=days),
        )
        .order_by(Listing.touched_at)
        .limit(NIGHTLY)
        .with_for_update(skip_locked=True)
    ).all()
    for listing in listings:
        listing.expiry_asked_at = now
        note(session, None, "expiry_asked", listing, now)
    return len(listings)


def hide_stale(session: Session, *, now: datetime, days: int) -> int:
    """Hide the listings whose owners were asked ``days`` days ago and said nothing."""
    listings = session.scalars(
        select(Listing)
        .where(
            Listing.status == ListingStatus.PUBLISHED,
            Listing.expiry_asked_at <= now - timedelta(days=days),
        )
        .order_by(Listing.expiry_asked_at)
        .limit(NIGHTLY)
        .with_for_update(skip_locked=True)
    ).all()
    for listing in listings:
        listing.status = LIFECYCLE.next(listing.status, "expire")
        note(session, None, "expired", listing, now)
    return len(listings)


def sync_organization(session: Session, organization_id: UUID) -> None:
    """Queue an organization's published listings for search: they quote its name and standing."""
    ids = session.scalars(
        select(Listing.id).where(
            Listing.organization_id == organization_id, Listing.status.in_(REVIEWED)
        )
    )
    jobs.sync_rows(session, Listing.search_kind, [str(listing_id) for listing_id in ids])
