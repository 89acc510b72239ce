"""The makers that every domain's tests stand on."""

from __future__ import annotations

from marketplace.accounts.passwords import matches
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.organizations.models import OrganizationStatus
from tests.factories.accounts import PASSWORD


class TestMake:
    def test_member_belongs_to_a_verified_organization(self, make):
        organization = make.organization()

        actor = make.member_of(organization, MemberRole.EDITOR)

        assert actor.memberships == {organization.id: frozenset({MemberRole.EDITOR})}
        assert actor.verified == {organization.id}

    def test_member_of_an_applicant_is_not_verified(self, make):
        organization = make.organization(status=OrganizationStatus.APPLIED)

        assert make.member_of(organization).verified == frozenset()

    def test_reviewer_may_belong_to_an_organization(self, make):
        organization = make.organization()

        actor = make.reviewer(member_of=organization)

        assert actor.roles == {PlatformRole.REVIEWER}
        assert actor.is_member(organization.id)

    def test_user_signs_in_with_the_known_password(self, make):
        assert matches(make.user().password_hash, PASSWORD)
