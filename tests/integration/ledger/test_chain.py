"""The chain of the books and the trail: whatever is done to their rows is found."""

from __future__ import annotations

import random
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from marketplace.core import audit, chain
from marketplace.ledger import queries
from marketplace.ledger.commands import BROKEN
from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post, seal_pending
from tests.conftest import NOON

TABLES = ("ledger_transaction", "ledger_line", "ledger_seal")


@pytest.fixture
def book(session):
    """Five entries, sealed as commits seal them."""
    for number in range(1, 6):
        post(
            session,
            kind=TransactionKind.CAPTURE,
            reference=f"capture:{number}",
            lines=[
                Line(Account.STRIPE_CLEARING, 100 * number),
                Line(Account.PREPAID, -100 * number, uuid4()),
            ],
            now=NOON,
            about=("payment", uuid4()),
            memo=f"第{number}笔",
        )
        seal_pending(session)
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    return session


def tamper(session, *statements):
    """Change the tables as somebody with the keys of the database could."""
    session.execute(text("RESET ROLE"))
    for table in TABLES:
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for statement in statements:
        session.execute(text(statement))
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table in TABLES:
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    session.execute(text("SET ROLE hanqiao_app"))
    session.expire_all()


def places(session):
    return {fault.number for fault in queries.verify(session)}


ONE = "(SELECT transaction_id FROM ledger_seal WHERE number = 3)"


class TestVerify:
    def test_finds_nothing_in_an_untouched_book(self, book):
        assert places(book) == set()

    def test_finds_nothing_in_an_empty_book(self, session):
        assert places(session) == set()

    @pytest.mark.parametrize(
        "change",
        [
            "kind = 'fee'",
            "reference = 'capture:9'",
            "memo = ''",
            "at = at + interval '1 microsecond'",
            "object_kind = 'payout'",
            "object_id = NULL",
            "reverses_id = id",
        ],
    )
    def test_finds_an_altered_entry(self, book, change):
        tamper(book, f"UPDATE ledger_transaction SET {change} WHERE id = {ONE}")  # noqa: S608 — the test's own text
        assert places(book) == {3}

    @pytest.mark.parametrize(
        "change",
        [
            "amount_minor = amount_minor + 1",
            "account = 'bank'",
            "owner_id = NULL",
            "currency = 'USD'",
            "position = position + 5",
        ],
    )
    def test_finds_an_altered_line(self, book, change):
        tamper(
            book,
            f"UPDATE ledger_line SET {change} WHERE position = 1 AND transaction_id = {ONE}",  # noqa: S608 — the test's own text
        )
        assert places(book) == {3}

    def test_finds_removed_and_added_lines(self, book):
        tamper(
            book,
            f"DELETE FROM ledger_line WHERE position = 1 AND transaction_id = {ONE}",  # noqa: S608 — the test's own text
            "INSERT INTO ledger_line (transaction_id, position, account, amount_minor, currency)"
            " SELECT transaction_id, 7, 'bank', 1, 'CNY' FROM ledger_seal WHERE number = 5",
        )
        assert places(book) == {3, 5}

    def test_finds_an_entry_without_a_place(self, book):
        tamper(book, "DELETE FROM ledger_seal WHERE number = 5")
        assert places(book) == {0, 5}

    def test_finds_removed_reordered_and_cut_entries(self, book):
        tamper(
            book,
            "UPDATE ledger_seal SET number = 99 WHERE number = 2",
            "UPDATE ledger_seal SET number = 2 WHERE number = 3",
            "UPDATE ledger_seal SET number = 3 WHERE number = 99",
        )
        assert places(book) >= {2, 3}


class TestCommand:
    def test_says_that_the_books_hold(self, app, book):
        result = app.test_cli_runner().invoke(args=["ledger", "verify"])
        assert (result.exit_code, "5 entries" in result.output) == (0, True)

    def test_fails_and_names_the_place(self, app, book):
        tamper(book, f"UPDATE ledger_transaction SET memo = 'x' WHERE id = {ONE}")  # noqa: S608 — the test's own text
        result = app.test_cli_runner().invoke(args=["ledger", "verify"])
        assert (result.exit_code, "No. 3: the row was altered" in result.output) == (BROKEN, True)


class TestRolledBackSavepoint:
    def test_takes_no_place_in_the_chain(self, session):
        lines = [Line(Account.BANK, 5), Line(Account.PREPAID, -5)]
        savepoint = session.begin_nested()
        post(session, kind=TransactionKind.FEE, reference="gone", lines=lines, now=NOON)
        savepoint.rollback()
        post(session, kind=TransactionKind.FEE, reference="kept", lines=lines, now=NOON)
        session.commit()
        assert [link.content[2] for link in queries.links(session)] == ["kept"]
        assert places(session) == set()


def _other_byte(rng: random.Random, value: object) -> object:
    """Change one character, digit or item of a value, wherever it is nested."""
    if isinstance(value, list) and value:
        index = rng.randrange(len(value))
        return [*value[:index], _other_byte(rng, value[index]), *value[index + 1 :]]
    if isinstance(value, dict) and value:
        key = rng.choice(sorted(value))
        return {**value, key: _other_byte(rng, value[key])}
    if isinstance(value, int):
        return value + rng.choice([-1, 1])
    if isinstance(value, str) and value:
        index = rng.randrange(len(value))
        sign = chr((ord(value[index]) + rng.randrange(1, 90)) % 0xD000 or 1)
        return value[:index] + sign + value[index + 1 :]
    return "added"


def _tampered(rng, links, head):
    """Give a copy of a chain with one thing changed, as a thief of the table would."""
    links = list(links)
    at = rng.randrange(len(links))
    kind = rng.choice(["byte", "byte", "byte", "hash", "remove", "swap", "add", "rehash", "head"])
    one = links[at]
    if kind == "byte":
        links[at] = replace(one, content=_other_byte(rng, list(one.content)))
    elif kind == "hash":
        name = rng.choice(["hash", "previous_hash"])
        links[at] = replace(one, **{name: _other_byte(rng, getattr(one, name))})
    elif kind == "remove":
        del links[at]
    elif kind == "swap":
        other = (at + 1) % len(links)
        links[at], links[other] = (
            replace(links[other], number=one.number),
            replace(one, number=links[other].number),
        )
        links.sort(key=lambda link: link.number)
    elif kind == "add":
        links.append(replace(one, number=len(links) + 1, previous_hash=links[-1].hash))
    elif kind == "rehash":
        # The row is altered and given the hash that fits it.
        content = _other_byte(rng, list(one.content))
        fitting = chain.digest(one.previous_hash, one.number, content)
        links[at] = replace(one, content=content, hash=fitting)
    else:
        head = (head[0], _other_byte(rng, head[1]))
    return links, head


class TestThousandTrials:
    """Copies in memory are walked by the very function that walks the tables."""

    def test_each_change_of_the_books_is_found(self, book):
        links, head = list(queries.links(book)), queries.head_of(book)
        assert list(chain.walk(links, head)) == []
        rng = random.Random(20261120)  # noqa: S311 — no secret
        for _ in range(1000):
            assert list(chain.walk(*_tampered(rng, links, head)))

    def test_each_change_of_the_trail_is_found(self, session):
        for number in range(8):
            audit.record(
                session,
                actor=None,
                action=f"test.step{number}",
                kind="test",
                object_id=uuid4(),
                now=NOON,
                what={"步骤": number, "why": ["a", "b"]},
            )
        audit.write_pending(session)
        links, head = list(audit.links(session)), audit.head_of(session)
        assert list(chain.walk(links, head)) == []
        rng = random.Random(20261121)  # noqa: S311 — no secret
        for _ in range(1000):
            assert list(chain.walk(*_tampered(rng, links, head)))
