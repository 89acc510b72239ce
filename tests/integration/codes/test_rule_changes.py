"""Administrators change figures, and the history keeps what they were."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from marketplace.codes import rules
from marketplace.codes.rules import Unit
from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken

KEY = rules.declare("t.days", 15, Unit.DAYS, "Days of a test", "A rule", confirmed=False)
WORD = rules.declare("t.word", "here", Unit.TEXT, "Word of a test", "A rule", confirmed=True)


@pytest.fixture
def admin(make):
    return make.administrator()


def change(session, admin, now, **values):
    given = {
        "key": KEY,
        "typed": "20",
        "source": "Notice 3",
        "confirmed": True,
        "reason": "New notice",
    }
    return rules.change_rule(session, actor=admin, now=now, **(given | values))


class TestValue:
    def test_is_the_default_until_changed(self, session, admin, now):
        assert rules.number(session, KEY) == 15
        change(session, admin, now)
        assert rules.number(session, KEY) == 20
        assert rules.numbers(session, [KEY]) == {KEY: 20}

    def test_may_be_a_text(self, session, admin, now):
        change(session, admin, now, key=WORD, typed="there")
        assert rules.value(session, WORD) == "there"

    def test_needs_a_declaration(self, session):
        with pytest.raises(KeyError):
            rules.value(session, "t.nobody")


class TestChangeRule:
    def test_keeps_what_it_was(self, session, admin, now):
        change(session, admin, now)
        change(session, admin, now, typed="25", confirmed=False)
        found = {(row.before, row.after) for row in rules.list_changes(session, KEY)}
        assert found == {("15", "20"), ("20", "25")}
        shown = rules.get_rule(session, KEY)
        assert (shown.value, shown.source, shown.confirmed) == (25, "Notice 3", False)
        assert shown in rules.list_rules(session)

    def test_is_for_administrators(self, session, make, now):
        with pytest.raises(Denied):
            change(session, make.actor(make.user()), now)

    def test_needs_a_reason(self, session, admin, now):
        with pytest.raises(RuleBroken):
            change(session, admin, now, reason="")

    def test_shows_a_change_made_meanwhile(self, session, admin, now):
        change(session, admin, now)
        with pytest.raises(EditedElsewhere):
            change(session, admin, now, typed="30", seen="15")

    def test_knows_declared_keys_only(self, session, admin, now):
        with pytest.raises(NotFound):
            change(session, admin, now, key="t.nobody")

    def test_leaves_a_history_that_nobody_alters(self, session, admin, now):
        change(session, admin, now)
        with pytest.raises(DatabaseError), session.begin_nested():
            session.execute(text("UPDATE rule_change SET after = '99'"))
