"""What tests of bookings share: a user's side, an operator's side, a held slot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState, Resource, ResourceMode
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.services.submitting import Details, submit
from tests.factories.bookings import NOON, WEDNESDAY


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


@pytest.fixture
def line(make):
    """A line whose free times are booked at once and cost nothing."""
    return make.resource(
        mode=ResourceMode.FREE, price_minor=None, approval="instant", minimum_notice_hours=0
    )


@pytest.fixture
def booked(session, line, actor, organization):
    """Book a free time of two hours; gives the confirmed booking."""

    def book(starts_at=WEDNESDAY + timedelta(hours=2), key="k"):
        wish = Wish(
            resource_id=line.id,
            organization_id=organization.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
        )
        booking = hold(session, actor=actor, wish=wish, key=key, now=NOON)
        submit(
            session,
            actor=actor,
            booking_id=booking.id,
            details=Details(purpose="试制", expected_minor=0),
            now=NOON,
        )
        assert booking.state is BookingState.CONFIRMED
        return booking

    return book


@pytest.fixture
def staff(make, line):
    return make.operator_of(line)
