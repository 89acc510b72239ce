"""Makes people, what they may do, and the actors that rules see."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher

from marketplace.accounts.models import Membership, PlatformGrant, User
from marketplace.accounts.queries import actor_of
from marketplace.core.actor import Actor, MemberRole, PlatformRole
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.organizations.models import Organization

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
#: Later than every grant that a maker makes, earlier than any clock.
LATER = datetime(2026, 6, 1, tzinfo=UTC)
PASSWORD = "correct horse battery staple"


@lru_cache
def cheap_hash(password: str) -> str:
    """Hash with settings that cost a test nothing."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


class Makers(Maker):
    def user(self, *, password: str = PASSWORD, **values: Any) -> User:
        """A person whose address is confirmed."""
        number = factories.number()
        values.setdefault("email", f"person{number}@example.com")
        values.setdefault("name", f"Person {number}")
        values.setdefault("email_confirmed_at", LONG_AGO)
        return self.add(User(password_hash=cheap_hash(password), **values))

    def membership(
        self,
        user: User,
        organization: Organization,
        role: MemberRole = MemberRole.OWNER,
        **values: Any,
    ) -> Membership:
        values.setdefault("started_at", LONG_AGO)
        return self.add(
            Membership(user_id=user.id, organization_id=organization.id, role=role, **values)
        )

    def member(
        self,
        organization: Organization | None = None,
        role: MemberRole = MemberRole.OWNER,
        **values: Any,
    ) -> User:
        """A person with a role in the organization (a new verified one by default)."""
        user = self.user(**values)
        self.membership(user, organization or self.organization(), role)  # type: ignore[attr-defined]
        return user

    def platform_user(self, *roles: PlatformRole, **values: Any) -> User:
        """A person with roles over the platform."""
        user = self.user(**values)
        for role in roles:
            self.add(PlatformGrant(user_id=user.id, role=role, started_at=LONG_AGO))
        return user

    def actor(self, user: User | None = None, *, at: datetime = LATER) -> Actor:
        """The person as rules see them, read from the grants in the database."""
        return actor_of(self.session, user or self.user(), at=at)

    def member_of(self, organization: Organization, role: MemberRole = MemberRole.OWNER) -> Actor:
        """The actor of a new person with a role in the organization."""
        return self.actor(self.member(organization, role))

    def reviewer(self, *, member_of: Organization | None = None) -> Actor:
        """The actor of a platform reviewer, who may belong to an organization, too."""
        user = self.platform_user(PlatformRole.REVIEWER)
        if member_of is not None:
            self.membership(user, member_of)
        return self.actor(user)

    def administrator(self) -> Actor:
        return self.actor(self.platform_user(PlatformRole.ADMINISTRATOR))

    def city_officer(self) -> Actor:
        return self.actor(self.platform_user(PlatformRole.CITY_OFFICER))
