"""What listings do by themselves: the nightly look at stale ones, and following their owner."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.listings.services import life
from marketplace.listings.services.publishing import PUBLISHING

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def expire(work: Work) -> None:
    """Ask the owners of untouched listings, and hide those whose owners said nothing."""
    settings = work.parts.settings
    # Hidden first, so that nobody is asked and hidden in one night.
    life.hide_stale(work.session, now=work.now, days=settings.listing_grace_days)
    life.ask_stale(work.session, now=work.now, days=settings.listing_stale_days)


def follow_organization(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Queue the listings of an organization whose name or standing changed."""
    life.sync_organization(work.session, UUID(id))


HEARERS: dict[str, Hearer] = {
    PUBLISHING.job: PUBLISHING.hear,
    "listings.expire": expire,
    "listings.follow_organization": follow_organization,
}
HEARS: dict[str, tuple[str, ...]] = {
    "organization.changed": ("listings.follow_organization",),
    # What listings tell; who listens adds itself in its own table.
    **dict.fromkeys(
        (
            "listing.sent",
            "listings.sent",
            "listing.recalled",
            "listing.returned",
            "listing.published",
            "listings.published",
            "listing.renewed",
            "listing.withdrawn",
            "listing.reopened",
            "listing.expiry_asked",
            "listing.expired",
            "enquiry.sent",
            "enquiry.answered",
            "enquiry.declined",
        ),
        (),
    ),
}
PERIODIC = {"listings.expire": "30 3 * * *"}
