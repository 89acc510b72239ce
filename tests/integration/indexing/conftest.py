"""An index in memory over listings with a plain loader."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from marketplace import relay
from marketplace.indexing import sources
from marketplace.indexing.sources import Source
from marketplace.listings.models import Listing, ListingStatus
from search.documents import Document, Kind
from tests.conftest import NOON
from tests.memory_search import CountingEmbedder, MemoryEngine


def load_listings(session, ids):
    """Give a document for published listings alone."""
    rows = {row.id: row for row in session.scalars(select(Listing).where(Listing.id.in_(ids)))}
    return {
        one: Document(
            kind=Kind.LISTING,
            id=str(one),
            version=rows[one].version,
            title=rows[one].title,
            organization_id=str(rows[one].organization_id),
        )
        if one in rows and rows[one].status is ListingStatus.PUBLISHED
        else None
        for one in ids
    }


@pytest.fixture
def source(monkeypatch):
    listings = Source(Kind.LISTING, Listing, load_listings)
    monkeypatch.setattr(sources, "_sources", {Kind.LISTING: listings})
    return listings


@pytest.fixture
def embedder():
    return CountingEmbedder()


@pytest.fixture
def engine():
    return MemoryEngine()


@pytest.fixture
def index_parts(app, engine, embedder, source, monkeypatch):
    """The application's parts with the memory engine in their place."""
    parts = app.extensions["hanqiao.parts"]
    fake = SimpleNamespace(settings=parts.settings, search=engine, embedders=(embedder,))
    monkeypatch.setitem(app.extensions, "hanqiao.parts", fake)
    # What else hears of changed rows has tests of its own.
    monkeypatch.setitem(relay.TOPICS, "search.sync", ("indexing.copy_rows",))
    monkeypatch.setitem(relay.TOPICS, "vectors.kept", ())
    return fake


@pytest.fixture
def published(session, make):
    """Makes published listings of one organization, queued for the index."""
    owner = make.organization()

    def publish(title="激光焊接", **values):
        values.setdefault("status", ListingStatus.PUBLISHED)
        row = Listing(
            organization_id=values.pop("organization_id", owner.id),
            title=title,
            published_at=NOON,
            **values,
        )
        session.add(row)
        session.flush()
        return row

    return publish
