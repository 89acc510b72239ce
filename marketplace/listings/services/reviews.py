"""Sending for review, taking back, returning with reasons, publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.listings import permissions, queries
from marketplace.listings.content import (
    PARTS,
    author_content,
    filled,
    mark_of,
    public_content,
    write_columns,
)
from marketplace.listings.models import Listing, ListingRevision, ListingStatus
from marketplace.listings.rules import LIFECYCLE, REVIEWED, require_publishable
from marketplace.listings.services.drafts import require_free_rights

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Reasons that reviewers choose from; each says how to mend.
PREPARED_REASONS: tuple[str, ...] = (
    N_("The title does not say what the technology does for its user."),
    N_("The gain is not compared with the solution of today, in figures."),
    N_("Nothing proves the readiness level: attach a test report or lower the level."),
    N_("The rights do not fit the register: check number, owner and legal status."),
    N_("The text advertises: replace praise by measured figures."),
    N_("The text holds contact details: messages go through the platform."),
    N_("The technology may fall under export control: settle this first."),
)
REASON_LENGTH = 2000


def note(
    session: Session,
    actor: Actor | None,
    step: str,
    listing: Listing,
    now: datetime,
    **details: object,
) -> None:
    """Record a change of state and tell those who listen."""
    audit.record(
        session,
        actor=actor,
        action=f"listing.{step}",
        kind="listing",
        object_id=listing.id,
        now=now,
        status=listing.status.value,
        **details,
    )
    jobs.tell(session, f"listing.{step}", id=str(listing.id))


def is_waiting(listing: Listing) -> bool:
    """Whether a reviewer has to read a text of this listing."""
    return listing.status is ListingStatus.UNDER_REVIEW or (
        listing.status in REVIEWED and listing.pending_submitted_at is not None
    )


def is_imported(listing: Listing) -> bool:
    """Whether the listing came by an import, whose completeness its own register decides."""
    return listing.source_hash is not None


def send_for_review(session: Session, *, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Put the text into the reviewers' queue; of a published listing the waiting changes."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    if permissions.may_keep_up(actor, listing) and not permissions.may_send(actor, listing):
        raise RuleBroken(
            N_("Your organization has to be verified before its texts can be reviewed.")
        )
    require(permissions.may_send(actor, listing))
    content = author_content(listing)
    require_publishable(content, imported=is_imported(listing))
    require_free_rights(session, actor=actor, listing=listing, content=content)
    if listing.status in REVIEWED:
        if listing.pending is None or listing.pending_submitted_at is not None:
            raise StepNotAllowed(N_("There are no changes that could be sent."))
        listing.pending_submitted_at = now
    else:
        listing.status = LIFECYCLE.next(listing.status, "send")
        listing.submitted_at = now
    listing.return_reason = ""
    listing.touched_at = now
    note(session, actor, "sent", listing, now)
    return listing


def recall_listing(session: Session, *, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Take the text back from the reviewers, to go on writing."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_keep_up(actor, listing))
    if listing.status in REVIEWED and listing.pending_submitted_at is not None:
        listing.pending_submitted_at = None
    else:
        listing.status = LIFECYCLE.next(listing.status, "recall")
    note(session, actor, "recalled", listing, now)
    return listing


def _under_review(
    session: Session, actor: Actor, listing_id: UUID, step: str, seen: int
) -> Listing:
    listing = queries.get_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_review(actor, listing))
    if not is_waiting(listing):
        LIFECYCLE.next(listing.status, step)
        raise StepNotAllowed(N_("No text of this listing waits for a review."))
    if listing.version != seen:
        raise EditedElsewhere(
            N_("The text changed after you had opened it. Read the changes and decide again.")
        )
    return listing


def return_listing(
    session: Session, *, actor: Actor, listing_id: UUID, reason: str, seen: int, now: datetime
) -> Listing:
    """Give the text back with reasons; what readers see of a published listing stays.

    ``seen`` is the version that the reviewer read.
    """
    listing = _under_review(session, actor, listing_id, "return", seen)
    if not reason.strip():
        raise RuleBroken(N_("Say why, so that the author can mend it."), field="reason")
    listing.return_reason = reason.strip()[:REASON_LENGTH]
    if listing.status in REVIEWED:
        listing.pending_submitted_at = None
    else:
        listing.status = LIFECYCLE.next(listing.status, "return")
    listing.reviewed_by = actor.user_id
    note(session, actor, "returned", listing, now, reason=listing.return_reason)
    return listing


def publish_listing(
    session: Session, *, actor: Actor, listing_id: UUID, seen: int, now: datetime
) -> Listing:
    """Show a reviewed text to every visitor and let matching look at it.

    Nobody publishes for their own organization: review is what a buyer trusts. ``seen`` is the
    version that the reviewer read. The text that is replaced is kept as a revision.
    """
    listing = _under_review(session, actor, listing_id, "publish", seen)
    with judged(session):
        show(session, actor, listing, now)
    note(session, actor, "published", listing, now, mark=mark_of(public_content(listing), PARTS))
    return listing


def show(session: Session, actor: Actor, listing: Listing, now: datetime) -> None:
    """Put a waiting text before the readers; the caller has judged that it may be, and flushes."""
    content = author_content(listing)
    require_publishable(content, imported=is_imported(listing))
    if listing.status in REVIEWED:
        keep_revision(session, listing)
        write_columns(listing, filled(content))
        listing.pending = listing.pending_submitted_at = None
        listing.status = ListingStatus.PUBLISHED
    else:
        listing.status = LIFECYCLE.next(listing.status, "publish")
        listing.published_at = now
    listing.reviewed_by = actor.user_id
    listing.return_reason = ""
    listing.touched_at = now
    listing.expiry_asked_at = None


def keep_revision(session: Session, listing: Listing) -> None:
    """Keep the reviewed text before it is replaced; rights and evidence must be loaded."""
    last = queries.last_reviewed(session, listing.id)
    session.add(
        ListingRevision(
            listing_id=listing.id,
            number=(last.number if last else 0) + 1,
            content=public_content(listing),
            reviewed_at=listing.published_at or listing.created_at,
            reviewed_by=listing.reviewed_by,
            edited_by=listing.edited_by,
        )
    )


def compared_with(session: Session, listing: Listing) -> dict[str, object]:
    """Give the last reviewed text, to compare the waiting one with; empty at the first review."""
    if listing.status in REVIEWED:
        return public_content(listing)
    last = queries.last_reviewed(session, listing.id)
    return dict(last.content) if last else {}
