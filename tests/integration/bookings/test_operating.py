"""Series, slots, blocks, free times, who sees what, and what is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings.models import (
    Allocation,
    AllocationKind,
    Approval,
    Booking,
    BookingState,
    Resource,
    ResourceMode,
    Slot,
    WaitState,
)
from marketplace.bookings.services import blocking, ending, series, slots, waiting
from marketplace.bookings.services.blocking import BlockWish, Clash
from marketplace.bookings.services.holding import Wish, hold
from marketplace.bookings.services.series import SeriesWish
from marketplace.bookings.services.submitting import Details
from marketplace.bookings.times import WeeklyRule
from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core.errors import NotFound, RuleBroken
from tests.factories.bookings import NOON, WEDNESDAY

MONDAY = date(2026, 11, 23)


def rule(**values):
    base = {
        "weekdays": frozenset({1, 3}),
        "starts": 9 * 60,
        "ends": 11 * 60,
        "first_on": MONDAY,
        "last_on": date(2026, 12, 4),
    }
    return WeeklyRule(**(base | values))


class TestSeries:
    def book(self, session, actor, organization, resource, *, key="s", **values):
        return series.book_series(
            session,
            actor=actor,
            wish=SeriesWish(
                resource_id=resource.id,
                organization_id=organization.id,
                rule=rule(**values),
                details=Details(purpose="例行测试", expected_minor=0),
            ),
            key=key,
            now=NOON,
        )

    def reasons(self, made):
        return {row["on"]: row["reason"] for row in made.results if not row["booking_id"]}

    def test_skips_holidays_taken_times_and_what_is_too_far(
        self, session, make, actor, organization
    ):
        resource = make.resource(mode=ResourceMode.FREE, horizon_days=10)
        make.add(Holiday(on=date(2026, 11, 25), kind=HolidayKind.HOLIDAY, name="假日"))
        taken = datetime(2026, 11, 30, 1, tzinfo=UTC)
        hold(
            session,
            actor=actor,
            wish=Wish(
                resource_id=resource.id,
                organization_id=organization.id,
                starts_at=taken,
                ends_at=taken + timedelta(hours=1),
            ),
            key="k",
            now=NOON,
        )
        made = self.book(session, actor, organization, resource)
        assert self.reasons(made) == {
            "2026-11-25": "Closed on this public holiday",
            "2026-11-30": "The time is taken.",
            "2026-12-02": "Bookings are taken at most %(days)s days ahead.",
        }
        booked = session.scalars(select(Booking).where(Booking.series_id == made.id)).all()
        assert [one.state for one in booked] == [BookingState.PENDING_APPROVAL]

    def test_of_slots_uses_those_that_are_published(self, session, make, actor, organization):
        resource = make.resource()
        make.slot(resource, starts_at=WEDNESDAY)
        made = self.book(session, actor, organization, resource)
        assert set(self.reasons(made).values()) == {"No slot is published for this time."}
        assert len(self.reasons(made)) == 3

    def test_is_made_once_per_key(self, session, make, actor, organization):
        resource = make.resource(mode=ResourceMode.FREE)
        first = self.book(session, actor, organization, resource)
        assert self.book(session, actor, organization, resource).id == first.id
        with pytest.raises(RuleBroken, match="sent before"):
            self.book(session, actor, organization, resource, starts=600)

    def test_with_a_wrong_form_books_nothing(self, session, make, actor, organization):
        resource = make.resource(mode=ResourceMode.FREE, needs_project=True)
        with pytest.raises(RuleBroken) as broken:
            self.book(session, actor, organization, resource)
        assert broken.value.field == "project_account"
        assert session.scalars(select(Booking)).all() == []


class TestPublish:
    def test_says_of_each_date_what_became_of_it(self, session, resource, operator):
        def publish():
            return slots.publish(
                session,
                actor=operator,
                resource_id=resource.id,
                rule=rule(weekdays=frozenset({5, 6}), first_on=date(2026, 11, 20)),
                capacity=2,
                price_minor=None,
                now=NOON,
            )

        found = {row.on.isoformat(): row.reason for row in publish()}
        assert found == {
            "2026-11-20": "This time has already begun or is over.",
            "2026-11-21": "No opening hours on this day of the week",
            "2026-11-27": "",
            "2026-11-28": "No opening hours on this day of the week",
            "2026-12-04": "",
        }
        assert {row.reason for row in publish() if row.on.isoformat() == "2026-11-27"} == {
            "The time is taken."
        }

    @pytest.mark.parametrize("capacity", [0, -1, 1001])
    def test_refuses_places_that_no_slot_has(self, session, resource, operator, capacity):
        with pytest.raises(RuleBroken, match="places"):
            slots.publish(
                session,
                actor=operator,
                resource_id=resource.id,
                rule=rule(),
                capacity=capacity,
                price_minor=None,
                now=NOON,
            )

    def test_is_for_slots_alone(self, session, make, organization):
        resource = make.resource(mode=ResourceMode.FREE)
        with pytest.raises(RuleBroken, match="free times"):
            slots.publish(
                session,
                actor=make.operator_of(resource),
                resource_id=resource.id,
                rule=rule(),
                capacity=1,
                price_minor=None,
                now=NOON,
            )


class TestCapacity:
    def test_grown_serves_the_wait_list(self, session, make, slot, operator, send):
        send(slot)
        waiter = make.organization()
        entry = waiting.join(
            session,
            actor=make.actor(make.booker(waiter)),
            wish=Wish(resource_id=slot.resource_id, organization_id=waiter.id, slot_id=slot.id),
            now=NOON,
        )
        slots.change_capacity(session, actor=operator, slot_id=slot.id, capacity=2, now=NOON)
        assert entry.state is WaitState.OFFERED
        assert session.get_one(Slot, slot.id).taken == 2

    def test_below_the_booked_is_refused_and_loses_nothing(self, session, make, slot, operator):
        slot.capacity = 3
        booking = make.booking(slot, places=2)
        with pytest.raises(RuleBroken) as broken:
            slots.change_capacity(session, actor=operator, slot_id=slot.id, capacity=1, now=NOON)
        session.refresh(booking)
        assert broken.value.field == "capacity"
        assert booking.state is BookingState.CONFIRMED


class TestBlock:
    @pytest.fixture
    def resource(self, make):
        return make.resource(mode=ResourceMode.FREE, units=2, price_minor=None)

    def wish(self, resource, *, hours=3, **values):
        values.setdefault("lane", None)
        return BlockWish(
            resource_id=resource.id,
            kind=AllocationKind.MAINTENANCE,
            starts_at=WEDNESDAY,
            ends_at=WEDNESDAY + timedelta(hours=hours),
            note="更换滤芯",
            **values,
        )

    def booked(self, session, actor, organization, resource, key="k"):
        return hold(
            session,
            actor=actor,
            wish=Wish(
                resource_id=resource.id,
                organization_id=organization.id,
                starts_at=WEDNESDAY,
                ends_at=WEDNESDAY + timedelta(hours=2),
            ),
            key=key,
            now=NOON,
        )

    def test_takes_all_units_or_one(self, session, resource, operator):
        one = blocking.block(
            session, actor=operator, wish=self.wish(resource, lane=2), call_off=False, now=NOON
        )
        assert [row.lane for row in one] == [2]
        with pytest.raises(RuleBroken, match="blocked already"):
            blocking.block(
                session, actor=operator, wish=self.wish(resource), call_off=False, now=NOON
            )
        blocking.unblock(session, actor=operator, allocation_id=one[0].id, now=NOON)
        both = blocking.block(
            session, actor=operator, wish=self.wish(resource), call_off=False, now=NOON
        )
        assert [row.lane for row in both] == [1, 2]

    def test_names_what_stands_in_the_way_first(
        self, session, actor, organization, resource, operator
    ):
        booking = self.booked(session, actor, organization, resource)
        with pytest.raises(Clash) as clash:
            blocking.block(
                session, actor=operator, wish=self.wish(resource), call_off=False, now=NOON
            )
        assert clash.value.bookings == (booking,)
        blocking.block(session, actor=operator, wish=self.wish(resource), call_off=True, now=NOON)
        assert (booking.state, booking.end_reason) == (
            BookingState.CANCELLED_BY_PROVIDER,
            "更换滤芯",
        )

    def test_leaves_the_other_unit_alone(self, session, actor, organization, resource, operator):
        booking = self.booked(session, actor, organization, resource)
        blocking.block(
            session, actor=operator, wish=self.wish(resource, lane=2), call_off=False, now=NOON
        )
        assert booking.state is BookingState.HELD

    @pytest.mark.parametrize(("values", "field"), [({"hours": -1}, "ends"), ({"lane": 3}, "lane")])
    def test_refuses_nonsense(self, session, resource, operator, values, field):
        with pytest.raises(RuleBroken) as broken:
            blocking.block(
                session,
                actor=operator,
                wish=self.wish(resource, **values),
                call_off=False,
                now=NOON,
            )
        assert broken.value.field == field

    def test_lifted_serves_who_waits(self, session, make, actor, organization, resource, operator):
        rows = blocking.block(
            session, actor=operator, wish=self.wish(resource), call_off=False, now=NOON
        )
        entry = waiting.join(
            session,
            actor=actor,
            wish=Wish(
                resource_id=resource.id,
                organization_id=organization.id,
                starts_at=WEDNESDAY,
                ends_at=WEDNESDAY + timedelta(hours=2),
            ),
            now=NOON,
        )
        blocking.unblock(session, actor=operator, allocation_id=rows[0].id, now=NOON)
        assert entry.state is WaitState.OFFERED

    def test_of_a_booking_is_no_block(self, session, make, slot):
        row = session.scalars(select(Allocation).where(Allocation.slot_id == slot.id)).one()
        resource = session.get_one(Resource, slot.resource_id)
        with pytest.raises(NotFound):
            blocking.unblock(
                session, actor=make.operator_of(resource), allocation_id=row.id, now=NOON
            )


class TestMoveOfFreeTime:
    def test_by_less_than_its_length(self, session, make, actor, organization):
        resource = make.resource(
            mode=ResourceMode.FREE, price_minor=None, approval=Approval.INSTANT
        )
        booking = TestBlock().booked(session, actor, organization, resource)
        booking.state, booking.deadline_at = BookingState.CONFIRMED, None
        session.flush()
        ending.move(
            session,
            actor=actor,
            booking_id=booking.id,
            slot_id=None,
            starts_at=WEDNESDAY + timedelta(hours=1),
            ends_at=WEDNESDAY + timedelta(hours=3),
            now=NOON,
        )
        active = session.scalars(
            select(Allocation).where(Allocation.booking_id == booking.id, Allocation.active)
        ).all()
        assert [row.during.lower for row in active] == [WEDNESDAY + timedelta(hours=1)]
