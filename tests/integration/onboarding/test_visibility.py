"""Who may see an organization: the predicate and the SQL clause say the same."""

from __future__ import annotations

from typing import ClassVar

import pytest
from sqlalchemy import select

from marketplace.core.actor import VISITOR, MemberRole
from marketplace.core.errors import NotFound
from marketplace.organizations.models import Organization, OrganizationStatus
from marketplace.organizations.permissions import may_see, visible_to
from marketplace.organizations.queries import get_organization

VERIFIED = {OrganizationStatus.VERIFIED}
ALL = set(OrganizationStatus)


class TestVisible:
    EXPECTED: ClassVar = {
        "visitor": VERIFIED,
        "stranger": VERIFIED,
        "member": ALL,
        "reviewer": ALL,
        "administrator": ALL,
        "city_officer": ALL,
    }

    @pytest.mark.parametrize("status", list(OrganizationStatus))
    @pytest.mark.parametrize("who", sorted(EXPECTED))
    def test_in_both_forms(self, session, make, who, status):
        organization = make.organization(status=status)
        actor = {
            "visitor": lambda: VISITOR,
            "stranger": lambda: make.member_of(make.organization()),
            "member": lambda: make.member_of(organization, MemberRole.OPERATOR_STAFF),
            "reviewer": make.reviewer,
            "administrator": make.administrator,
            "city_officer": make.city_officer,
        }[who]()
        expected = status in self.EXPECTED[who]

        found = session.scalar(
            select(Organization).where(Organization.id == organization.id, visible_to(actor))
        )

        assert may_see(actor, organization) is expected
        assert (found is organization) is expected
        if not expected:
            with pytest.raises(NotFound):
                get_organization(session, organization.id, actor=actor)
