"""Puts discovery's panels on the pages of lower domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.discovery import current, panels
from marketplace.discovery.offered import PublishedListings
from marketplace.facilities.models import FacilityKind, FilingLevel
from marketplace.indexing.parsing import know
from marketplace.managers.models import Language, ManagerLevel
from marketplace.needs import offers
from marketplace.web.panels import fill
from search.documents import Kind

if TYPE_CHECKING:
    from flask import Flask


def install(app: Flask) -> None:
    """Give the application its query vectors, tell needs of listings, and fill the places."""
    current.install(app)
    offers.register(PublishedListings())
    know(Kind.FACILITY, "record_kind", FacilityKind)
    know(Kind.FACILITY, "level", FilingLevel)
    know(Kind.MANAGER, "level", ManagerLevel)
    know(Kind.MANAGER, "languages", Language)
    fill("listing.show", panels.collect_listing)
    fill("need.show", panels.collect_need)
    fill("listing.show", panels.similar_listings)
    fill("listing.gone", panels.similar_listings)
    fill("organization.show", panels.listings_of)
    fill("desk", panels.saved_searches, rank=1)
