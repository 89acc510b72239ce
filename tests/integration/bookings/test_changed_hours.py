"""Hours, holidays and facilities that change under bookings: told, and nothing is lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings.hearers import follow_facility, follow_holiday, follow_hours
from marketplace.bookings.models import BookingState, Resource
from marketplace.bookings.queries import outside as shut
from marketplace.bookings.services import ending
from marketplace.codes import services as codes
from marketplace.codes.models import Holiday, HolidayKind
from marketplace.core.errors import RuleBroken
from marketplace.core.jobs import Work
from marketplace.facilities import queries
from marketplace.facilities.guests import HoursTouch
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.facilities.services import drafts, life
from marketplace.notifications.models import Notice
from tests.factories.bookings import HOURS, NOON, WEDNESDAY
from tests.jobs import topics

HOUR = timedelta(hours=1)
AFTERNOONS = [{**row, "opens": "13:00"} for row in HOURS]


class TestChangedHours:
    def work(self, session):
        return Work(session=session, now=NOON, parts=None)

    def told(self, session):
        return [notice.topic for notice in session.scalars(select(Notice))]

    def open(self, session, line, **values):
        facility = session.get_one(Facility, line.facility_id)
        for name, value in values.items():
            setattr(facility, name, value)
        session.flush()
        follow_hours(self.work(session), id=str(facility.id))

    def test_tell_whom_they_shut_out_once(self, session, line, booked):
        booking = booked()
        self.open(session, line, hours=AFTERNOONS)
        assert booking.outside_since == NOON
        assert booking.state is BookingState.CONFIRMED
        assert self.told(session) == ["booking.hours_changed"]
        self.open(session, line, hours=AFTERNOONS)
        assert len(self.told(session)) == 1

    def test_tell_when_it_fits_again(self, session, line, booked):
        booking = booked()
        self.open(session, line, hours=AFTERNOONS)
        self.open(session, line, hours=HOURS)
        assert booking.outside_since is None
        assert sorted(self.told(session)) == ["booking.hours_changed", "booking.hours_fit"]

    def test_by_days_closed_too(self, session, line, booked):
        booking = booked()
        day = {"from": "2026-11-25", "to": "2026-11-25", "reason": "停电"}
        self.open(session, line, closures=[day])
        assert booking.outside_since == NOON
        assert [one.id for one in shut.shut_out_of(session, line.facility_id, now=NOON)] == [
            booking.id
        ]

    def test_leave_those_who_fit_alone(self, session, line, booked):
        booking = booked(WEDNESDAY + 5 * HOUR)
        self.open(session, line, hours=AFTERNOONS)
        assert (booking.outside_since, self.told(session)) == (None, [])

    def test_make_leaving_and_moving_free(self, session, line, actor, booked):
        booking = booked()
        booking.price_minor, booking.late_fee_percent = 100_000, 50
        booking.free_cancel_hours = 200
        late = booking.starts_at - HOUR
        assert ending.fee_of(session, booking, late) == 50_000
        self.open(session, line, hours=AFTERNOONS)
        assert ending.fee_of(session, booking, late) == 0
        ending.move(
            session,
            actor=actor,
            booking_id=booking.id,
            slot_id=None,
            starts_at=booking.starts_at + 2 * HOUR,
            ends_at=booking.ends_at + 2 * HOUR,
            now=late,
        )
        assert booking.outside_since is None

    def test_a_facility_that_is_gone_concerns_nobody(self, session, make):
        follow_hours(self.work(session), id=str(make.user().id))
        assert self.told(session) == []

    def test_by_a_new_holiday(self, session, make, line, booked):
        booking = booked()
        day = date(2026, 11, 25)
        codes.add_holiday(
            session,
            actor=make.administrator(),
            on=day,
            kind=HolidayKind.HOLIDAY,
            name="临时放假",
            source="通知",
            now=NOON,
        )
        assert "holidays.changed" in topics(session)
        follow_holiday(self.work(session), on=day.isoformat())
        assert booking.outside_since == NOON
        session.delete(session.scalars(select(Holiday).where(Holiday.on == day)).one())
        session.flush()
        follow_holiday(self.work(session), on=day.isoformat())
        assert booking.outside_since is None


class TestClosedFacility:
    def test_suspended_by_reviewers_costs_its_users_nothing(self, session, line, booked):
        booking = booked()
        facility = session.get_one(Facility, line.facility_id)
        facility.status, facility.suspended_reason = FacilityStatus.SUSPENDED, "x"
        session.flush()
        follow_facility(Work(session=session, now=NOON, parts=None), id=str(facility.id))
        booking.price_minor, booking.free_cancel_hours = 100_000, 200
        assert booking.state is BookingState.CONFIRMED
        assert ending.fee_of(session, booking, NOON) == 0
        topics_told = [notice.topic for notice in session.scalars(select(Notice))]
        assert topics_told == ["booking.facility_suspended"]

    def test_suspended_ends_what_is_not_paid(self, session, make, slot):
        request = make.booking(slot, state=BookingState.PENDING_APPROVAL)
        facility = session.get_one(
            Facility, session.get_one(Resource, slot.resource_id).facility_id
        )
        facility.status, facility.suspended_reason = FacilityStatus.SUSPENDED, "x"
        session.flush()
        follow_facility(Work(session=session, now=NOON, parts=None), id=str(facility.id))
        assert request.state is BookingState.CANCELLED_BY_PROVIDER

    def test_of_a_published_one_nothing_happens(self, session, make, slot):
        request = make.booking(slot, state=BookingState.PENDING_APPROVAL)
        work = Work(session=session, now=NOON, parts=None)
        follow_facility(work, id=str(session.get_one(Resource, slot.resource_id).facility_id))
        assert request.state is BookingState.PENDING_APPROVAL

    def test_is_not_withdrawn_under_its_bookings(self, session, make, app, line, booked):
        booking = booked()
        owner = make.administrator()
        withdraw = {
            "actor": owner,
            "facility_id": line.facility_id,
            "reason": "搬迁",
            "now": NOON,
        }
        with pytest.raises(RuleBroken, match="bookings stand"):
            life.withdraw_facility(session, **withdraw)
        session.refresh(session.get_one(Facility, line.facility_id))
        ending.call_off(
            session, actor=make.operator_of(line), booking_id=booking.id, reason="搬迁", now=NOON
        )
        life.withdraw_facility(session, **withdraw)
        assert session.get_one(Facility, line.facility_id).status is FacilityStatus.WITHDRAWN


class TestHoursThatTouch:
    def save(self, session, actor, known, **values):
        facility = queries.get_own_facility(session, known.id, actor=actor)
        return drafts.save_step(
            session,
            actor=actor,
            facility_id=facility.id,
            step="hours",
            values={"hours": AFTERNOONS, "closures": [], "follows_holidays": True},
            seen=drafts.seen_of(facility, "hours"),
            now=NOON,
            **values,
        )

    def test_are_named_before_they_are_saved(self, session, make, app, line, staff, booked):
        booking = booked()
        facility = session.get_one(Facility, line.facility_id)
        with pytest.raises(HoursTouch) as touched:
            self.save(session, staff, facility)
        assert [one.values["booking_id"] for one in touched.value.guests] == [booking.id]
        session.refresh(facility)
        assert facility.hours == HOURS
        self.save(session, staff, facility, shuts_out=True)
        assert facility.hours == AFTERNOONS

    def test_are_saved_at_once_when_nobody_is_touched(self, session, app, line, staff, booked):
        booked(WEDNESDAY + 5 * HOUR)
        facility = session.get_one(Facility, line.facility_id)
        self.save(session, staff, facility)
        assert facility.hours == AFTERNOONS
