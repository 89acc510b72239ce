"""Who may see, write, review, recommend and ask: each rule once as a predicate, once as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select, true

from marketplace.core.actor import MemberRole
from marketplace.facilities.models import Facility, FacilityStatus, FilingLevel
from marketplace.facilities.rules import REVIEW, is_application
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from search.documents import Audience

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import FacilityQuestion

#: Roles that may write a facility of their organization.
EDITORS = frozenset({MemberRole.OWNER, MemberRole.EDITOR, MemberRole.OPERATOR_STAFF})
#: Roles that may speak for a district.
SPEAKERS = frozenset({MemberRole.OWNER, MemberRole.EDITOR})


def writes_for(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor may write the organization's facilities."""
    return actor.has_role(organization_id, *EDITORS)


def writing_organizations(actor: Actor) -> frozenset[UUID]:
    """Give the organizations whose facilities the actor may write."""
    return frozenset(one for one in actor.organization_ids if writes_for(actor, one))


def is_shown(status: FacilityStatus, organization_status: OrganizationStatus) -> bool:
    """Whether readers are shown facilities of this state; a suspended owner's are hidden."""
    return (
        status is FacilityStatus.PUBLISHED
        and organization_status is not OrganizationStatus.SUSPENDED
    )


def in_own_district(facility: Facility, districts: frozenset[str]) -> bool:
    """Whether the facility applies for the city's file from a district the actor speaks for."""
    return (
        facility.status is FacilityStatus.UNDER_REVIEW
        and facility.filing_level is FilingLevel.CITY
        and facility.filing_number == ""
        and facility.district_code in districts
    )


def may_see(
    actor: Actor,
    facility: Facility,
    organization: Organization,
    districts: frozenset[str] = frozenset(),
) -> bool:
    """Whether the actor may open the facility's page.

    ``districts`` are the codes of the districts that the actor speaks for (``queries``).
    """
    if actor.is_member(facility.organization_id) or actor.is_administrator:
        return True
    if actor.is_reviewer and facility.status is not FacilityStatus.DRAFT:
        return True
    return is_shown(facility.status, organization.status) or in_own_district(facility, districts)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give ``may_see`` as a clause over ``facility``."""
    if actor.is_administrator:
        return true()
    return or_(
        shown(),
        Facility.organization_id.in_(actor.organization_ids) if actor.memberships else false(),
        Facility.status != FacilityStatus.DRAFT if actor.is_reviewer else false(),
        _in_own_district(actor),
    )


def shown() -> ColumnElement[bool]:
    """Give ``is_shown`` as a clause over ``facility``."""
    suspended = (
        select(Organization.id)
        .where(
            Organization.id == Facility.organization_id,
            Organization.status == OrganizationStatus.SUSPENDED,
        )
        .exists()
    )
    return and_(Facility.status == FacilityStatus.PUBLISHED, ~suspended)


def spoken_for(actor: Actor) -> frozenset[UUID]:
    """Give the verified organizations in whose name the actor may speak."""
    return frozenset(one for one in actor.verified if actor.has_role(one, *SPEAKERS))


def _in_own_district(actor: Actor) -> ColumnElement[bool]:
    mine = spoken_for(actor)
    if not mine:
        return false()
    districts = select(Organization.district_code).where(
        Organization.id.in_(mine),
        Organization.kind == OrganizationKind.DISTRICT,
        Organization.district_code.is_not(None),
    )
    return and_(
        Facility.status == FacilityStatus.UNDER_REVIEW,
        Facility.filing_level == FilingLevel.CITY,
        Facility.filing_number == "",
        Facility.district_code.in_(districts),
    )


def audience_of(facility: Facility, organization: Organization) -> Audience | None:
    """Give who may find the facility by a search: everybody, or nobody (then no document)."""
    return Audience.PUBLIC if is_shown(facility.status, organization.status) else None


def was_public(facility: Facility) -> bool:
    """Whether readers were given its address once and it is gone now."""
    return facility.published_at is not None and facility.status in (
        FacilityStatus.WITHDRAWN,
        FacilityStatus.SUSPENDED,
    )


def may_edit(actor: Actor, facility: Facility) -> bool:
    """Whether the actor may change the text now: not while a reviewer reads it."""
    return (
        writes_for(actor, facility.organization_id)
        and facility.status not in (FacilityStatus.WITHDRAWN, FacilityStatus.UNDER_REVIEW)
        and facility.pending_submitted_at is None
    )


def may_set_hours(actor: Actor, facility: Facility) -> bool:
    """Whether the actor may change hours and closures, which hold at once."""
    return (
        writes_for(actor, facility.organization_id)
        and facility.status is not FacilityStatus.WITHDRAWN
    )


def may_send(actor: Actor, facility: Facility) -> bool:
    """Whether the actor may send the text for review: for a verified organization only."""
    organization_id = facility.organization_id
    return writes_for(actor, organization_id) and organization_id in actor.verified


def may_review(actor: Actor, facility: Facility) -> bool:
    """Whether the actor judges it: nobody does so for their own organization."""
    return (actor.is_reviewer or actor.is_administrator) and not actor.is_member(
        facility.organization_id
    )


def may_recommend(actor: Actor, facility: Facility, districts: frozenset[str]) -> bool:
    """Whether the actor speaks for the district that the application comes from.

    A district does not recommend a facility of its own organization.
    """
    applies = is_application(facility.filing_level, facility.filing_number)
    return (
        applies
        and facility.status in (FacilityStatus.UNDER_REVIEW, FacilityStatus.PUBLISHED)
        and facility.district_code in districts
        and not actor.is_member(facility.organization_id)
    )


def may_file(actor: Actor, facility: Facility) -> bool:
    """Whether the actor may say how the city decided: a reviewer, or an officer of the city."""
    judges = actor.is_reviewer or actor.is_administrator or actor.is_city_officer
    return (
        judges
        and not actor.is_member(facility.organization_id)
        and facility.status is FacilityStatus.PUBLISHED
        and is_application(facility.filing_level, facility.filing_number)
    )


def may_see_history(actor: Actor, facility: Facility) -> bool:
    """Whether the actor is shown the replaced texts."""
    return actor.is_member(facility.organization_id) or actor.is_reviewer or actor.is_administrator


def may_see_contact(actor: Actor, facility: Facility) -> bool:
    """Whether the actor is shown name, phone and mail of the contact person.

    Members of verified organizations are; everybody, when the contact agreed (PIPL 13, 23).
    """
    return facility.contact_public or bool(actor.verified) or may_see_history(actor, facility)


def may_ask(actor: Actor, facility: Facility, organization: Organization) -> bool:
    """Whether the actor may write to the operator: a member of another organization."""
    return (
        bool(actor.memberships)
        and not actor.is_member(facility.organization_id)
        and is_shown(facility.status, organization.status)
    )


def may_see_question(actor: Actor, question: FacilityQuestion) -> bool:
    """Whether the actor may read it: members of the two sides."""
    return actor.is_member(question.owner_id) or actor.is_member(question.sender_organization_id)


def may_reply(actor: Actor, question: FacilityQuestion) -> bool:
    """Whether the actor may reply now."""
    return writes_for(actor, question.owner_id) and question.replied_at is None


def steps_for(
    actor: Actor, facility: Facility, districts: frozenset[str] = frozenset()
) -> frozenset[str]:
    """Names of the steps that the state and the actor's rights allow now."""
    possible = REVIEW.possible(facility)
    own = writes_for(actor, facility.organization_id)
    reviews = may_review(actor, facility)
    judged = {
        "edit": may_edit(actor, facility),
        "hours": may_set_hours(actor, facility),
        "send": may_send(actor, facility) and "send" in possible,
        "recall": own and "recall" in possible,
        "publish": reviews and "publish" in possible,
        "return": reviews and "return" in possible,
        "suspend": reviews and "suspend" in possible,
        "restore": reviews and "restore" in possible,
        "withdraw": (own or actor.is_administrator) and "withdraw" in possible,
        "reopen": own and "reopen" in possible,
        "recommend": may_recommend(actor, facility, districts),
        "file": may_file(actor, facility),
    }
    return frozenset(name for name, allowed in judged.items() if allowed)
