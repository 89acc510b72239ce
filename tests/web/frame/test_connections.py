"""Connections of the pool: looked at without asking the server, replaced when they have ended."""

from __future__ import annotations

from inspect import iscoroutinefunction

import pytest
from sqlalchemy import create_engine, text

from marketplace.web import liveness


@pytest.fixture
def engine(database_url):
    found = create_engine(database_url)
    liveness.watch(found)
    yield found
    found.dispose()


def pid(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


def test_a_living_connection_is_used_again(engine):
    assert pid(engine) == pid(engine)


def test_a_connection_that_the_server_ended_is_replaced(engine, database_url):
    first = pid(engine)
    keeper = create_engine(database_url)
    with keeper.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": first})
    keeper.dispose()
    assert pid(engine) != first


def test_a_connection_that_was_told_something_is_kept(engine):
    first = pid(engine)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.autocommit = True
        driver.execute("LISTEN here")
        driver.autocommit = False
    other = create_engine(engine.url)
    with other.connect() as connection:
        connection.execute(text("NOTIFY here"))
        connection.commit()
    other.dispose()
    assert pid(engine) == first


def test_a_closed_connection_does_not_live(engine):
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert liveness.lives(driver)
        driver.close()
        assert not liveness.lives(driver)
        connection.invalidate()


def test_no_request_ends_with_a_thread_for_nothing(app):
    assert not [one for one in app.teardown_appcontext_funcs if iscoroutinefunction(one)]
