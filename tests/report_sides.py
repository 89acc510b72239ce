"""The two sides of a booked use, for tests of its records, reports and ratings."""

from __future__ import annotations

import pytest

from marketplace.listings.models import ListingStatus
from tests.factories.bookings import WEDNESDAY


@pytest.fixture
def organization(make):
    return make.organization()


@pytest.fixture
def user(make, organization):
    return make.booker(organization)


@pytest.fixture
def resource(make):
    return make.resource()


@pytest.fixture
def operator_user(make, resource):
    return make.operator_user(resource)


@pytest.fixture
def operator(make, operator_user):
    return make.actor(operator_user)


@pytest.fixture
def listing(make, organization):
    return make.listing(organization, status=ListingStatus.PUBLISHED, trl=4)


@pytest.fixture
def booking(make, resource, user, organization, listing):
    return make.booking(
        make.slot(resource, starts_at=WEDNESDAY),
        user,
        organization_id=organization.id,
        listing_id=listing.id,
    )
