"""Holding a time: capacity, windows, keys, alternatives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.models import BookingState, ResourceMode, ResourceStatus, Slot
from marketplace.bookings.rules import KeyReused, SlotTaken
from marketplace.bookings.services.holding import Wish, hold
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.facilities.models import FacilityStatus
from marketplace.organizations.models import Organization, OrganizationStatus
from tests.factories.bookings import NOON, WEDNESDAY


@pytest.fixture
def organization(make):
    return make.organization()


@pytest.fixture
def actor(make, organization):
    return make.actor(make.booker(organization))


def of_slot(slot, organization, **values):
    return Wish(
        resource_id=slot.resource_id, organization_id=organization.id, slot_id=slot.id, **values
    )


def of_time(resource, organization, *, hour=1, minutes=120, day=25, **values):
    starts_at = datetime(2026, 11, day, hour, tzinfo=UTC)
    return Wish(
        resource_id=resource.id,
        organization_id=organization.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        **values,
    )


class TestHoldOfSlot:
    def test_takes_a_place_for_fifteen_minutes(self, session, make, actor, organization):
        slot = make.slot(capacity=2)
        booking = hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)
        session.refresh(slot)
        assert booking.state is BookingState.HELD
        assert booking.deadline_at == NOON + timedelta(minutes=15)
        assert (booking.starts_at, booking.ends_at) == (slot.starts_at, slot.ends_at)
        assert slot.taken == 1

    def test_of_a_full_slot_names_the_nearest_free_ones(self, session, make, actor, organization):
        resource = make.resource()
        full = make.slot(resource)
        make.booking(full)
        later = make.slot(resource, starts_at=WEDNESDAY + timedelta(days=1))
        near = make.slot(resource, starts_at=WEDNESDAY + timedelta(hours=4))
        with pytest.raises(SlotTaken) as lost:
            hold(session, actor=actor, wish=of_slot(full, organization), key="k", now=NOON)
        assert [one.slot_id for one in lost.value.alternatives] == [near.id, later.id]
        assert session.get_one(Slot, full.id).taken == 1

    def test_takes_over_what_ran_out(self, session, make, actor, organization):
        slot = make.slot()
        old = make.booking(slot, state=BookingState.HELD, deadline_at=NOON - timedelta(seconds=1))
        new = hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)
        session.refresh(slot)
        session.refresh(old)
        assert (old.state, new.state, slot.taken) == (BookingState.EXPIRED, BookingState.HELD, 1)

    def test_leaves_a_payment_that_is_on_its_way(self, session, make, actor, organization):
        slot = make.slot()
        make.booking(
            slot, state=BookingState.AWAITING_PAYMENT, deadline_at=NOON - timedelta(seconds=1)
        )
        with pytest.raises(SlotTaken):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)

    def test_of_several_places_needs_them_all(self, session, make, actor, organization):
        slot = make.slot(capacity=3, taken=1)
        with pytest.raises(SlotTaken):
            hold(
                session, actor=actor, wish=of_slot(slot, organization, places=3), key="k", now=NOON
            )
        hold(session, actor=actor, wish=of_slot(slot, organization, places=2), key="l", now=NOON)

    @pytest.mark.parametrize("places", [0, -1, 1001, 10**12])
    def test_refuses_places_that_nobody_means(self, session, make, actor, organization, places):
        slot = make.slot()
        with pytest.raises(RuleBroken, match="places") as broken:
            hold(
                session,
                actor=actor,
                wish=of_slot(slot, organization, places=places),
                key="k",
                now=NOON,
            )
        assert broken.value.field == "places"

    def test_refuses_a_closed_slot(self, session, make, actor, organization):
        slot = make.slot(closed_at=NOON)
        with pytest.raises(SlotTaken):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)

    def test_refuses_a_slot_of_another_resource(self, session, make, actor, organization):
        slot, other = make.slot(), make.resource()
        wish = Wish(resource_id=other.id, organization_id=organization.id, slot_id=slot.id)
        with pytest.raises(NotFound):
            hold(session, actor=actor, wish=wish, key="k", now=NOON)

    @pytest.mark.parametrize(
        ("starts_at", "message"),
        [
            (NOON - timedelta(hours=1), "already begun"),
            (NOON + timedelta(hours=23), "hours ahead"),
            (NOON + timedelta(days=91), "days ahead"),
        ],
    )
    def test_keeps_to_notice_and_horizon(
        self, session, make, actor, organization, starts_at, message
    ):
        slot = make.slot(starts_at=starts_at)
        with pytest.raises(RuleBroken, match=message):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)

    def test_keeps_to_the_daily_cap(self, session, make, actor, organization):
        resource = make.resource(daily_cap=1, units=3)
        first, second = make.slot(resource), make.slot(resource, lane=2)
        hold(session, actor=actor, wish=of_slot(first, organization), key="k", now=NOON)
        with pytest.raises(RuleBroken, match="bookings on this day"):
            hold(session, actor=actor, wish=of_slot(second, organization), key="l", now=NOON)


class TestKey:
    def test_gives_the_same_booking_again(self, session, make, actor, organization):
        slot = make.slot()
        wish = of_slot(slot, organization)
        first = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        again = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        session.refresh(slot)
        assert (again.id, slot.taken) == (first.id, 1)

    def test_refuses_another_wish(self, session, make, actor, organization):
        slot = make.slot(capacity=5)
        hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)
        with pytest.raises(KeyReused):
            hold(
                session, actor=actor, wish=of_slot(slot, organization, places=2), key="k", now=NOON
            )

    def test_is_each_persons_own(self, session, make, actor, organization):
        slot = make.slot(capacity=2)
        colleague = make.actor(make.booker(organization))
        first = hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)
        other = hold(session, actor=colleague, wish=of_slot(slot, organization), key="k", now=NOON)
        assert first.id != other.id

    @pytest.mark.parametrize("key", ["", "x" * 65])
    def test_must_be_there(self, session, make, actor, organization, key):
        with pytest.raises(RuleBroken, match="key"):
            hold(session, actor=actor, wish=of_slot(make.slot(), organization), key=key, now=NOON)


class TestHoldOfFreeTime:
    @pytest.fixture
    def resource(self, make):
        return make.resource(mode=ResourceMode.FREE, units=2, buffer_after_minutes=30)

    def test_uses_lanes_side_by_side(self, session, actor, organization, resource):
        for key in ("a", "b"):
            hold(session, actor=actor, wish=of_time(resource, organization), key=key, now=NOON)
        with pytest.raises(SlotTaken) as lost:
            hold(session, actor=actor, wish=of_time(resource, organization), key="c", now=NOON)
        # Both lanes are cleaned until 11:30 Beijing time; before 08:00 nobody is there.
        assert {one.starts_at for one in lost.value.alternatives} >= {
            datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
        }

    def test_keeps_the_buffer_free(self, session, make, actor, organization):
        resource = make.resource(mode=ResourceMode.FREE, buffer_after_minutes=30)
        hold(session, actor=actor, wish=of_time(resource, organization), key="a", now=NOON)
        with pytest.raises(SlotTaken):
            hold(
                session,
                actor=actor,
                wish=of_time(resource, organization, hour=3),
                key="b",
                now=NOON,
            )

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"minutes": 30}, "at least"),
            ({"minutes": 540}, "at most"),
            ({"minutes": 65}, "grid"),
            ({"minutes": -60}, "before the start"),
            ({"hour": 9, "minutes": 120}, "outside the opening hours"),
            ({"day": 28}, "No opening hours"),
        ],
    )
    def test_keeps_to_length_grid_and_hours(
        self, session, actor, organization, resource, values, message
    ):
        with pytest.raises(RuleBroken, match=message):
            hold(
                session,
                actor=actor,
                wish=of_time(resource, organization, **values),
                key="k",
                now=NOON,
            )

    def test_takes_over_what_ran_out(self, session, make, actor, organization):
        resource = make.resource(mode=ResourceMode.FREE)
        wish = of_time(resource, organization)
        old = hold(session, actor=actor, wish=wish, key="a", now=NOON)
        later = NOON + timedelta(minutes=16)
        new = hold(session, actor=actor, wish=wish, key="b", now=later)
        assert (old.state, new.state) == (BookingState.EXPIRED, BookingState.HELD)

    def test_needs_a_time(self, session, actor, organization, resource):
        wish = Wish(resource_id=resource.id, organization_id=organization.id)
        with pytest.raises(RuleBroken, match="from when"):
            hold(session, actor=actor, wish=wish, key="k", now=NOON)

    def test_on_a_holiday_says_so(self, session, make, actor, organization):
        resource = make.resource(mode=ResourceMode.FREE, horizon_days=120)
        starts_at = datetime(2027, 1, 1, 1, tzinfo=UTC)
        wish = Wish(
            resource_id=resource.id,
            organization_id=organization.id,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
        )
        from marketplace.codes.models import Holiday, HolidayKind

        make.add(Holiday(on=starts_at.date(), kind=HolidayKind.HOLIDAY, name="元旦"))
        with pytest.raises(RuleBroken, match="holiday"):
            hold(session, actor=actor, wish=wish, key="k", now=NOON)


class TestWhoMayHold:
    def test_not_for_another_organization(self, session, make, actor):
        with pytest.raises(Denied):
            hold(
                session,
                actor=actor,
                wish=of_slot(make.slot(), make.organization()),
                key="k",
                now=NOON,
            )

    def test_not_for_an_unverified_one(self, session, make):
        own = make.organization(status=OrganizationStatus.APPLIED)
        actor = make.actor(make.booker(own))
        with pytest.raises(Denied):
            hold(session, actor=actor, wish=of_slot(make.slot(), own), key="k", now=NOON)

    def test_not_the_operator_itself(self, session, make):
        slot = make.slot()
        resource = slot.resource_id
        from marketplace.bookings.models import Resource

        row = session.get_one(Resource, resource)
        owner = session.get_one(Organization, row.organization_id)
        with pytest.raises(Denied):
            hold(
                session,
                actor=make.operator_of(row),
                wish=of_slot(slot, owner),
                key="k",
                now=NOON,
            )

    def test_not_on_a_paused_resource(self, session, make, actor, organization):
        slot = make.slot(make.resource(status=ResourceStatus.PAUSED))
        with pytest.raises(RuleBroken, match="no bookings"):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)

    @pytest.mark.parametrize("status", [FacilityStatus.DRAFT, FacilityStatus.WITHDRAWN])
    def test_not_at_a_facility_that_is_not_published(
        self, session, make, actor, organization, status
    ):
        facility = make.bookable_facility(status=status, withdrawn_reason="x")
        slot = make.slot(make.resource(facility))
        with pytest.raises(NotFound):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)

    def test_not_with_a_suspended_operator(self, session, make, actor, organization):
        owner = make.organization(status=OrganizationStatus.SUSPENDED)
        slot = make.slot(make.resource(make.bookable_facility(owner)))
        with pytest.raises(NotFound):
            hold(session, actor=actor, wish=of_slot(slot, organization), key="k", now=NOON)
