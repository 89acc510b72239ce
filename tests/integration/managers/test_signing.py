"""Mandates signed by both through papers; exclusive ones one at a time."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.actor import MemberRole
from marketplace.core.errors import Denied, RuleBroken
from marketplace.managers import services
from marketplace.managers.models import (
    MandateStatus,
)
from marketplace.managers.queries import mandates as find
from marketplace.managers.services.mandates import OBJECT_KIND
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from tests.jobs import topics
from tests.mandates import NOON, draft_of, drafted, offered, sign


class TestSigning:
    def test_brings_it_into_force_with_the_last_signature(
        self, session, client_actor, manager, profile, need
    ):
        mandate = drafted(session, client_actor, profile, need)
        offered(session, client_actor, mandate)
        sign(session, client_actor, mandate)
        assert mandate.status is MandateStatus.OFFERED
        sign(session, manager, mandate)
        assert (mandate.status, mandate.signed_at) == (MandateStatus.SIGNED, NOON)
        assert all(record.active for record in find.load_mandate(session, mandate.id).records)
        assert "mandate.signed" in topics(session)

    def test_is_not_for_whoever_only_edits(self, session, make, client_actor, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        offered(session, client_actor, mandate)
        owner = session.get_one(type(make.organization()), need.organization_id)
        with pytest.raises(Denied):
            sign(session, make.member_of(owner, MemberRole.EDITOR), mandate)

    def test_stops_when_the_text_is_taken_back(self, session, client_actor, manager, profile, need):
        mandate = drafted(session, client_actor, profile, need)
        offered(session, client_actor, mandate)
        sign(session, client_actor, mandate)
        services.revise_mandate(session, actor=manager, mandate_id=mandate.id, now=NOON)
        assert mandate.status is MandateStatus.DRAFT
        with pytest.raises(Denied):
            sign(session, manager, mandate)
        services.edit_mandate(
            session,
            actor=manager,
            mandate_id=mandate.id,
            draft=draft_of(need, success_fee_bp=600),
            version=mandate.version,
            now=NOON,
        )
        offered(session, manager, mandate)
        sign(session, manager, mandate)
        # The client's signature under the old text does not count for the new one.
        assert mandate.status is MandateStatus.OFFERED

    def test_refuses_a_second_exclusive_mandate_at_one_time(
        self, session, make, client_actor, need
    ):
        first, second = (
            drafted(session, client_actor, make.manager(), need, exclusive=True) for _ in range(2)
        )
        for mandate in (first, second):
            offered(session, client_actor, mandate)
            sign(session, client_actor, mandate)
        sign(session, make.manager_actor(first.manager), first)
        with pytest.raises(RuleBroken, match="exclusive mandate covers"):
            sign(session, make.manager_actor(second.manager), second)

    def test_may_follow_one_that_ended_early(self, session, make, client_actor, need):
        first = make.mandate(record=need, exclusive=True, status=MandateStatus.SIGNED)
        second = drafted(session, client_actor, make.manager(), need, exclusive=True)
        with pytest.raises(RuleBroken, match="exclusive mandate covers"):
            offered(session, client_actor, second)
        services.end_mandate(
            session, actor=client_actor, mandate_id=first.id, reason="换人", now=NOON
        )
        assert offered(session, client_actor, second).status is MandateStatus.OFFERED

    def test_may_follow_in_time(self, session, make, client_actor, profile, need):
        make.mandate(record=need, exclusive=True, status=MandateStatus.SIGNED)
        later = drafted(
            session,
            client_actor,
            profile,
            need,
            exclusive=True,
            starts_on=date(2027, 10, 1),
            ends_on=date(2028, 9, 30),
        )
        assert offered(session, client_actor, later).status is MandateStatus.OFFERED


class TestMaySeePaper:
    def test_is_for_the_two_sides(self, session, make, client_actor, manager, profile, need):
        from marketplace.managers.services.mandates import may_see_paper, may_sign_paper

        mandate = drafted(session, client_actor, profile, need)
        offered(session, client_actor, mandate)
        paper = current(session, PaperKind.MANDATE, OBJECT_KIND, mandate.id)
        assert may_see_paper(session, client_actor, mandate.id)
        assert may_see_paper(session, manager, mandate.id)
        assert not may_see_paper(session, make.reviewer(), mandate.id)
        assert not may_see_paper(session, manager, need.id)
        own, other = (
            next(one for one in paper.parties if bool(one.person_id) is wanted)
            for wanted in (True, False)
        )
        assert may_sign_paper(session, manager, paper, own)
        assert not may_sign_paper(session, manager, paper, other)
