from __future__ import annotations

import pytest

from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.matching.queries.figures import list_versions
from marketplace.matching.services import weights
from tests.conftest import NOON


def add(session, actor, **values):
    values.setdefault("weights", {"words": 0.4})
    values.setdefault("push_from", 0.7)
    return weights.add(session, actor=actor, note="", now=NOON, **values)


class TestEnsure:
    def test_makes_the_first_version_once(self, session):
        first = weights.ensure(session, first={"words": 1.0}, now=NOON)
        assert (first.number, first.is_active, first.weights) == (1, True, {"words": 1.0})
        assert weights.ensure(session, first={"words": 0.0}, now=NOON).id == first.id


class TestAdd:
    def test_waits_until_it_is_made_active(self, session, make):
        make.match_weights()
        added = add(session, make.administrator())
        assert (added.number, added.is_active) == (2, False)
        assert weights.active(session).number == 1

    def test_refuses_one_that_is_there_already(self, session, make):
        actor = make.administrator()
        add(session, actor)
        with pytest.raises(RuleBroken):
            add(session, actor)
        add(session, actor, push_from=0.8)

    def test_is_for_administrators(self, session, make):
        with pytest.raises(Denied):
            add(session, make.reviewer())


class TestActivate:
    def test_leaves_one_active(self, session, make):
        make.match_weights()
        actor = make.administrator()
        add(session, actor)
        weights.activate(session, actor=actor, number=2, now=NOON)
        assert [(one.number, one.is_active) for one in list_versions(session)] == [
            (2, True),
            (1, False),
        ]
        weights.activate(session, actor=actor, number=2, now=NOON)
        assert weights.active(session).number == 2

    def test_of_an_unknown_version_is_not_found(self, session, make):
        with pytest.raises(NotFound):
            weights.activate(session, actor=make.administrator(), number=9, now=NOON)

    def test_is_for_administrators(self, session, make):
        make.match_weights()
        with pytest.raises(Denied):
            weights.activate(session, actor=make.actor(), number=1, now=NOON)
