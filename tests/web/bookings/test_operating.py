"""Pages of bookings for operators through the client: sheet, slots, blocks, series, feeds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from marketplace.bookings.models import (
    BookingSeries,
    BookingState,
    Qualification,
    Resource,
    ResourceMode,
    Slot,
)
from marketplace.bookings.times import BEIJING
from tests.booking_pages import hidden, soon
from tests.clients import words
from tests.jobs import run_jobs


class TestFeeds:
    def address(self, response):
        return re.search(r"/calendars/[\w-]+\.ics", response.get_data(as_text=True)).group(0)

    def test_of_a_person_lists_the_bookings_until_it_ends(
        self, client, make, slot, user, organization
    ):
        booking = make.booking(slot, user, organization_id=organization.id)
        client.sign_in(user)
        address = self.address(client.post("/my/calendar"))
        answer = client.get(address)
        events = icalendar.Calendar.from_ical(answer.data).walk("VEVENT")
        assert [str(event["UID"]) for event in events] == [f"{booking.id}@hanqiao"]
        assert events[0].decoded("DTSTART") == booking.starts_at
        assert answer.headers["Cache-Control"] == "private, no-store"
        renewed = self.address(client.post("/my/calendar"))
        assert client.get(address).status_code == 404
        client.post("/my/calendar/end")
        assert client.get(renewed).status_code == 404

    def test_of_a_facility_ends_with_the_makers_right(
        self, client, session, make, slot, operator, resource
    ):
        make.booking(slot)
        client.sign_in(operator)
        address = self.address(client.post(f"/facilities/{resource.facility_id}/calendar"))
        assert b"VEVENT" in client.get(address).data
        from marketplace.accounts.models import Membership

        for row in session.scalars(select(Membership).where(Membership.user_id == operator.id)):
            row.ended_at = datetime.now(UTC) - timedelta(seconds=1)
        assert client.get(address).status_code == 404

    def test_is_not_guessed(self, client):
        assert client.get("/calendars/guess.ics").status_code == 404


class TestSeries:
    def test_tells_of_each_date(self, client, session, make, user, organization):
        resource = make.resource(mode=ResourceMode.FREE)
        first = soon().astimezone(BEIJING).date()
        client.sign_in(user)
        page = client.get(f"/resources/{resource.id}/series")
        data = {
            "key": hidden(page, "key"),
            "organization_id": str(organization.id),
            "weekdays": [str(day) for day in range(1, 8)],
            "starts": "09:00",
            "ends": "11:00",
            "first_on": str(first),
            "last_on": str(first + timedelta(days=6)),
            "purpose": "每周例行测试",
        }
        done = client.post(f"/resources/{resource.id}/series", data=data)
        assert done.status_code == 303
        series = session.scalars(select(BookingSeries)).one()
        booked = [row for row in series.results if row["booking_id"]]
        assert (len(series.results), len(booked)) == (7, 5)
        text = words(client.get(done.location))
        assert "已跳过" in text
        assert "待审批" in text
        again = client.post(f"/resources/{resource.id}/series", data=data)
        assert again.location == done.location
        client.sign_in(make.booker())
        assert client.get(done.location).status_code == 404

    def test_says_what_is_wrong(self, client, make, user, organization):
        resource = make.resource(mode=ResourceMode.FREE)
        client.sign_in(user)
        response = client.post(f"/resources/{resource.id}/series", data={"key": "k"})
        assert response.status_code == 422


class TestOperating:
    @pytest.mark.parametrize("view", ["day", "week", "month"])
    def test_sheet_shows_who_comes(self, client, make, slot, operator, resource, view):
        booking = make.booking(slot)
        client.sign_in(operator)
        address = f"/facilities/{resource.facility_id}/schedule"
        on = slot.starts_at.astimezone(BEIJING).date()
        text = words(client.get(f"{address}?view={view}&on={on}"))
        assert str(booking.places) in text
        assert view == "month" or "已确认" in text
        assert client.get(f"{address}/print?view={view}&on={on}").status_code == 200

    @pytest.mark.parametrize("page", ["schedule", "schedule/print", "resources", "resources/new"])
    def test_is_not_found_by_others(self, client, user, resource, page):
        client.sign_in(user)
        assert client.get(f"/facilities/{resource.facility_id}/{page}").status_code == 404

    @pytest.mark.parametrize("page", ["edit", "slots", "block", "qualifications"])
    def test_resource_pages_are_the_operators(self, client, user, operator, resource, page):
        client.sign_in(user)
        assert client.get(f"/resources/{resource.id}/{page}").status_code == 404
        client.sign_in(operator)
        assert client.get(f"/resources/{resource.id}/{page}").status_code == 200

    def test_publishes_a_series_and_says_what_was_skipped(
        self, client, session, operator, resource
    ):
        first = soon().astimezone(BEIJING).date()
        client.sign_in(operator)
        response = client.post(
            f"/resources/{resource.id}/slots",
            data={
                "weekdays": [str(day) for day in range(1, 8)],
                "starts": "09:00",
                "ends": "12:00",
                "first_on": str(first),
                "last_on": str(first + timedelta(days=6)),
                "capacity": "2",
                "price": "4800.50",
            },
        )
        assert "已发布 5 个时段" in words(response)
        slots = session.scalars(select(Slot).where(Slot.resource_id == resource.id)).all()
        assert {slot.price_minor for slot in slots} == {480_050}

    def test_lowering_below_the_booked_is_refused(self, client, make, operator, slot):
        slot.capacity = 2
        make.booking(slot, places=2)
        client.sign_in(operator)
        response = client.post(f"/slots/{slot.id}", data={"capacity": "1"})
        assert response.status_code == 422
        assert "不能更少" in words(response)
        assert client.post(f"/slots/{slot.id}", data={"capacity": "3"}).status_code == 303

    def test_closing_calls_its_bookings_off(self, client, session, make, operator, slot):
        booking = make.booking(slot)
        client.sign_in(operator)
        assert client.post(f"/slots/{slot.id}/close", data={}).status_code == 422
        assert client.post(f"/slots/{slot.id}/close", data={"reason": "x"}).status_code == 303
        session.refresh(booking)
        assert booking.state is BookingState.CANCELLED_BY_PROVIDER

    def test_block_explains_the_clash(self, client, session, make, operator, slot):
        booking = make.booking(slot)
        client.sign_in(operator)
        starts = slot.starts_at.astimezone(BEIJING)
        data = {
            "kind": "maintenance",
            "starts": f"{starts:%Y-%m-%dT%H:%M}",
            "ends": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}",
            "note": "更换刮刀",
        }
        address = f"/resources/{slot.resource_id}/block"
        clash = client.post(address, data=data)
        assert clash.status_code == 422
        assert "1 个预约与之冲突" in words(clash)
        session.refresh(booking)
        assert booking.state is BookingState.CONFIRMED
        assert client.post(address, data={**data, "call_off": "1"}).status_code == 303
        session.refresh(booking)
        assert booking.state is BookingState.CANCELLED_BY_PROVIDER
        page = client.get(address)
        lift = re.search(r"/blocks/[\w-]+/lift", page.get_data(as_text=True)).group(0)
        assert client.post(lift).status_code == 303
        assert "更换刮刀" not in words(client.get(address))

    def test_makes_and_changes_a_resource(self, client, session, operator, resource):
        client.sign_in(operator)
        address = f"/facilities/{resource.facility_id}/resources/new"
        page = client.get(address)
        assert page.status_code == 200
        data = {
            "name": "新产线",
            "mode": "free",
            "approval": "instant",
            "step_minutes": "30",
            "price_unit": "hour",
            "prices-0-rate": "standard",
            "prices-0-from_quantity": "1",
            "prices-0-unit": "380.00",
            "questions-0-text": "材料",
            "questions-0-required": "y",
            "deposit": "0",
            **dict.fromkeys(("units", "minimum_notice_hours"), "2"),
            **dict.fromkeys(("buffer_before_minutes", "buffer_after_minutes"), "0"),
            "horizon_days": "30",
            "minimum_minutes": "60",
            "maximum_minutes": "120",
            "free_cancel_hours": "24",
            "late_fee_percent": "50",
            "request_hours": "48",
            "payment_minutes": "30",
        }
        made = client.post(address, data=data)
        assert made.status_code == 303
        row = session.scalars(select(Resource).where(Resource.name == "新产线")).one()
        edit = f"/resources/{row.id}/edit"
        assert client.get(edit).status_code == 200
        for name, value, message in (
            ("units", "0", "1 至 50"),
            ("prices-0-unit", "-1", "10 亿元"),
            ("prices-0-unit", "1.005", "两位小数"),
            ("maximum_minutes", "30", "短于"),
            ("mode", "slots", "不能更改"),
        ):
            answer = client.post(edit, data={**data, name: value})
            assert answer.status_code == 422
            assert message in words(answer)
        assert client.post(edit, data={**data, "name": "新产线二"}).status_code == 303
        session.refresh(row)
        assert (row.name, row.units) == ("新产线二", 2)
        for status in ("paused", "open", "paused", "retired"):
            answer = client.post(f"/resources/{row.id}/status", data={"status": status})
            assert answer.status_code == 303
        assert client.post(f"/resources/{row.id}/status", data={"status": "x"}).status_code == 404

    def test_member_rate_is_given_and_ended(
        self, client, session, operator, resource, organization
    ):
        client.sign_in(operator)
        address = f"/facilities/{resource.facility_id}/member-rates"
        data = {"credit_code": organization.credit_code, "valid_until": "2030-12-31"}
        assert client.post(address, data={**data, "credit_code": "x"}).status_code == 422
        assert client.post(address, data=data).status_code == 303
        page = client.get(f"/facilities/{resource.facility_id}/resources")
        end = re.search(r"/member-rates/[\w-]+/end", page.get_data(as_text=True)).group(0)
        assert client.post(end).status_code == 303
        assert client.post(end).status_code == 404

    def test_qualification_is_asked_for_and_granted(
        self, app, client, session, user, operator, organization, resource
    ):
        client.sign_in(user)
        address = f"/resources/{resource.id}/qualification"
        assert client.get(address).status_code == 200
        data = {"organization_id": str(organization.id), "statement": "五年经验"}
        assert client.post(address, data={**data, "statement": ""}).status_code == 422
        assert client.post(address, data=data).status_code == 303
        row = session.scalars(select(Qualification)).one()
        client.sign_in(operator)
        decide = f"/resources/{resource.id}/qualifications/{row.id}"
        assert "五年经验" in words(client.get(f"/resources/{resource.id}/qualifications"))
        assert client.post(decide, data={"state": "granted"}).status_code == 422
        assert client.post(decide, data={"state": "refused"}).status_code == 422
        granted = {"state": "granted", "valid_until": "2030-12-31"}
        assert client.post(decide, data=granted).status_code == 303
        run_jobs(app, session)
        client.sign_in(user)
        assert "使用资格" in words(client.get("/notices/"))
