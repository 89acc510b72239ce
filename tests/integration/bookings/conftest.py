"""What tests of bookings share: a user's side, an operator's side, a held slot."""

from __future__ import annotations

import pytest

from marketplace.bookings.models import Resource
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.services.submitting import Details, submit
from tests.factories.bookings import NOON


@pytest.fixture
def organization(make):
    return make.organization()


@pytest.fixture
def user(make, organization):
    return make.booker(organization)


@pytest.fixture
def actor(make, user):
    return make.actor(user)


@pytest.fixture
def resource(make):
    return make.resource()


@pytest.fixture
def operator(make, resource):
    return make.operator_of(resource)


@pytest.fixture
def slot(make, resource):
    return make.slot(resource)


@pytest.fixture
def send(session, actor, organization):
    """Hold a slot and send its form; gives the booking."""

    def sent(slot, *, key="k", now=NOON, by=actor, of=organization, **values):
        booking = hold(
            session,
            actor=by,
            wish=Wish(resource_id=slot.resource_id, organization_id=of.id, slot_id=slot.id),
            key=key,
            now=now,
        )
        values.setdefault("purpose", "放大试验")
        values.setdefault("expected_minor", 100_000)
        session.expire(session.get_one(Resource, slot.resource_id), ["prices"])
        return submit(session, actor=by, booking_id=booking.id, details=Details(**values), now=now)

    return sent
