"""Posting, reversing, balances and statements, on PostgreSQL with its triggers."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from marketplace.core.errors import NotFound, RuleBroken
from marketplace.ledger import queries
from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.models import Line as Row
from marketplace.ledger.models import Transaction as Entry
from marketplace.ledger.services import Line, post, reverse, seal_pending
from tests.conftest import NOON

CLEARING, PREPAID = Account.STRIPE_CLEARING, Account.PREPAID


def enter(session, reference="capture:1", amount=1000, owner=None, **values):
    return post(
        session,
        kind=TransactionKind.CAPTURE,
        reference=reference,
        lines=[Line(CLEARING, amount), Line(PREPAID, -amount, owner)],
        now=NOON,
        **values,
    )


def judge(session):
    """Let the deferred triggers speak, as a commit would."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


class TestPost:
    def test_moves_money_from_account_to_account(self, session):
        owner = uuid4()
        enter(session, owner=owner)
        assert queries.balance(session, CLEARING) == 1000
        assert queries.balance(session, PREPAID, owner_id=owner) == -1000
        assert queries.balance(session, PREPAID, owner_id=uuid4()) == 0
        assert queries.balance(session, PREPAID, currency="USD") == 0

    def test_enters_the_same_reference_once(self, session):
        first = enter(session)
        assert enter(session).id == first.id
        assert queries.balance(session, CLEARING) == 1000

    def test_refuses_a_reference_with_other_amounts(self, session):
        enter(session)
        with pytest.raises(RuleBroken):
            enter(session, amount=999)

    @pytest.mark.parametrize(
        "lines",
        [
            [Line(CLEARING, 5), Line(PREPAID, -4)],
            [Line(CLEARING, 5)],
            [],
            [Line(CLEARING, 5), Line(PREPAID, -5, None, "USD")],
            [Line(CLEARING, 10**16), Line(PREPAID, -(10**16))],
        ],
    )
    def test_refuses_what_does_not_balance(self, session, lines):
        with pytest.raises(RuleBroken):
            post(session, kind=TransactionKind.FEE, reference="x", lines=lines, now=NOON)

    def test_leaves_out_lines_that_move_nothing(self, session):
        entry = post(
            session,
            kind=TransactionKind.RELEASE,
            reference="r",
            lines=[Line(PREPAID, 5), Line(Account.TAX_PAYABLE, 0), Line(CLEARING, -5)],
            now=NOON,
        )
        assert len(queries.lines_of(session, [entry.id])[entry.id]) == 2


class TestReverse:
    def test_brings_every_account_back(self, session):
        enter(session, owner=uuid4(), about=("payment", uuid4()))
        back = reverse(session, reference="capture:1", now=NOON, memo="came back")
        assert set(queries.balances(session).values()) == {0}
        assert reverse(session, reference="capture:1", now=NOON).id == back.id

    def test_needs_an_entry(self, session):
        with pytest.raises(NotFound):
            reverse(session, reference="nothing", now=NOON)


class TestStatement:
    def test_shows_running_balances_the_newest_first(self, session):
        owner = uuid4()
        for number, amount in enumerate((100, 250, 7)):
            enter(session, f"capture:{number}", amount, owner)
        enter(session, "capture:other", 1, uuid4())
        seal_pending(session)
        found = queries.statement(session, owner_id=owner, size=2)
        assert [(row.amount_minor, row.balance_minor) for row in found.items] == [
            (-7, -357),
            (-250, -350),
        ]
        assert (found.total, found.last) == (3, 2)
        everything = queries.statement(
            session, owner_id=owner, accounts=[PREPAID], since=NOON, size=0
        )
        assert len(everything.items) == 3
        assert queries.statement(session, owner_id=owner, until=NOON).total == 0


class TestTriggers:
    def test_let_a_sealed_entry_pass(self, session):
        enter(session)
        seal_pending(session)
        judge(session)

    def test_refuse_an_entry_without_a_place_in_the_chain(self, session):
        enter(session)
        with pytest.raises(IntegrityError, match="place in the chain"), session.begin_nested():
            judge(session)

    @pytest.mark.parametrize(
        ("amounts", "message"), [((5, -4), "sum to zero"), ((5,), "at least two lines")]
    )
    def test_refuse_what_does_not_balance(self, session, amounts, message):
        entry = Entry(kind=TransactionKind.FEE, reference="raw", at=NOON)
        session.add(entry)
        session.flush()
        session.add_all(
            Row(transaction_id=entry.id, position=i, account=CLEARING, amount_minor=amount)
            for i, amount in enumerate(amounts)
        )
        session.flush()
        with pytest.raises(IntegrityError, match=message), session.begin_nested():
            judge(session)

    def test_refuse_a_line_added_later(self, session):
        entry = enter(session)
        seal_pending(session)
        judge(session)
        session.add(Row(transaction_id=entry.id, position=9, account=CLEARING, amount_minor=1))
        session.flush()
        with pytest.raises(IntegrityError, match="sum to zero"), session.begin_nested():
            judge(session)

    @pytest.mark.parametrize("table", ["ledger_transaction", "ledger_line", "ledger_seal"])
    @pytest.mark.parametrize(
        "statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"]
    )
    def test_refuse_every_change_even_to_the_owner(self, session, table, statement):
        enter(session)
        seal_pending(session)
        judge(session)
        column = "kind" if table == "ledger_transaction" else "transaction_id"
        command = statement.format(table, column, column)
        command += " CASCADE" if command.startswith("TRUNCATE") else ""
        session.execute(text("RESET ROLE"))
        with pytest.raises(DBAPIError, match="only ever added"), session.begin_nested():
            session.execute(text(command))
        session.execute(text("SET ROLE hanqiao_app"))
