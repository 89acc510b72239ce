"""What discovery puts on the pages of lower domains."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import render_template

from marketplace.discovery import rules, similar
from marketplace.discovery.current import query_vectors
from marketplace.discovery.labels import Labels
from marketplace.discovery.queries import collections, fallback, saved
from marketplace.discovery.rows import row_of
from marketplace.listings.models import ListingStatus
from marketplace.needs.models import SHOWN
from marketplace.web.extensions import db, parts
from marketplace.web.languages import current_language
from search.documents import Kind
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.core.actor import Actor
    from marketplace.discovery.rows import Row
    from search.results import Hit

log = logging.getLogger(__name__)

#: Listings named on an organization's page.
NEWEST = 5


def similar_listings(listing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the page's listing
    """Show what is like a listing; nothing when the engine is away."""
    try:
        hits = similar.to_listing(
            db.session, listing, parts=parts(), vectors=query_vectors(), actor=actor
        )
    except SearchUnavailable as error:
        log.warning("no similar listings: %s", error)
        return None
    if not hits:
        return None
    own = [str(listing.id)] if listing.status is ListingStatus.PUBLISHED else []
    compared = [*own, *(hit.document.id for hit in hits)][: rules.COMPARED_MOST]
    return render_template("discovery/_similar.html", rows=_rows(hits), compared=compared)


def collect_listing(listing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the page's listing
    """Offer a signed-in reader to collect a listing."""
    return _collect(Kind.LISTING, listing, actor, listing.status is ListingStatus.PUBLISHED)


def collect_need(need: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the page's need
    """Offer a signed-in reader to collect a need."""
    return _collect(Kind.NEED, need, actor, need.status in SHOWN)


def _collect(kind: Kind, record: Any, actor: Actor, is_offered: bool) -> str | None:  # noqa: ANN401, FBT001 — a row, and its state
    if actor.is_visitor or not is_offered:
        return None
    return render_template("discovery/_collect.html", kind=kind.value, record_id=record.id)


def listings_of(organization: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the page's organization
    """Show an organization's newest public listings; nothing when there are none."""
    results = fallback.published_of(db.session, organization.id, actor=actor, size=NEWEST)
    if not results.total:
        return None
    return render_template(
        "discovery/_organization.html",
        rows=_rows(results.hits),
        total=results.total,
        organization_id=organization.id,
    )


def saved_searches(_nothing: object, actor: Actor) -> str | None:
    """Put the person's searches and collections on the desk."""
    if actor.is_visitor:
        return None
    return render_template(
        "saved_searches/_desk.html",
        searches=saved.count_saved_searches(db.session, actor=actor),
        collections=len(collections.list_collections(db.session, actor=actor)),
    )


def _rows(hits: Sequence[Hit]) -> list[Row]:
    labels = Labels(db.session, current_language(), {hit.document.organization_id for hit in hits})
    return [row_of(hit, (), labels) for hit in hits]
