"""The audit trail as a chain: whatever is done to its rows is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from marketplace.administration.commands import BROKEN
from marketplace.core import audit
from marketplace.core.actor import VISITOR
from tests.conftest import NOON


@pytest.fixture
def chain(session, make):
    """Five entries, written as commits write them."""
    actor = make.actor()
    for number in range(5):
        audit.record(
            session,
            actor=actor,
            action=f"test.step{number}",
            kind="test",
            object_id=None,
            now=NOON,
            what=f"第{number}步",
        )
    audit.write_pending(session)
    return session


def tamper(session, statement):
    """Change the table as somebody with the keys of the database could."""
    session.execute(text("RESET ROLE"))
    session.execute(text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only"))
    session.execute(text(statement))
    session.execute(text("ALTER TABLE audit_entry ENABLE TRIGGER audit_entry_append_only"))
    session.execute(text("SET ROLE hanqiao_app"))
    session.expire_all()


def places(session):
    return {fault.number for fault in audit.verify(session)}


class TestVerify:
    def test_finds_nothing_in_an_untouched_chain(self, chain):
        assert places(chain) == set()

    def test_finds_nothing_in_an_empty_chain(self, session):
        assert places(session) == set()

    @pytest.mark.parametrize(
        "change",
        [
            "action = 'test.other'",
            'details = \'{"what": "else"}\'',
            "at = at + interval '1 second'",
            "actor_id = NULL",
            "object_kind = 'person'",
        ],
    )
    def test_finds_an_altered_row(self, chain, change):
        tamper(chain, f"UPDATE audit_entry SET {change} WHERE number = 3")  # noqa: S608 — the test's own text
        assert places(chain) == {3}

    def test_finds_an_altered_row_with_a_fitting_hash(self, chain):
        row = chain.get(audit.AuditEntry, 3)
        values = {
            "at": row.at,
            "actor_id": row.actor_id,
            "action": "test.forged",
            "object_kind": row.object_kind,
            "object_id": row.object_id,
            "details": row.details,
        }
        forged = audit.digest(row.previous_hash, 3, values)
        tamper(
            chain,
            f"UPDATE audit_entry SET action = 'test.forged', hash = '{forged}'"  # noqa: S608 — the test's own text
            " WHERE number = 3",
        )
        assert places(chain) == {4}

    def test_finds_a_removed_row(self, chain):
        tamper(chain, "DELETE FROM audit_entry WHERE number = 3")
        assert 3 in places(chain)

    def test_finds_a_removed_row_whose_gap_was_closed(self, chain):
        tamper(
            chain,
            "DELETE FROM audit_entry WHERE number = 3;"
            "UPDATE audit_entry SET number = 3 WHERE number = 4;"
            "UPDATE audit_entry SET number = 4 WHERE number = 5",
        )
        assert places(chain) >= {3, 4}

    def test_finds_reordered_rows(self, chain):
        tamper(
            chain,
            "UPDATE audit_entry SET number = 99 WHERE number = 2;"
            "UPDATE audit_entry SET number = 2 WHERE number = 3;"
            "UPDATE audit_entry SET number = 3 WHERE number = 99",
        )
        assert places(chain) >= {2, 3}

    def test_finds_a_cut_tail(self, chain):
        tamper(chain, "DELETE FROM audit_entry WHERE number > 3")
        assert places(chain) == {4}

    def test_finds_a_cut_start(self, chain):
        tamper(chain, "DELETE FROM audit_entry WHERE number = 1")
        assert places(chain) == {1, 2}

    def test_finds_an_added_row(self, chain):
        last = chain.get(audit.AuditEntry, 5)
        values = {
            "at": NOON,
            "actor_id": None,
            "action": "test.added",
            "object_kind": "test",
            "object_id": None,
            "details": {},
        }
        added = audit.digest(last.hash, 6, values)
        chain.add(audit.AuditEntry(number=6, previous_hash=last.hash, hash=added, **values))
        chain.flush()
        assert places(chain) == {7}


class TestTable:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE audit_entry SET action = 'x'",
            "DELETE FROM audit_entry",
            "TRUNCATE audit_entry",
        ],
    )
    def test_refuses_every_change_even_to_the_owner(self, chain, statement):
        chain.execute(text("RESET ROLE"))
        with pytest.raises(DBAPIError, match="only ever added"), chain.begin_nested():
            chain.execute(text(statement))
        chain.execute(text("SET ROLE hanqiao_app"))


class TestRecord:
    def test_writes_nothing_when_the_transaction_is_rolled_back(self, session):
        session.execute(text("SELECT 1"))
        audit.record(session, actor=VISITOR, action="test.x", kind="test", object_id=None, now=NOON)
        session.rollback()
        session.commit()
        assert session.scalar(text("SELECT count(*) FROM audit_entry")) == 0


class TestCommand:
    def test_says_that_the_trail_holds(self, app, chain):
        result = app.test_cli_runner().invoke(args=["audit", "verify"])
        assert (result.exit_code, "5 rows" in result.output) == (0, True)

    def test_fails_and_names_the_place(self, app, chain):
        tamper(chain, "UPDATE audit_entry SET action = 'x' WHERE number = 3")
        result = app.test_cli_runner().invoke(args=["audit", "verify"])
        assert result.exit_code == BROKEN
        assert "No. 3: the row was altered" in result.output
