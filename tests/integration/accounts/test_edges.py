"""Steps that come too late, twice, or from the wrong person."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from marketplace.accounts import queries
from marketplace.accounts.models import AccountToken, Membership, PlatformGrant
from marketplace.accounts.services import (
    credentials,
    memberships,
    personal_data,
    preferences,
    registration,
    roles,
    second_step,
)
from marketplace.core.actor import VISITOR, MemberRole, PlatformRole
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.mail.models import OutboxMail
from marketplace.organizations.models import OrganizationStatus
from marketplace.organizations.queries import find_by_credit_code
from tests.conftest import NOON
from tests.factories.accounts import PASSWORD
from tests.jobs import run_jobs, topics


def mails(session):
    return [(mail.topic, mail.recipient) for mail in session.scalars(select(OutboxMail))]


class TestRegistration:
    def test_says_nothing_to_a_suspended_person(self, session, make):
        user = make.user(suspended_at=NOON)

        registration.start_registration(
            session, email=user.email, name="Li", language="zh", now=NOON
        )

        assert mails(session) == []

    def test_two_links_to_one_address_make_one_account(self, session, make):
        """The link was followed after the address had got an account by an invitation."""
        registration.start_registration(
            session, email="li@example.com", name="Li", language="zh", now=NOON
        )
        token = session.scalars(select(OutboxMail)).one().details["token"]
        make.user(email="li@example.com")

        with pytest.raises(RuleBroken) as error:
            registration.complete_registration(
                session, token=token, name="Li", password=PASSWORD, now=NOON
            )
        assert error.value.field == "email"


class TestLinks:
    def token(self, session):
        return session.scalars(select(OutboxMail)).one().details["token"]

    def test_of_a_reset_end_with_the_hour(self, session, make):
        credentials.start_reset(session, email=make.user().email, now=NOON)

        with pytest.raises(NotFound):
            credentials.reset_password(
                session,
                token=self.token(session),
                password="a quite new sentence",
                now=NOON + timedelta(hours=1),
            )

    @pytest.mark.parametrize("moment", ["suspended_at", "closed_at"])
    def test_of_a_reset_do_not_open_a_shut_account(self, session, make, moment):
        user = make.user()
        credentials.start_reset(session, email=user.email, now=NOON)
        setattr(user, moment, NOON)

        with pytest.raises(NotFound):
            credentials.reset_password(
                session, token=self.token(session), password="a quite new sentence", now=NOON
            )
        credentials.start_reset(session, email=user.email, now=NOON)
        assert len(mails(session)) == 1

    def test_of_a_reset_are_no_links_for_an_address(self, session, make):
        credentials.start_reset(session, email=make.user().email, now=NOON)

        with pytest.raises(NotFound):
            credentials.confirm_email(session, token=self.token(session), now=NOON)

    def test_of_an_address_that_was_taken_meanwhile(self, session, make):
        user = make.user()
        credentials.ask_to_change_email(
            session, actor=make.actor(user), email="new@example.com", password=PASSWORD, now=NOON
        )
        make.user(email="new@example.com")

        with pytest.raises(RuleBroken):
            credentials.confirm_email(session, token=self.token(session), now=NOON)

    def test_of_an_address_do_not_open_a_shut_account(self, session, make):
        user = make.user()
        credentials.ask_to_change_email(
            session, actor=make.actor(user), email="new@example.com", password=PASSWORD, now=NOON
        )
        user.suspended_at = NOON

        with pytest.raises(NotFound):
            credentials.confirm_email(session, token=self.token(session), now=NOON)

    def test_new_password_makes_older_links_worthless(self, session, make):
        user = make.user()
        credentials.start_reset(session, email=user.email, now=NOON)
        credentials.change_password(
            session,
            actor=make.actor(user),
            password=PASSWORD,
            new_password="a quite new sentence",
            kept_sign_in=None,
            now=NOON,
        )

        assert session.scalars(select(AccountToken)).one().used_at == NOON


class TestPreferences:
    def test_tell_nothing_when_the_switch_stays(self, session, make):
        user = make.user()

        preferences.change_preferences(
            session, actor=make.actor(user), name="Li", language="en", personal_matching=True
        )

        assert topics(session) == set()

    def test_are_for_persons(self, session):
        with pytest.raises(NotFound):
            preferences.change_preferences(
                session, actor=VISITOR, name="Li", language="en", personal_matching=True
            )


class TestMemberships:
    def test_invitation_to_a_role_that_came_meanwhile_is_used_up(self, session, make):
        organization = make.organization()
        user = make.user(email="li@example.com")
        memberships.invite(
            session,
            actor=make.member_of(organization),
            organization_id=organization.id,
            email=user.email,
            role=MemberRole.EDITOR,
            now=NOON,
        )
        token = session.scalars(select(OutboxMail)).one().details["token"]
        make.membership(user, organization, MemberRole.EDITOR)

        accepted = memberships.accept_invitation(
            session, actor=make.actor(user), token=token, now=NOON
        )

        assert accepted.accepted_at == NOON
        held = select(Membership).filter_by(user_id=user.id)
        assert len(session.scalars(held).all()) == 1

    def test_of_a_hidden_organization_are_not_there(self, session, make):
        organization = make.organization(status=OrganizationStatus.APPLIED)
        make.member(organization)
        grant = session.scalars(select(Membership)).one()

        for actor in (make.member_of(make.organization()), make.reviewer()):
            with pytest.raises(NotFound):
                memberships.end_membership(
                    session,
                    actor=actor,
                    organization_id=organization.id,
                    membership_id=grant.id,
                    now=NOON,
                )


class TestRoles:
    def test_are_given_and_ended_by_administrators_alone(self, session, make):
        user = make.platform_user(PlatformRole.CITY_OFFICER)
        grant = session.scalars(select(PlatformGrant)).one()
        reviewer = make.reviewer()

        with pytest.raises(Denied):
            roles.grant_role(
                session, actor=reviewer, user_id=user.id, role=PlatformRole.REVIEWER, now=NOON
            )
        with pytest.raises(Denied):
            roles.end_role(session, actor=reviewer, user_id=user.id, grant_id=grant.id, now=NOON)
        with pytest.raises(Denied):
            roles.suspend_user(session, actor=reviewer, user_id=user.id, reason="x", now=NOON)
        with pytest.raises(Denied):
            roles.restore_user(session, actor=reviewer, user_id=user.id, now=NOON)

    def test_are_not_given_to_shut_accounts(self, session, make):
        user = make.user(closed_at=NOON)

        with pytest.raises(StepNotAllowed):
            roles.grant_role(
                session,
                actor=make.administrator(),
                user_id=user.id,
                role=PlatformRole.REVIEWER,
                now=NOON,
            )

    def test_end_once_and_under_their_owner(self, session, make):
        user = make.platform_user(PlatformRole.REVIEWER)
        grant = session.scalars(select(PlatformGrant)).one()
        administrator = make.administrator()

        with pytest.raises(NotFound):
            roles.end_role(
                session, actor=administrator, user_id=uuid4(), grant_id=grant.id, now=NOON
            )
        roles.end_role(session, actor=administrator, user_id=user.id, grant_id=grant.id, now=NOON)
        with pytest.raises(NotFound):
            roles.end_role(
                session, actor=administrator, user_id=user.id, grant_id=grant.id, now=NOON
            )

    def test_suspension_needs_a_reason(self, session, make):
        with pytest.raises(RuleBroken) as error:
            roles.suspend_user(
                session,
                actor=make.administrator(),
                user_id=make.user().id,
                reason="  ",
                now=NOON,
            )
        assert error.value.field == "reason"

    def test_holders_are_found(self, session, make):
        holder = make.platform_user(PlatformRole.REVIEWER)
        make.platform_user(PlatformRole.REVIEWER, suspended_at=NOON)

        assert queries.list_role_holders(session, PlatformRole.REVIEWER, at=NOON) == [holder]


class TestSecondStep:
    def test_is_not_confirmed_before_it_was_begun(self, session, make):
        with pytest.raises(StepNotAllowed):
            second_step.confirm(session, actor=make.actor(), code="000000", now=NOON)


class TestMailsToOwners:
    def test_tell_of_a_suspension_and_ignore_what_is_gone(self, app, session, make):
        from marketplace.core import jobs

        organization = make.organization(status=OrganizationStatus.SUSPENDED)
        owner = make.member(organization)
        make.member(organization, MemberRole.EDITOR)
        jobs.tell(session, "organization.suspended", id=str(organization.id))
        jobs.tell(session, "organization.suspended", id=str(uuid4()))

        run_jobs(app, session)

        assert mails(session) == [("organization_suspended", owner.email)]


class TestQueries:
    def test_finds_by_code_whatever_its_state(self, session, make):
        organization = make.organization(status=OrganizationStatus.APPLIED)

        assert find_by_credit_code(session, organization.credit_code.lower()) is organization
        assert find_by_credit_code(session, "x") is None


class TestPersonalData:
    def test_takes_a_domains_own_part(self, session, make, monkeypatch):
        monkeypatch.setattr(personal_data, "_parts", {})
        personal_data.register("extra", lambda _session, _user_id: [{"on": 1}])

        found = personal_data.gather(session, actor=make.actor(), now=NOON)

        assert found["extra"] == [{"on": 1}]
