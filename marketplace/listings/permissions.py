"""Who may see, write, review and ask: each rule once as a predicate, once as SQL, once for search.

One table of cases in the tests runs through all three forms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, false, or_, select, true

from marketplace.listings.models import EnquiryStatus, Listing, ListingStatus
from marketplace.listings.rules import REVIEW
from marketplace.organizations.models import Organization, OrganizationStatus
from search.documents import Audience

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Enquiry


def is_shown(status: ListingStatus, organization_status: OrganizationStatus) -> bool:
    """Whether readers are shown listings of this state; a suspended owner's are hidden."""
    return (
        status is ListingStatus.PUBLISHED
        and organization_status is not OrganizationStatus.SUSPENDED
    )


def may_see(actor: Actor, listing: Listing, organization: Organization) -> bool:
    """Whether the actor may open the listing's page."""
    if actor.is_member(listing.organization_id) or actor.is_administrator:
        return True
    if actor.is_reviewer and listing.status is not ListingStatus.DRAFT:
        return True
    return is_shown(listing.status, organization.status)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give ``may_see`` as a clause over ``listing``."""
    if actor.is_administrator:
        return true()
    suspended = (
        select(Organization.id)
        .where(
            Organization.id == Listing.organization_id,
            Organization.status == OrganizationStatus.SUSPENDED,
        )
        .exists()
    )
    return or_(
        and_(Listing.status == ListingStatus.PUBLISHED, ~suspended),
        Listing.organization_id.in_(actor.organization_ids) if actor.memberships else false(),
        Listing.status != ListingStatus.DRAFT if actor.is_reviewer else false(),
    )


def audience_of(listing: Listing, organization: Organization) -> Audience | None:
    """Give who may find the listing by a search: everybody, or nobody (then it has no document)."""
    return Audience.PUBLIC if is_shown(listing.status, organization.status) else None


def was_public(listing: Listing) -> bool:
    """Whether the listing's address was given to readers once: then they are told it is gone."""
    return listing.published_at is not None and listing.status in (
        ListingStatus.WITHDRAWN,
        ListingStatus.EXPIRED,
    )


def may_draft(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor may start a listing of the organization."""
    return actor.may_write_for(organization_id)


def may_edit(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may change the text now.

    Not while a reviewer reads it (it is taken back first), nor once it was withdrawn.
    """
    return (
        actor.may_write_for(listing.organization_id)
        and listing.status not in (ListingStatus.WITHDRAWN, ListingStatus.UNDER_REVIEW)
        and listing.pending_submitted_at is None
    )


def may_send(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may send the text for review: for a verified organization only."""
    organization_id = listing.organization_id
    return actor.may_write_for(organization_id) and organization_id in actor.verified


def may_review(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may publish or return it: nobody does so for their own organization."""
    return (actor.is_reviewer or actor.is_administrator) and not actor.is_member(
        listing.organization_id
    )


def may_review_some(actor: Actor) -> bool:
    """Whether the actor publishes and returns texts at all."""
    return actor.is_reviewer or actor.is_administrator


def may_publish_for(actor: Actor | None, organization_id: UUID) -> bool:
    """Whether an import may publish at once; the command line (no actor) may."""
    if actor is None:
        return True
    return (actor.is_reviewer or actor.is_administrator) and not actor.is_member(organization_id)


def may_send_for(actor: Actor | None, organization_id: UUID) -> bool:
    """Whether an import may put its rows before the reviewers: for a verified organization."""
    return (
        actor is not None
        and actor.may_write_for(organization_id)
        and organization_id in actor.verified
    )


def may_import_for(actor: Actor | None, organization_id: UUID) -> bool:
    """Whether an import may write the organization's listings."""
    return actor is None or actor.may_write_for(organization_id) or actor.is_administrator


def may_keep_up(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may renew, withdraw or reopen it."""
    return actor.may_write_for(listing.organization_id)


def may_withdraw(actor: Actor, listing: Listing) -> bool:
    """Whether the actor may take it back: its writers, and administrators by reason of law."""
    return may_keep_up(actor, listing) or actor.is_administrator


def may_see_views(actor: Actor, listing: Listing) -> bool:
    """Whether the actor is shown how often it was opened."""
    return actor.is_member(listing.organization_id) or actor.is_administrator


def may_see_history(actor: Actor, listing: Listing) -> bool:
    """Whether the actor is shown the replaced texts."""
    return may_see_views(actor, listing) or actor.is_reviewer


def may_enquire(actor: Actor, listing: Listing, organization: Organization) -> bool:
    """Whether the actor may write to the owner: a member of another organization."""
    return (
        bool(actor.memberships)
        and not actor.is_member(listing.organization_id)
        and is_shown(listing.status, organization.status)
    )


def may_see_enquiry(actor: Actor, enquiry: Enquiry) -> bool:
    """Whether the actor may read it: members of the two sides."""
    return actor.is_member(enquiry.owner_id) or actor.is_member(enquiry.sender_organization_id)


def may_answer(actor: Actor, enquiry: Enquiry) -> bool:
    """Whether the actor may reply or decline: who writes for the listing's owner."""
    return actor.may_write_for(enquiry.owner_id) and enquiry.status is EnquiryStatus.OPEN


def steps_for(actor: Actor, listing: Listing) -> frozenset[str]:
    """Names of the steps that the state and the actor's rights allow now."""
    possible = REVIEW.possible(listing)
    judged = {
        "edit": may_edit(actor, listing),
        "send": may_send(actor, listing) and "send" in possible,
        "recall": may_keep_up(actor, listing) and "recall" in possible,
        "publish": may_review(actor, listing) and "publish" in possible,
        "return": may_review(actor, listing) and "return" in possible,
        "renew": may_keep_up(actor, listing) and "renew" in possible,
        "withdraw": may_withdraw(actor, listing) and "withdraw" in possible,
        "reopen": may_keep_up(actor, listing) and "reopen" in possible,
    }
    return frozenset(name for name, allowed in judged.items() if allowed)
