from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.core.actor import VISITOR, Actor, MemberRole, PlatformRole, require
from marketplace.core.errors import Denied

HOME, OTHER = uuid4(), uuid4()


class TestActor:
    def test_visitor_is_nobody(self):
        assert VISITOR.is_visitor
        assert not VISITOR.may_write_for(HOME)

    @pytest.mark.parametrize("role", MemberRole)
    def test_writes_only_as_owner_editor_or_transfer_officer(self, role):
        actor = Actor(user_id=uuid4(), memberships={HOME: frozenset({role})})
        writes = role in (MemberRole.OWNER, MemberRole.EDITOR, MemberRole.TTO_OFFICER)
        assert actor.may_write_for(HOME) is writes
        assert not actor.may_write_for(OTHER)
        assert actor.has_role(HOME, role)
        assert actor.is_member(HOME)
        assert actor.organization_ids == {HOME}

    @pytest.mark.parametrize(
        ("role", "question"),
        [
            (PlatformRole.REVIEWER, "is_reviewer"),
            (PlatformRole.ADMINISTRATOR, "is_administrator"),
            (PlatformRole.CITY_OFFICER, "is_city_officer"),
        ],
    )
    def test_knows_its_platform_role(self, role, question):
        assert getattr(Actor(user_id=uuid4(), roles=frozenset({role})), question)
        assert not getattr(VISITOR, question)


class TestRequire:
    def test_raises_unless_allowed(self):
        require(True)
        with pytest.raises(Denied):
            require(False)
