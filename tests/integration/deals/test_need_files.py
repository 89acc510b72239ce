"""Files of a need: by visibility; confidential ones after both signatures, each opening logged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.deals.models import DealStage, DealView
from marketplace.deals.queries import room
from marketplace.files import services as files
from marketplace.files.models import Visibility
from marketplace.files.queries import get_attachment
from marketplace.needs.models import NeedStatus
from marketplace.needs.services.attachments import attach_to_need, detach_from_need
from marketplace.organizations.models import Organization
from tests.factories.performance import NOON, UPLOAD

V = Visibility


@pytest.fixture
def deal(make, session):
    need = make.need()
    found = make.deal(DealStage.INQUIRY, licensee_id=need.organization_id)
    found.need_id = need.id
    session.flush()
    return found


@pytest.fixture
def sides(make, deal):
    return make.side(deal.licensor_id), make.side(deal.licensee_id)


@pytest.fixture
def attached(session, deal, sides):
    return {
        one: attach_to_need(
            session,
            actor=sides[1],
            need_id=deal.need_id,
            upload=UPLOAD,
            visibility=one,
            now=NOON,
        )
        for one in Visibility
    }


def opens(session, actor, file):
    try:
        get_attachment(session, file.id, actor=actor)
    except NotFound:
        return False
    return True


def seen(session, actor, attached):
    return {one for one, file in attached.items() if opens(session, actor, file)}


class TestAttach:
    def test_is_the_owners_alone_and_while_it_is_open(self, session, make, deal, sides):
        base = {"need_id": deal.need_id, "upload": UPLOAD, "visibility": V.PUBLIC, "now": NOON}
        with pytest.raises(NotFound):
            attach_to_need(session, actor=sides[0], **base)
        file = attach_to_need(session, actor=sides[1], **base)
        other = make.need(organization=session.get_one(Organization, deal.licensee_id))
        with pytest.raises(NotFound):
            detach_from_need(
                session, actor=sides[1], need_id=other.id, attachment_id=file.id, now=NOON
            )
        detach_from_need(
            session, actor=sides[1], need_id=deal.need_id, attachment_id=file.id, now=NOON
        )
        assert file.removed_at == NOON

    def test_ends_with_the_need(self, session, make):
        need = make.need(status=NeedStatus.WITHDRAWN)
        with pytest.raises(RuleBroken, match="is over"):
            attach_to_need(
                session,
                actor=make.side(need.organization_id),
                need_id=need.id,
                upload=UPLOAD,
                visibility=V.PUBLIC,
                now=NOON,
            )


class TestOpen:
    def test_follows_visibility_before_anything_was_signed(
        self, session, make, deal, sides, attached
    ):
        assert seen(session, VISITOR, attached) == {V.PUBLIC}
        assert seen(session, sides[0], attached) == {V.PUBLIC, V.SIGNED_IN}
        assert seen(session, sides[1], attached) == set(Visibility)
        viewer = room.viewer_of(session, sides[0], deal)
        assert V.CONFIDENTIAL not in {
            one.visibility for one in room.record_files(session, deal, viewer, "need")
        }

    def test_opens_the_confidential_once_both_have_signed_and_logs_it(
        self, session, make, deal, sides, attached
    ):
        deal.confidential_at = NOON
        session.flush()
        stranger = make.side(make.need().organization_id)
        assert V.CONFIDENTIAL not in seen(session, stranger, attached)
        assert seen(session, sides[0], attached) == set(Visibility) - {V.INTERNAL}
        viewer = room.viewer_of(session, sides[0], deal)
        found = {one.visibility for one in room.record_files(session, deal, viewer, "need")}
        assert found == set(Visibility) - {V.INTERNAL}
        file = attached[V.CONFIDENTIAL]
        files.open_confidential(session, sides[0], attachment_id=file.id, now=NOON)
        files.open_confidential(session, sides[1], attachment_id=file.id, now=NOON)
        views = session.scalars(select(DealView).where(DealView.deal_id == deal.id)).all()
        assert [(one.object_kind, one.object_id, one.person_id) for one in views] == [
            ("need_file", file.id, sides[0].user_id)
        ]
        deal.stage, deal.ended_at, deal.lapse_reason = DealStage.LAPSED, NOON, "price"
        session.flush()
        assert V.CONFIDENTIAL not in seen(session, sides[0], attached)

    def test_deal_without_a_need_has_none(self, session, make, sides, deal):
        deal.need_id = None
        viewer = room.viewer_of(session, sides[0], deal)
        assert room.record_files(session, deal, viewer, "need") == []


def test_reading_members_do_not_attach(session, make, deal):
    reader = make.side(deal.licensee_id, MemberRole.OPERATOR_STAFF)
    with pytest.raises(Denied):
        attach_to_need(
            session,
            actor=reader,
            need_id=deal.need_id,
            upload=UPLOAD,
            visibility=V.PUBLIC,
            now=NOON,
        )
