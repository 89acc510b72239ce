"""The application's role may add to the books and the trail, and nothing else."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from marketplace.core.restricted import ROLE, statements
from marketplace.tables import load
from marketplace.web.embedded import libpq_address
from marketplace.web.restricted import RoleMissing, restrict, take_role

APPEND_ONLY = sorted(
    table.name for table in load().metadata.tables.values() if table.info.get("append_only")
)


def test_the_books_and_the_trail_are_append_only():
    assert {"audit_entry", "ledger_transaction", "ledger_line", "ledger_seal"} <= set(APPEND_ONLY)


class TestRole:
    def test_is_what_the_application_runs_as(self, session):
        assert session.scalar(text("SELECT current_user")) == ROLE

    @pytest.mark.parametrize("table", APPEND_ONLY)
    @pytest.mark.parametrize(
        "command", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"]
    )
    def test_is_refused_every_change(self, session, table, command):
        column = next(iter(load().metadata.tables[table].c)).name
        with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
            session.execute(text(command.format(table, f'"{column}"')))

    @pytest.mark.parametrize("table", ["audit_entry", "ledger_line"])
    def test_is_refused_without_the_trigger_as_well(self, session, table):
        session.execute(text("RESET ROLE"))
        session.execute(text(f"DROP TRIGGER {table}_append_only ON {table}"))
        session.execute(text(f"SET ROLE {ROLE}"))
        with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 — the test's own text

    @pytest.mark.parametrize("table", APPEND_ONLY)
    def test_may_not_take_the_trigger_off(self, session, table):
        with pytest.raises(DBAPIError, match="must be owner"), session.begin_nested():
            session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))

    def test_may_do_its_work_elsewhere(self, session, make):
        organization = make.organization()
        organization.about = "changed"
        session.flush()
        session.delete(organization)
        session.flush()


class TestTakeRole:
    def test_leaves_the_user_alone_when_there_is_no_role(self, database_url):
        with psycopg.connect(libpq_address(database_url)) as connection:
            assert not take_role(connection, "nobody_of_this_name", required=False)

    def test_fails_when_a_named_role_is_missing(self, database_url):
        engine = create_engine(database_url)
        restrict(engine, "nobody_of_this_name", required=True)
        with pytest.raises(RoleMissing), engine.connect():
            pass
        engine.dispose()


def test_statements_name_every_table_that_is_only_added_to():
    made, granted, joined = statements(["b", "a"])
    assert "CREATE ROLE hanqiao_app" in made
    assert "ON a, b FROM hanqiao_app" in granted
    assert "TO CURRENT_USER" in joined
