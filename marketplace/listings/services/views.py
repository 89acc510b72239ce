"""Counts how often a listing was opened, by day and by nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.listings import permissions
from marketplace.listings.models import Listing, ListingViews

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def count_view(session: Session, *, actor: Actor, listing_id: UUID, on: date) -> bool:
    """Add one to the day's count of a listing that the actor may see; own people do not count."""
    owner = session.scalar(
        select(Listing.organization_id).where(
            Listing.id == listing_id, permissions.visible_to(actor)
        )
    )
    if owner is None or actor.is_member(owner):
        return False
    statement = insert(ListingViews).values(listing_id=listing_id, on=on, count=1)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[ListingViews.listing_id, ListingViews.on],
            set_={"count": ListingViews.count + 1},
        )
    )
    return True
