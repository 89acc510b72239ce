from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from marketplace.discovery.vectors import QueryVectors
from marketplace.listings.models import ListingStatus
from marketplace.needs.models import Confidentiality, NeedStatus
from search.embedded.engine import EmbeddedEngine
from tests.engines import GoneEngine, copy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask


@pytest.fixture
def engine(app: Flask, tmp_path: Path) -> Iterator[EmbeddedEngine]:
    """A real engine in a folder of its own, without models."""
    parts = app.extensions["hanqiao.parts"]
    kept = dict(parts.__dict__)
    found = EmbeddedEngine(tmp_path / "search", ())
    parts.search, parts.embedders = found, ()
    memory = app.extensions["hanqiao.query_vectors"]
    app.extensions["hanqiao.query_vectors"] = QueryVectors(lambda: parts.embedders, patience=5)
    yield found
    found.close()
    app.extensions["hanqiao.query_vectors"] = memory
    parts.__dict__.clear()
    parts.__dict__.update(kept)


@pytest.fixture
def gone(app: Flask, engine: EmbeddedEngine) -> GoneEngine:
    """The engine does not answer."""
    away = GoneEngine()
    app.extensions["hanqiao.parts"].search = away
    return away


@pytest.fixture
def publish(app: Flask, make, session, engine) -> Callable:
    """Makes published records and puts them into the index."""

    def make_published(kind: str = "listing", **values):
        if kind == "listing":
            record = make.listing(status=ListingStatus.PUBLISHED, **values)
        else:
            values.setdefault("confidentiality", Confidentiality.NAMED)
            record = make.need(status=NeedStatus.OPEN, **values)
        if engine is app.extensions["hanqiao.parts"].search:
            copy(session, engine, record)
        return record

    return make_published
