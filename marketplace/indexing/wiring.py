"""Says what the index copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.indexing.sources import Source, register
from marketplace.listings import documents as listing_documents
from marketplace.listings.models import Listing
from marketplace.needs import documents as need_documents
from marketplace.needs.models import Need
from marketplace.web import panels
from search.documents import Kind

if TYPE_CHECKING:
    from flask import Flask

    from marketplace.core.actor import Actor


def administration_card(_thing: object, actor: Actor) -> str | None:
    """Lead administrators to the page of the index."""
    return render_template("indexing/_card.html") if actor.is_administrator else None


def install(_app: Flask) -> None:
    """Name the tables that are copied, and fill the place on the platform's page."""
    panels.fill("administration.index", administration_card)
    register(Source(Kind.LISTING, Listing, listing_documents.load_documents))
    register(Source(Kind.NEED, Need, need_documents.load_documents))
