"""The next free time, who sees what, and what people are told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings import permissions
from marketplace.bookings.hearers import follow_operator, tell_of_late_payment
from marketplace.bookings.models import (
    Booking,
    Resource,
    ResourceMode,
    ResourcePrice,
)
from marketplace.bookings.offering import offered
from marketplace.bookings.queries.free import next_free
from marketplace.core.jobs import Work
from marketplace.facilities import offers
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.notifications.models import Notice
from marketplace.organizations.models import Organization, OrganizationStatus
from marketplace.payments.models import Purpose
from marketplace.payments.services.requests import request
from tests.factories.bookings import NOON, WEDNESDAY


class TestNextFree:
    def test_is_the_first_that_can_be_booked(self, session, make, resource):
        make.slot(resource, starts_at=NOON + timedelta(hours=2))
        full = make.slot(resource, starts_at=WEDNESDAY - timedelta(days=1))
        make.booking(full)
        make.slot(resource, starts_at=WEDNESDAY)
        other = make.bookable_facility()
        found = next_free(session, [resource.facility_id, other.id], NOON)
        assert set(found) == {resource.facility_id}
        assert found[resource.facility_id].starts_at == WEDNESDAY
        assert found[resource.facility_id].price_minor == 100_000

    def test_of_free_times_looks_at_hours_and_notice(self, session, make):
        resource = make.resource(mode=ResourceMode.FREE, minimum_notice_hours=2)
        found = next_free(session, [resource.facility_id], NOON)
        # Friday evening in Beijing: the next opening is on Monday at eight.
        assert found[resource.facility_id].starts_at == datetime(2026, 11, 23, tzinfo=UTC)


class TestOffered:
    def test_is_kept_beside_the_facility(self, session, make, resource, slot):
        make.add(ResourcePrice(resource_id=resource.id, from_quantity=5, unit_minor=80_000))
        assert offers.refresh(session, now=NOON, only=[resource.facility_id]) == 1
        facility = session.get_one(Facility, resource.facility_id)
        assert facility.next_free_on == date(2026, 11, 25)
        # A price for five does not stand for the price of one.
        assert (facility.price_minor, facility.price_max_minor) == (100_000, 100_000)

    def test_knows_prices_without_a_free_day(self, session, resource):
        found = offered(session, [resource.facility_id], NOON)
        assert found[resource.facility_id].next_free_on is None
        assert found[resource.facility_id].price_minor == 100_000


class TestVisible:
    def test_booking_by_predicate_and_sql_agree(
        self, session, make, slot, user, organization, operator
    ):
        booking = make.booking(slot, user, organization_id=organization.id)
        actors = (
            make.actor(user),
            operator,
            make.actor(make.booker(organization)),
            make.actor(make.booker()),
            make.reviewer(),
            make.administrator(),
        )
        seen = []
        for actor in actors:
            found = session.scalar(
                select(Booking.id).where(Booking.id == booking.id, permissions.visible_to(actor))
            )
            assert (found is not None) == permissions.may_see(actor, booking)
            seen.append(found is not None)
        assert seen == [True, True, True, False, False, False]

    @pytest.mark.parametrize("status", [FacilityStatus.PUBLISHED, FacilityStatus.DRAFT])
    @pytest.mark.parametrize("owner", [OrganizationStatus.VERIFIED, OrganizationStatus.SUSPENDED])
    def test_resource_by_predicate_and_sql_agree(self, session, make, status, owner):
        facility = make.bookable_facility(make.organization(status=owner), status=status)
        resource = make.resource(facility)
        organization = session.get_one(Organization, facility.organization_id)
        for actor in (make.operator_of(resource), make.actor(make.booker()), make.reviewer()):
            found = session.scalar(
                select(Resource.id).where(
                    Resource.id == resource.id, permissions.resources_visible_to(actor)
                )
            )
            assert (found is not None) == permissions.may_see_resource(
                actor,
                resource.organization_id,
                status=resource.status,
                facility=facility.status,
                operator=organization.status,
            )


class TestTold:
    def work(self, session):
        return Work(session=session, now=NOON, parts=None)

    def topics(self, session):
        return {notice.topic for notice in session.scalars(select(Notice))}

    def test_users_of_a_suspended_operator(self, session, make, slot, resource):
        make.booking(slot)
        owner = session.get_one(Organization, resource.organization_id)
        owner.status, owner.suspended_reason = OrganizationStatus.SUSPENDED, "x"
        session.flush()
        follow_operator(self.work(session), id=str(owner.id))
        assert self.topics(session) == {"booking.operator_suspended"}

    def test_both_sides_of_a_late_payment(self, session, make, slot, operator):
        booking = make.booking(slot)
        payment = request(
            session,
            actor=None,
            purpose=Purpose.BOOKING,
            purpose_id=booking.id,
            payer_id=booking.organization_id,
            payee_id=booking.provider_id,
            amount_minor=100,
            title="x",
            now=NOON,
        )
        tell_of_late_payment(self.work(session), payment_id=str(payment.id))
        assert self.topics(session) == {"booking.late_user", "booking.late_operator"}
