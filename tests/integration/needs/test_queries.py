"""Finding needs through what the actor may see."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, NotFound
from marketplace.needs import permissions
from marketplace.needs.models import Need, NeedRevision, NeedStatus
from marketplace.needs.queries import needs as find
from marketplace.organizations.models import OrganizationStatus

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class TestVisibleTo:
    def test_agrees_with_the_predicate(self, session, make):
        owners = [
            make.organization(),
            make.organization(status=OrganizationStatus.SUSPENDED),
        ]
        needs = [make.need(owner, status=status) for owner in owners for status in NeedStatus]
        actors = [
            VISITOR,
            make.actor(),
            make.reviewer(),
            make.administrator(),
            make.city_officer(),
            make.member_of(owners[0]),
            make.member_of(owners[1]),
            make.member_of(make.organization()),
        ]
        by_id = {owner.id: owner for owner in owners}
        for actor in actors:
            clause = permissions.visible_to(actor)
            found = set(session.scalars(select(Need.id).where(clause)))
            assert found == {
                need.id
                for need in needs
                if permissions.may_see(actor, need, by_id[need.organization_id])
            }


class TestGetNeed:
    def test_brings_the_organization(self, session, make):
        need = make.need()
        session.expunge_all()
        assert find.get_need(session, need.id, actor=VISITOR).organization.name

    def test_is_not_found_by_who_may_not_know(self, session, make):
        with pytest.raises(NotFound):
            find.get_need(session, make.need(status=NeedStatus.DRAFT).id, actor=VISITOR)

    def test_own_needs_are_for_writers(self, session, make):
        owner = make.organization()
        need = make.need(owner)
        assert find.get_own_need(session, need.id, actor=make.member_of(owner)) is need
        actor = make.member_of(owner, MemberRole.OPERATOR_STAFF)
        with pytest.raises(Denied):
            find.get_own_need(session, need.id, actor=actor)
        with pytest.raises(NotFound):
            find.get_own_need(session, need.id, actor=make.administrator())


class TestWorkbench:
    def test_sorts_needs_into_tabs(self, session, make):
        owner = make.organization()
        for status in NeedStatus:
            make.need(owner, status=status)
        make.need()
        assert find.count_tabs(session, owner.id) == {"working": 3, "shown": 2, "finished": 4}
        actor = make.member_of(owner)
        for tab, states in find.TABS.items():
            page = find.list_of_organization(session, owner.id, actor=actor, tab=tab)
            assert {need.status for need in page.items} == set(states)

    def test_does_not_exist_for_others(self, session, make):
        with pytest.raises(NotFound):
            find.list_of_organization(session, make.organization().id, actor=make.administrator())

    def test_shows_what_waits(self, session, make):
        owner = make.organization()
        returned = make.need(owner, status=NeedStatus.RETURNED)
        sent_back = make.need(owner, pending={"title": "x"}, return_reason="Units.")
        make.need(owner, pending={"title": "x"})
        assert set(find.list_returned(session, [owner.id])) == {returned, sent_back}
        near = make.need(owner, deadline_on=date(2026, 11, 30))
        make.need(owner, deadline_on=date(2026, 12, 30))
        make.need(owner, deadline_on=date(2026, 11, 30), status=NeedStatus.DRAFT)
        found = find.list_deadline_near(
            session, [owner.id], today=NOON.date(), within=timedelta(days=14)
        )
        assert list(found) == [near]
        assert near in find.list_named_of(session, owner.id, limit=9)


class TestReviewQueue:
    def test_holds_new_texts_and_changes_oldest_first(self, session, make):
        second = make.need(status=NeedStatus.UNDER_REVIEW, submitted_at=NOON)
        first = make.need(pending={"title": "x"}, pending_submitted_at=NOON - timedelta(hours=1))
        make.need(pending={"title": "x"})
        make.need(status=NeedStatus.DRAFT)
        assert list(find.QUEUE.page(session).items) == [first, second]
        assert find.QUEUE.count(session) == 2
        page = find.QUEUE.page(session, organization_id=second.organization_id)
        assert list(page.items) == [second]

    def test_knows_the_last_reviewed_text(self, session, make):
        need = make.need()
        assert find.REVISIONS.last(session, need.id) is None
        for number in (1, 2):
            row = NeedRevision(need_id=need.id, number=number, content={}, reviewed_at=NOON)
            session.add(row)
        assert find.REVISIONS.last(session, need.id).number == 2
