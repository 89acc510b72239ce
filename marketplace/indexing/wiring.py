"""Says what the index copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.indexing.sources import Source, register
from marketplace.listings import documents as listing_documents
from marketplace.listings.models import Listing
from marketplace.needs import documents as need_documents
from marketplace.needs.models import Need
from search.documents import Kind

if TYPE_CHECKING:
    from flask import Flask


def install(_app: Flask) -> None:
    """Name the tables that are copied."""
    register(Source(Kind.LISTING, Listing, listing_documents.load_documents))
    register(Source(Kind.NEED, Need, need_documents.load_documents))
