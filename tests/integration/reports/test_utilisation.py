"""How much a facility offered: from a resource's first day to its last, and no day ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.bookings.models import BookingState, ResourceMode, ResourceStatus
from marketplace.bookings.services import resources
from marketplace.facilities.models import Facility
from marketplace.reports.utilisation import board

#: A Friday; the facility is open on weekdays from 8 to 18.
TODAY = date(2026, 11, 20)
HOURS = 10.0


@pytest.fixture
def free(make):
    def made(created, **values):
        resource = make.resource(mode=ResourceMode.FREE, price_minor=None, **values)
        resource.created_at = datetime(*created, 1, tzinfo=UTC)
        make.session.flush()
        return resource

    return made


def offered(session, resource, today=TODAY):
    facility = session.get_one(Facility, resource.facility_id)
    return {
        f"{one.first:%Y-%m}": one.offered for one in board(session, facility, today=today).months
    }


class TestOffered:
    def test_counts_from_the_first_day_to_today(self, session, free):
        found = offered(session, free((2026, 11, 16)))
        # Monday to Friday.
        assert found["2026-11"] == 5 * HOURS
        assert sum(found.values()) == 5 * HOURS

    def test_counts_every_unit(self, session, free):
        assert offered(session, free((2026, 11, 19), units=3))["2026-11"] == 2 * 3 * HOURS

    def test_begins_with_the_first_use_when_that_was_earlier(self, session, make, free):
        resource = free((2026, 11, 19))
        slot = make.slot(make.resource(), starts_at=datetime(2026, 11, 11, 1, tzinfo=UTC))
        booking = make.booking(slot, state=BookingState.COMPLETED)
        booking.slot_id, booking.resource_id = None, resource.id
        session.flush()
        # Wednesday the 11th to Friday the 20th, without a weekend.
        assert offered(session, resource)["2026-11"] == 8 * HOURS

    def test_ends_with_the_last_day(self, session, make, free):
        resource = free((2026, 11, 16))
        resources.set_status(
            session,
            actor=make.operator_of(resource),
            resource_id=resource.id,
            status=ResourceStatus.RETIRED,
            now=datetime(2026, 11, 17, 4, tzinfo=UTC),
        )
        assert resource.retired_at is not None
        assert offered(session, resource)["2026-11"] == 2 * HOURS

    def test_slots_count_until_today_unless_taken_off_before(self, session, make):
        resource = make.resource()
        day = datetime(2026, 11, 20, 1, tzinfo=UTC)
        make.slot(resource, starts_at=day, hours=3, capacity=2)
        make.slot(resource, starts_at=day + timedelta(days=1), hours=3)
        gone = make.slot(resource, starts_at=day - timedelta(days=1), hours=3)
        gone.closed_at = day - timedelta(days=2)
        late = make.slot(resource, starts_at=day - timedelta(days=2), hours=1)
        late.closed_at = day
        session.flush()
        assert offered(session, resource)["2026-11"] == 3 * 2 + 1
