"""Writing a listing: one draft, saved step by step, by several people at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting import services as drafting
from marketplace.listings import permissions, queries, rights, rules
from marketplace.listings.content import PARTS, author_content, steps_of, write_columns
from marketplace.listings.models import IpRightKind, Listing, ListingKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.drafting.outline import Content


class RightTaken(RuleBroken):
    """Another living listing names the right; ``listing_id`` is set if the actor may see it."""

    def __init__(self, number: str, listing_id: UUID | None) -> None:
        super().__init__(
            N_("Another listing already names the right “%(number)s”."),
            field="rights",
            number=rights.shown_number(number),
        )
        self.listing_id = listing_id


def draft_listing(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    title: str,
    kind: ListingKind = ListingKind.RESULT,
    language: str = "zh",
    now: datetime,
) -> Listing:
    """Start a draft of an organization; the wizard fills the rest."""
    drafting.own_organization(session, actor, organization_id)
    require(permissions.may_draft(actor, organization_id))
    listing = Listing(
        organization_id=organization_id,
        title=title.strip(),
        kind=kind,
        language=language,
    )
    drafting.begin(session, actor=actor, text=listing, now=now)
    return listing


def seen_of(listing: Listing, step: str) -> str:
    """Give what a step's form carries: the row's version and a mark of the step's values."""
    return drafting.seen_of(listing, author_content(listing), steps_of(step))


def save_step(
    session: Session,
    *,
    actor: Actor,
    listing_id: UUID,
    step: str,
    values: Mapping[str, Any],
    seen: str,
    now: datetime,
) -> Listing:
    """Save what one step of the wizard brings; other parts stay as they are.

    ``seen`` is what ``seen_of`` gave when the form was shown. Raises EditedElsewhere when
    somebody else changed this very step since then; changes to other steps do not disturb.
    Raises RightTaken for a number that stands in another living listing.
    """
    listing = queries.get_own_listing(session, listing_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, listing))
    content = author_content(listing)
    drafting.require_seen(listing, content, steps_of(step), seen)
    brought = {name: value for name, value in values.items() if name in PARTS}
    fresh = rules.sound({**content, **brought})
    if all(fresh[name] == content[name] for name in brought):
        return listing
    require_free_rights(session, actor=actor, listing=listing, content=fresh)
    _require_own_files(session, listing, fresh)
    with judged(session):
        write(listing, fresh, actor, now)
    return listing


def write(listing: Listing, content: Content, actor: Actor, now: datetime) -> None:
    """Keep what an author wrote; the owner need not be asked any more if the listing holds."""
    rules.REVIEW.write(
        listing,
        content,
        by=actor.user_id,
        at=now,
        columns=lambda: write_columns(listing, content),
    )
    listing.expiry_asked_at = None


def require_free_rights(
    session: Session, *, actor: Actor, listing: Listing, content: Content
) -> None:
    """Raise RightTaken when another living listing names one of the rights."""
    holder = queries.find_right_holder(
        session,
        [(IpRightKind(row["kind"]), row["number"]) for row in content["rights"]],
        but=listing.id,
    )
    if holder is None:
        return
    shown = queries.is_shown_to(session, actor, holder.listing_id)
    raise RightTaken(holder.number, holder.listing_id if shown else None)


def _require_own_files(session: Session, listing: Listing, content: Content) -> None:
    """Refuse evidence that points to a file of another object."""
    named = {row["attachment_id"] for row in content["evidence"] if row.get("attachment_id")}
    if named:
        drafting.require_own_files(named, queries.list_files(session, listing.id))
