from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

from marketplace import relay
from marketplace.bookings.models import ResourceMode, ResourcePrice, ResourceStatus
from marketplace.core.jobs import Work
from marketplace.facilities import offers
from marketplace.facilities.models import FacilityStatus
from tests.jobs import waiting


class TestRefresh:
    def test_keeps_next_free_day_and_prices_of_bookings(self, session, make, now):
        facility = make.bookable_facility()
        resource = make.resource(facility, mode=ResourceMode.SLOTS)
        # A price for many does not stand for the price of one.
        session.add(ResourcePrice(resource_id=resource.id, unit_minor=900_00, from_quantity=10))
        make.resource(facility, mode=ResourceMode.SLOTS, price_minor=250_000)
        make.slot(resource, starts_at=now + timedelta(days=9))
        assert offers.refresh(session, now=now) >= 1
        session.flush()
        assert facility.next_free_on == date(2026, 11, 29)
        assert (facility.price_minor, facility.price_max_minor) == (100_000, 250_000)
        version = facility.version
        assert offers.refresh(session, now=now) == 0
        session.flush()
        assert facility.version == version

    def test_forgets_what_is_no_longer_offered(self, session, make, now):
        facility = make.bookable_facility()
        resource = make.resource(facility, mode=ResourceMode.SLOTS)
        make.slot(resource, starts_at=now + timedelta(days=9))
        offers.refresh(session, now=now)
        resource.status = ResourceStatus.PAUSED
        session.flush()
        offers.refresh(session, now=now)
        assert facility.next_free_on is None
        assert facility.price_minor is None

    def test_looks_at_published_facilities_alone(self, session, make, now):
        facility = make.facility(next_free_on=date(2026, 12, 1))
        offers.refresh(session, now=now)
        assert facility.next_free_on == date(2026, 12, 1)

    def test_of_one_leaves_the_others(self, session, make, now):
        stale, other = (
            make.facility(status=FacilityStatus.PUBLISHED, next_free_on=date(2020, 1, 1))
            for _ in range(2)
        )
        work = Work(session=session, now=now, parts=SimpleNamespace())
        relay.HEARERS["facilities.refresh_offers"](work, id=str(stale.id))
        assert (stale.next_free_on, other.next_free_on) == (None, date(2020, 1, 1))
        relay.HEARERS["facilities.refresh_offers"](work)
        assert other.next_free_on is None
        assert any(name == "search.sync" for name, _ in waiting(session))

    def test_a_source_is_asked_once(self):
        before = list(offers._sources)
        offers.register(before[0])
        assert offers._sources == before
