"""What an answer to a need may offer."""

from __future__ import annotations

from uuid import uuid4

from marketplace.discovery.offered import PublishedListings
from marketplace.listings.models import ListingStatus
from marketplace.needs import offers
from marketplace.organizations.models import OrganizationStatus

PUBLISHED = ListingStatus.PUBLISHED


class TestPublishedListings:
    def test_gives_what_an_organization_has_published(self, session, make):
        owner = make.organization()
        shown = make.listing(organization=owner, status=PUBLISHED, title_en="Copper cell", trl=6)
        make.listing(organization=owner)
        make.listing(status=PUBLISHED)
        found = PublishedListings().of_organization(session, owner.id)
        assert [(one.id, one.title_en, one.trl) for one in found] == [(shown.id, "Copper cell", 6)]

    def test_gives_nothing_of_a_suspended_organization(self, session, make):
        owner = make.organization(status=OrganizationStatus.SUSPENDED)
        make.listing(organization=owner, status=PUBLISHED)
        assert PublishedListings().of_organization(session, owner.id) == []

    def test_an_offered_listing_keeps_its_title(self, session, make):
        shown, gone = make.listing(status=PUBLISHED), make.listing(status=ListingStatus.WITHDRAWN)
        found = PublishedListings().by_id(session, [shown.id, gone.id, uuid4()])
        assert {one.id: one.is_public for one in found.values()} == {
            shown.id: True,
            gone.id: False,
        }
        assert found[gone.id].title == gone.title

    def test_is_what_needs_ask(self, session, make):
        listing = make.listing()
        assert listing.id in offers.by_id(session, [listing.id])
