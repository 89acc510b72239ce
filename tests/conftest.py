"""What every test may ask for: a migrated PostgreSQL, an application, a client, made records."""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from config import Settings
from marketplace.app import create_app
from marketplace.web.extensions import db, limiter
from tests.clients import Client
from tests.factories import Make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from sqlalchemy.orm import Session

#: The moment at which tests happen: Friday, 20 November 2026, noon in UTC (20:00 in Beijing).
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the journeys last: their browser keeps an event loop that no other test may meet."""
    items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server of its own for this run, or the one that TEST_DATABASE_URL names, migrated."""
    address = os.environ.get("TEST_DATABASE_URL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from marketplace.web.embedded import alchemy_address, start_database
        from marketplace.web.migrate import upgrade

        if address is None:
            address = start_database(tmp_path_factory.mktemp("postgresql") / "data")
        address = alchemy_address(address)
        upgrade(address)
    return address


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def application(database_url: str, home: Path) -> Iterator[Flask]:
    """The application, built once; tests use ``app``, which keeps their database changes apart."""
    app = create_app(Settings.for_tests(home=home, database_url=database_url))
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Client
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(application: Flask) -> Iterator[Flask]:
    """The application inside a database transaction that is thrown away after the test."""
    # One limiter serves all applications of a process: the last one built has switched it.
    limiter.enabled = application.config["RATELIMIT_ENABLED"]
    with application.app_context(), db.engine.connect() as connection:
        outer = connection.begin()
        kept = dict(db.sessionmaker.kw)
        db.sessionmaker.kw.pop("binds", None)
        db.sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
        try:
            yield application
        finally:
            db.session.close()
            db.sessionmaker.kw.clear()
            db.sessionmaker.kw.update(kept)
            outer.rollback()


@pytest.fixture
def session(app: Flask) -> Session:
    """The session of the test; the client commits it before a request and expires it after."""
    return db.session


@pytest.fixture
def client(app: Flask) -> Client:
    return app.test_client()


@pytest.fixture
def make(session: Session) -> Make:
    """Makes records: flushed, never committed, with the queue emptied of their messages."""
    return Make(session)


@pytest.fixture
def now() -> datetime:
    return NOON
