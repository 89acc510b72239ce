"""Inviting, accepting, changing and ending."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Invitation, Membership, User
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.core.audit import AuditEntry
from marketplace.mail.models import OutboxMail
from marketplace.organizations.models import OrganizationStatus
from marketplace.web.clock import now
from tests.clients import words
from tests.factories.accounts import PASSWORD


@pytest.fixture
def organization(make):
    return make.organization(name="武汉长江电池有限公司")


@pytest.fixture
def owner(client, make, organization):
    return client.sign_in(make.member(organization, name="Li Ming"))


@pytest.fixture
def address(organization):
    return f"/organizations/{organization.id}/members"


def invite(client, address, email="new@example.com", role="editor"):
    return client.post(address, data={"email": email, "role": role})


def token(session):
    return session.scalars(select(OutboxMail).filter_by(topic="invitation")).one().details["token"]


class TestInvite:
    def test_newcomer_makes_an_account_by_the_link(self, app, owner, session, address, make):
        assert invite(owner, address, "New@Example.com").status_code == 303
        link = f"/invitations/{token(session)}"
        newcomer = app.test_client()
        assert "武汉长江电池有限公司" in words(newcomer.get(link))
        easy = newcomer.post(link, data={"name": "Wang Fang", "password": "short"})
        assert easy.status_code == 422

        response = newcomer.post(link, data={"name": "Wang Fang", "password": PASSWORD})

        assert response.status_code == 303
        user = session.scalars(select(User).filter_by(email="new@example.com")).one()
        grant = session.scalars(select(Membership).filter_by(user_id=user.id)).one()
        assert grant.role is MemberRole.EDITOR
        assert newcomer.get(address).status_code == 200
        assert newcomer.get(link).status_code == 410

    def test_person_with_an_account_signs_in_first(self, app, owner, session, address, make):
        user = make.user(email="wang@example.com")
        invite(owner, address, "wang@example.com", "tto_officer")
        link = f"/invitations/{token(session)}"
        invited = app.test_client()
        assert invited.get(link).location == f"/sign-in?next={link}"
        invited.sign_in(user)

        assert invited.get(link).status_code == 200
        assert invited.post(link).status_code == 303

        grant = session.scalars(select(Membership).filter_by(user_id=user.id)).one()
        assert grant.role is MemberRole.TTO_OFFICER
        assert grant.granted_by is not None

    def test_is_for_the_invited_address_alone(self, app, owner, session, address, make):
        invite(owner, address)
        link = f"/invitations/{token(session)}"
        stranger = app.test_client().sign_in(make.user())

        assert stranger.post(link).status_code == 422
        assert session.scalars(select(Invitation)).one().accepted_at is None

    def test_expires_and_can_be_withdrawn(self, app, owner, session, address):
        invite(owner, address)
        invitation = session.scalars(select(Invitation)).one()
        link = f"/invitations/{token(session)}"
        invitation.expires_at = now() - timedelta(seconds=1)
        assert app.test_client().get(link).status_code == 410
        assert "new@example.com" in words(owner.get(address))

        base = address.removesuffix("/members")
        assert owner.post(f"{base}/invitations/{invitation.id}/withdraw").status_code == 303
        assert owner.post(f"{base}/invitations/{invitation.id}/withdraw").status_code == 404
        assert invite(owner, address).status_code == 303

    def test_refuses_a_second_open_one_and_a_role_that_is_held(
        self, owner, address, make, organization
    ):
        make.member(organization, MemberRole.EDITOR, email="wang@example.com")

        assert invite(owner, address, "wang@example.com", "editor").status_code == 422
        assert invite(owner, address).status_code == 303
        assert invite(owner, address).status_code == 422

    @pytest.mark.parametrize(("email", "role"), [("nobody", "editor"), ("a@example.com", "king")])
    def test_refuses_what_is_no_invitation(self, owner, session, address, email, role):
        assert invite(owner, address, email, role).status_code == 422
        assert session.scalars(select(Invitation)).all() == []

    def test_is_for_owners_and_administrators(self, app, session, address, make, organization):
        editor = app.test_client().sign_in(make.member(organization, MemberRole.EDITOR))
        stranger = app.test_client().sign_in(make.member())
        admin = app.test_client().sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))

        assert invite(editor, address).status_code == 403
        assert editor.get(address).status_code == 200
        assert invite(stranger, address).status_code == 404
        assert stranger.get(address).status_code == 404
        assert invite(admin, address).status_code == 303


class TestChange:
    def grant(self, session, user):
        open_ones = select(Membership).filter_by(user_id=user.id, ended_at=None)
        return session.scalars(open_ones).one()

    def test_ends_the_old_role_and_starts_the_new(
        self, owner, session, address, make, organization
    ):
        user = make.member(organization, MemberRole.EDITOR)
        before = self.grant(session, user)

        response = owner.post(f"{address}/{before.id}/role", data={"role": "tto_officer"})

        assert response.status_code == 303
        assert before.ended_at is not None
        after = self.grant(session, user)
        assert (after.role, after.started_at) == (MemberRole.TTO_OFFICER, before.ended_at)
        assert "membership.started" in session.scalars(select(AuditEntry.action)).all()

    def test_same_role_changes_nothing(self, owner, session, address, make, organization):
        user = make.member(organization, MemberRole.EDITOR)
        grant = self.grant(session, user)

        owner.post(f"{address}/{grant.id}/role", data={"role": "editor"})

        assert self.grant(session, user) is grant

    def test_does_not_double_a_role(self, owner, session, address, make, organization):
        user = make.member(organization, MemberRole.EDITOR)
        first = self.grant(session, user)
        make.membership(user, organization, MemberRole.TTO_OFFICER)

        owner.post(f"{address}/{first.id}/role", data={"role": "tto_officer"})

        assert first.ended_at is None

    def test_last_owner_stays_one(self, owner, session, address, organization):
        grant = session.scalars(select(Membership)).one()

        owner.post(f"{address}/{grant.id}/role", data={"role": "editor"})
        assert grant.ended_at is None
        owner.post(f"{address}/{grant.id}/role", data={"role": "king"})
        assert grant.ended_at is None
        owner.post(f"{address}/{grant.id}/end")
        assert grant.ended_at is None

        page = words(owner.get(address))
        assert "单位至少要有一名负责人" in page

    def test_owner_leaves_once_another_is_there(self, owner, session, address, make, organization):
        grant = session.scalars(select(Membership)).one()
        make.member(organization)

        assert owner.post(f"{address}/{grant.id}/end").location == "/account"
        assert grant.ended_at is not None
        assert owner.get(address).status_code == 404

    def test_owner_dismisses_and_the_access_ends_at_once(
        self, app, owner, session, address, make, organization
    ):
        user = make.member(organization, MemberRole.EDITOR, name="Wang Fang")
        editor = app.test_client().sign_in(user)
        assert editor.get(address).status_code == 200

        owner.post(f"{address}/{self.grant(session, user).id}/end")

        assert editor.get(address).status_code == 404
        assert "Wang Fang" in words(owner.get(address))

    def test_editor_leaves_but_dismisses_nobody(
        self, app, owner, session, address, make, organization
    ):
        user = make.member(organization, MemberRole.EDITOR)
        other = make.member(organization, MemberRole.EDITOR)
        editor = app.test_client().sign_in(user)

        assert editor.post(f"{address}/{self.grant(session, other).id}/end").status_code == 403
        role = editor.post(
            f"{address}/{self.grant(session, other).id}/role", data={"role": "owner"}
        )
        assert role.status_code == 403
        assert editor.post(f"{address}/{self.grant(session, user).id}/end").status_code == 303

    def test_foreign_grants_are_not_there(self, owner, session, address, make):
        stranger = make.member()
        grant = self.grant(session, stranger)

        assert owner.post(f"{address}/{grant.id}/end").status_code == 404
        assert owner.post(f"{address}/{grant.id}/role", data={"role": "owner"}).status_code == 404
        hidden = make.organization(status=OrganizationStatus.APPLIED)
        assert owner.get(f"/organizations/{hidden.id}/members").status_code == 404
