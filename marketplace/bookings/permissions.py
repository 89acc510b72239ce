"""Who may book, decide and look; the predicate and its SQL clause stand side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select, true

from marketplace.bookings.models import Booking, Resource, ResourceStatus
from marketplace.bookings.rules import Party
from marketplace.core.actor import MemberRole
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.bookings.queries.offers import Offer
    from marketplace.core.actor import Actor

#: Roles that run a facility's bookings.
OPERATORS = frozenset({MemberRole.OWNER, MemberRole.EDITOR, MemberRole.OPERATOR_STAFF})


def may_operate(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor runs the bookings of this operator's facilities."""
    return actor.has_role(organization_id, *OPERATORS)


def operated_by(actor: Actor) -> frozenset[UUID]:
    """Give the organizations whose facilities the actor runs."""
    return frozenset(one for one in actor.organization_ids if may_operate(actor, one))


def may_see_resource(
    actor: Actor,
    organization_id: UUID,
    *,
    status: ResourceStatus,
    facility: FacilityStatus,
    operator: OrganizationStatus,
) -> bool:
    """Whether the actor may look at the calendar; ``resources_visible_to`` says it in SQL."""
    if actor.is_member(organization_id) or actor.is_reviewer or actor.is_administrator:
        return True
    return (
        facility is FacilityStatus.PUBLISHED
        and status is not ResourceStatus.RETIRED
        and operator is not OrganizationStatus.SUSPENDED
    )


def resources_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``resource`` that the actor may look at."""
    if actor.is_reviewer or actor.is_administrator:
        return true()
    shown = (
        select(Facility.id)
        .join(Organization, Organization.id == Facility.organization_id)
        .where(
            Facility.id == Resource.facility_id,
            Facility.status == FacilityStatus.PUBLISHED,
            Organization.status != OrganizationStatus.SUSPENDED,
        )
        .exists()
    )
    own = Resource.organization_id.in_(actor.organization_ids) if actor.memberships else false()
    return or_(and_(Resource.status != ResourceStatus.RETIRED, shown), own)


def booking_organizations(actor: Actor, resource: Resource) -> frozenset[UUID]:
    """Give the verified organizations in whose name the actor may book; never the operator's."""
    return frozenset(one for one in actor.organization_ids if may_book_for(actor, resource, one))


def may_book_for(actor: Actor, resource: Resource | Offer, organization_id: UUID) -> bool:
    """Whether the actor may book for the organization: any of its people, if it is verified."""
    return organization_id in actor.verified and organization_id != resource.organization_id


def may_see(actor: Actor, booking: Booking) -> bool:
    """Whether the actor stands on one of the two sides; nobody else knows of it.

    On the user's side that is the person while it belongs to the organization, and who may write
    for it.
    """
    return may_use(actor, booking) or may_operate(actor, booking.provider_id)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give the rows of ``booking`` that the actor may know of."""
    if actor.is_visitor:
        return false()
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    return or_(
        and_(
            Booking.person_id == actor.user_id,
            Booking.organization_id.in_(actor.organization_ids),
        ),
        Booking.organization_id.in_(writes),
        Booking.provider_id.in_(operated_by(actor)),
    )


def may_use(actor: Actor, booking: Booking) -> bool:
    """Whether the actor acts for the user's side."""
    comes = booking.person_id == actor.user_id and actor.is_member(booking.organization_id)
    return comes or actor.may_write_for(booking.organization_id)


def parties_of(actor: Actor, booking: Booking) -> frozenset[Party]:
    """Give the sides for which the actor may act on the booking."""
    sides = set()
    if may_use(actor, booking):
        sides.add(Party.BUYER)
    if may_operate(actor, booking.provider_id):
        sides.add(Party.PROVIDER)
    return frozenset(sides)
