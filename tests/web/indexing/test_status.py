"""The administrator's page of the index."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from marketplace.core.actor import PlatformRole
from marketplace.indexing.models import Embedding
from marketplace.progress.models import LongJob
from search.engine import SearchUnavailable
from tests.clients import words
from tests.jobs import waiting
from tests.memory_search import CountingEmbedder, MemoryEngine


@pytest.fixture
def engine(app, monkeypatch):
    engine = MemoryEngine()
    parts = app.extensions["hanqiao.parts"]
    fake = SimpleNamespace(settings=parts.settings, search=engine, embedders=(CountingEmbedder(),))
    monkeypatch.setitem(app.extensions, "hanqiao.parts", fake)
    return engine


@pytest.fixture
def admin(client, make):
    return client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))


def test_shows_engine_records_and_vectors(admin, session, make, engine):
    make.listing()
    session.add(Embedding(text_hash=b"0" * 32, space="old-model", vector=b"ab"))
    text = words(admin.get("/en/platform/search"))
    assert "memory" in text
    assert "0 / 1" in text
    assert "counting-1 0 In use" in text
    assert "old-model 1 Of an earlier model" in text


def test_an_engine_that_is_down_is_said(admin, engine):
    engine.down = True
    assert "does not answer at the moment: off" in words(admin.get("/en/platform/search"))


def test_an_engine_that_can_not_be_opened_is_said(admin, app, engine, monkeypatch):
    class Parts:
        embedders = ()

        @property
        def search(self):
            raise SearchUnavailable("locked")

    monkeypatch.setitem(app.extensions, "hanqiao.parts", Parts())
    assert "moment: locked" in words(admin.get("/en/platform/search"))


def test_an_index_of_other_models_is_said_with_what_to_do(admin, engine):
    engine.stale = {"counting-1"}
    text = words(admin.get("/en/platform/search"))
    assert "finds nothing by counting-1. Build it anew" in text


def test_a_rebuild_is_one_job_however_often_it_is_asked_for(admin, session, engine):
    first = admin.post("/en/platform/search/rebuild")
    assert first.location.startswith("/en/jobs/")
    assert admin.post("/en/platform/search/rebuild").location == first.location
    assert session.scalars(select(LongJob)).one().kind == "search.rebuild"
    assert "Rebuilding the search index" in words(admin.get("/en/platform/search"))


def test_a_comparison_is_queued(admin, session, engine):
    response = admin.post("/en/platform/search/check")
    assert response.location == "/en/platform/search"
    assert waiting(session) == [("hearer:indexing.check", {})]
    assert "The comparison was queued" in words(admin.get(response.location))


def test_the_page_does_not_exist_for_others(client, make, engine):
    client.sign_in(make.platform_user(PlatformRole.REVIEWER))
    assert client.get("/platform/search").status_code == 404
    assert client.post("/platform/search/rebuild").status_code == 404


def test_the_platform_s_page_leads_there(admin):
    assert "What the engine holds" in words(admin.get("/en/platform/"))
