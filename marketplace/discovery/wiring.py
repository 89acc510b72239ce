"""Puts discovery's panels on the pages of lower domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.discovery import current, panels
from marketplace.discovery.offered import PublishedListings
from marketplace.needs import offers
from marketplace.web.panels import fill

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Give the application its query vectors, tell needs of listings, and fill the places."""
    current.install(app)
    offers.register(PublishedListings())
    fill("listing.show", panels.collect_listing)
    fill("need.show", panels.collect_need)
    fill("listing.show", panels.similar_listings)
    fill("listing.gone", panels.similar_listings)
    fill("organization.show", panels.listings_of)
    fill("desk", panels.saved_searches)
