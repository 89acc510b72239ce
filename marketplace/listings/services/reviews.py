"""Sending for review, taking back, returning with reasons, publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.outline import mark_of
from marketplace.drafting.services import note
from marketplace.listings import permissions, queries
from marketplace.listings.content import (
    PARTS,
    author_content,
    filled,
    public_content,
    write_columns,
)
from marketplace.listings.models import Listing, ListingStatus
from marketplace.listings.queries import REVISIONS
from marketplace.listings.rules import REVIEW, require_publishable
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
    REVIEW.send(listing, at=now)
    note(session, actor, "sent", listing, now)
    return listing


def recall_listing(session: Session, *, actor: Actor, listing_id: UUID, now: datetime) -> Listing:
    """Take the text back from the reviewers, to go on writing."""
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_keep_up(actor, listing))
    REVIEW.recall(listing)
    note(session, actor, "recalled", listing, now)
    return listing


def _under_review(
    session: Session, actor: Actor, listing_id: UUID, step: str, seen: int
) -> Listing:
    listing = queries.get_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_review(actor, listing))
    REVIEW.require_waiting(listing, step, seen=seen)
    return listing


def return_listing(
    session: Session, *, actor: Actor, listing_id: UUID, reason: str, seen: int, now: datetime
) -> Listing:
    """Give the text back with reasons; what readers see of a published listing stays.

    ``seen`` is the version that the reviewer read.
    """
    listing = _under_review(session, actor, listing_id, "return", seen)
    REVIEW.give_back(listing, reason=reason, by=actor.user_id)
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
    changes = REVIEW.is_reviewed(listing)

    def replace() -> None:
        REVISIONS.keep(session, listing, public_content(listing))
        write_columns(listing, filled(content))

    REVIEW.publish(listing, by=actor.user_id, at=now, replace=replace)
    if changes:
        # Of an expired listing, too: who writes it anew says that it holds.
        listing.status = ListingStatus.PUBLISHED
    listing.expiry_asked_at = None


def compared_with(session: Session, listing: Listing) -> dict[str, object]:
    """Give the last reviewed text, to compare the waiting one with; empty at the first review."""
    if REVIEW.is_reviewed(listing):
        return public_content(listing)
    return REVISIONS.last_content(session, listing.id)
