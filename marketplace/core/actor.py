"""Who acts: a plain value that rules and services can judge without a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import Denied
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Mapping


class PlatformRole(LabelledEnum):
    """A right over the whole platform."""

    REVIEWER = "reviewer", N_("Reviewer")
    CITY_OFFICER = "city_officer", N_("City officer")
    ADMINISTRATOR = "administrator", N_("Administrator")


class MemberRole(LabelledEnum):
    """A right inside one organization."""

    OWNER = "owner", N_("Owner")
    EDITOR = "editor", N_("Editor")
    TTO_OFFICER = "tto_officer", N_("Transfer officer")
    TECHNOLOGY_MANAGER = "technology_manager", N_("Technology manager")
    OPERATOR_STAFF = "operator_staff", N_("Operator staff")


#: Roles that may write their organization's listings and needs.
WRITERS = frozenset({MemberRole.OWNER, MemberRole.EDITOR, MemberRole.TTO_OFFICER})


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person as rules see them; ``VISITOR`` is nobody in particular.

    ``memberships`` maps an organization's id to the roles held there today; ``verified`` names
    those of them that a reviewer has verified.
    """

    user_id: UUID | None = None
    name: str = ""
    roles: frozenset[PlatformRole] = frozenset()
    memberships: Mapping[UUID, frozenset[MemberRole]] = field(default_factory=dict)
    verified: frozenset[UUID] = frozenset()

    @property
    def is_visitor(self) -> bool:
        """Whether nobody is signed in."""
        return self.user_id is None

    @property
    def organization_ids(self) -> frozenset[UUID]:
        """Organizations the actor belongs to today."""
        return frozenset(self.memberships)

    @property
    def is_reviewer(self) -> bool:
        """Whether the actor reviews for the platform."""
        return PlatformRole.REVIEWER in self.roles

    @property
    def is_administrator(self) -> bool:
        """Whether the actor runs the platform."""
        return PlatformRole.ADMINISTRATOR in self.roles

    @property
    def is_city_officer(self) -> bool:
        """Whether the actor looks at the city's targets."""
        return PlatformRole.CITY_OFFICER in self.roles

    def is_member(self, organization_id: UUID) -> bool:
        """Whether the actor belongs to the organization in any role."""
        return organization_id in self.memberships

    def has_role(self, organization_id: UUID, *roles: MemberRole) -> bool:
        """Whether the actor holds one of the roles in the organization."""
        return bool(self.memberships.get(organization_id, frozenset()) & set(roles))

    def may_write_for(self, organization_id: UUID) -> bool:
        """Whether the actor may write the organization's records."""
        return bool(self.memberships.get(organization_id, frozenset()) & WRITERS)


VISITOR = Actor()


def require(allowed: bool) -> None:  # noqa: FBT001 — reads as a sentence around a predicate
    """Raise Denied unless the predicate held."""
    if not allowed:
        raise Denied
