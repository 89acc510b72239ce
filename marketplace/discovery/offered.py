"""Finds the listings that answers to needs offer; needs themselves do not see listings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import VISITOR
from marketplace.listings import permissions
from marketplace.listings.models import Listing
from marketplace.needs.offers import Offered

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

#: Listings among which an answer's author chooses.
CHOICES = 500


def _offered(listing: Listing, *, is_public: bool) -> Offered:
    return Offered(
        id=listing.id,
        title=listing.title,
        title_en=listing.title_en,
        trl=listing.trl,
        is_public=is_public,
    )


class PublishedListings:
    """What everybody may see can be offered; an offered listing keeps its title afterwards."""

    def of_organization(self, session: Session, organization_id: UUID) -> Sequence[Offered]:
        """Give the published listings of an organization, newest first."""
        rows = session.scalars(
            select(Listing)
            .where(Listing.organization_id == organization_id, permissions.visible_to(VISITOR))
            .order_by(Listing.published_at.desc(), Listing.id)
            .limit(CHOICES)
        )
        return [_offered(listing, is_public=True) for listing in rows]

    def by_id(self, session: Session, ids: Collection[UUID]) -> Mapping[UUID, Offered]:
        """Give listings by id, also those that are no longer shown."""
        shown = set(
            session.scalars(
                select(Listing.id).where(Listing.id.in_(ids), permissions.visible_to(VISITOR))
            )
        )
        rows = session.scalars(select(Listing).where(Listing.id.in_(ids)))
        return {listing.id: _offered(listing, is_public=listing.id in shown) for listing in rows}
