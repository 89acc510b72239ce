"""Pages of bookings through the client: calendar, hold, form, decision, sheet, feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings.models import (
    Booking,
    BookingState,
    Resource,
    ResourceMode,
    WaitEntry,
)
from marketplace.bookings.times import BEIJING
from tests.booking_pages import FORM, hidden, hold, soon
from tests.clients import parsed, words
from tests.jobs import run_jobs


class TestResource:
    def test_calendar_is_public_and_tells_prices_and_rules(self, client, slot):
        response = client.get(f"/resources/{slot.resource_id}?on={slot.starts_at:%Y-%m-%d}")
        text = words(response)
        assert response.status_code == 200
        assert "余 1" in text
        assert "1,000.00 元" in text
        assert "收取价款的 30%" in text

    @pytest.mark.parametrize("view", ["day", "week", "month", "nonsense"])
    @pytest.mark.parametrize("on", ["2026-11-25", "nonsense", "9999-12-31", "0001-01-01"])
    def test_every_view_of_every_day_opens(self, client, slot, view, on):
        response = client.get(f"/resources/{slot.resource_id}?view={view}&on={on}")
        assert response.status_code == 200
        assert parsed(response) is not None

    def test_free_times_are_links(self, client, make):
        resource = make.resource(mode=ResourceMode.FREE, buffer_after_minutes=30)
        on = soon().astimezone(BEIJING).date()
        text = client.get(f"/en/resources/{resource.id}?view=day&on={on}").get_data(as_text=True)
        assert f"/resources/{resource.id}/book?starts=" in text

    def test_of_an_unpublished_facility_is_not_found(self, client, make):
        resource = make.resource(make.bookable_facility(status="draft"))
        assert client.get(f"/resources/{resource.id}").status_code == 404


class TestBook:
    def test_goes_from_the_slot_to_the_request(
        self, app, client, session, user, organization, slot, operator
    ):
        client.sign_in(user)
        held = hold(client, slot, organization)
        assert held.status_code == 303
        booking = session.scalars(select(Booking)).one()
        details = client.get(held.location)
        assert "为您保留至" in words(details)
        assert hidden(details, "expected") == "100000"
        sent = client.post(held.location, data={**FORM, "expected": "100000"})
        assert sent.status_code == 303
        session.refresh(booking)
        assert booking.state is BookingState.PENDING_APPROVAL
        run_jobs(app, session)
        client.sign_in(operator)
        assert "申请预约" in words(client.get("/notices/"))
        assert "放大试验" in words(client.get(f"/bookings/{booking.id}/judge"))
        assert client.post(f"/bookings/{booking.id}/approve").status_code == 303
        session.refresh(booking)
        assert booking.state is BookingState.AWAITING_PAYMENT

    def test_sent_twice_is_one_booking(self, client, session, user, organization, slot):
        slot.capacity = 5
        client.sign_in(user)
        first = hold(client, slot, organization, key="same")
        second = hold(client, slot, organization, key="same")
        assert first.location == second.location
        assert len(session.scalars(select(Booking)).all()) == 1

    def test_with_a_changed_body_is_refused(self, client, session, user, organization, slot):
        slot.capacity = 5
        client.sign_in(user)
        hold(client, slot, organization, key="same")
        assert hold(client, slot, organization, key="same", places="2").status_code == 422

    def test_of_a_taken_slot_names_others(
        self, client, session, make, user, organization, resource, slot
    ):
        other = make.slot(resource, starts_at=slot.starts_at + timedelta(hours=4))
        client.sign_in(user)
        make.booking(slot)
        response = hold(client, slot, organization)
        assert response.status_code == 409
        assert "刚刚被约满" in words(response)
        assert f"slot={other.id}" in response.get_data(as_text=True)
        waited = client.post(
            f"/resources/{resource.id}/wait",
            data={"organization_id": str(organization.id), "slot_id": str(slot.id)},
        )
        assert waited.status_code == 303
        assert session.scalars(select(WaitEntry)).one().slot_id == slot.id
        assert "候补中" in words(client.get("/my/bookings?tab=waiting"))

    @pytest.mark.parametrize("places", ["0", "-5", "99999999999", "abc"])
    def test_keeps_nonsense_out(self, client, session, user, organization, slot, places):
        slot.capacity = 5
        client.sign_in(user)
        response = hold(client, slot, organization, places=places)
        assert response.status_code == 422
        assert session.scalars(select(Booking)).all() == []

    def test_says_a_new_price_before_it_books(
        self, client, session, user, organization, resource, slot
    ):
        client.sign_in(user)
        held = hold(client, slot, organization)
        session.get_one(Resource, resource.id)
        slot.price_minor = 250_000
        response = client.post(held.location, data={**FORM, "expected": "100000"})
        assert response.status_code == 422
        assert "价格有变动" in words(response)
        assert hidden(response, "expected") == "250000"
        again = client.post(held.location, data={**FORM, "expected": "250000"})
        assert again.status_code == 303

    def test_says_what_is_missing_and_keeps_the_rest(self, client, user, organization, slot):
        client.sign_in(user)
        held = hold(client, slot, organization)
        response = client.post(
            held.location, data={"purpose": "放大试验", "answer_0": "", "expected": "100000"}
        )
        assert response.status_code == 422
        assert "运营方要求回答此项" in words(response)
        assert "放大试验" in response.get_data(as_text=True)

    def test_without_an_organization_says_what_to_do(self, client, make, slot):
        client.sign_in(make.user())
        response = client.get(f"/resources/{slot.resource_id}/book?slot={slot.id}")
        assert "已认证单位" in words(response)
        posted = client.post(f"/resources/{slot.resource_id}/book?slot={slot.id}")
        assert posted.status_code == 403

    def test_of_no_or_a_foreign_slot_is_not_found(self, client, make, user, resource):
        client.sign_in(user)
        foreign = make.slot()
        for value in ("", "x", foreign.id):
            assert client.get(f"/resources/{resource.id}/book?slot={value}").status_code == 404


class TestBooking:
    @pytest.fixture
    def booking(self, make, slot, user, organization):
        return make.booking(slot, user, organization_id=organization.id)

    @pytest.mark.parametrize(
        "page", ["", "/cancel", "/move", "/hand-over", "/details", "/judge", "/call-off"]
    )
    def test_of_another_tenant_is_not_found(self, client, make, booking, page):
        client.sign_in(make.booker())
        assert client.get(f"/bookings/{booking.id}{page}").status_code == 404

    @pytest.mark.parametrize("page", ["judge", "call-off"])
    def test_operators_pages_are_not_found_by_the_user(self, client, user, booking, page):
        client.sign_in(user)
        assert client.get(f"/bookings/{booking.id}/{page}").status_code == 404

    @pytest.mark.parametrize("page", ["cancel", "move", "hand-over"])
    def test_users_pages_are_not_found_by_the_operator(self, client, operator, booking, page):
        client.sign_in(operator)
        assert client.get(f"/bookings/{booking.id}/{page}").status_code == 404

    @pytest.mark.parametrize("state", list(BookingState))
    def test_shows_every_state_to_both_sides(
        self, client, make, slot, user, organization, operator, state
    ):
        slot.capacity = 20
        booking = make.booking(slot, user, organization_id=organization.id, state=state)
        for person in (user, operator):
            client.sign_in(person)
            assert client.get(f"/bookings/{booking.id}").status_code == 200

    def test_cancelling_shows_its_cost(self, client, session, user, booking):
        client.sign_in(user)
        page = client.get(f"/bookings/{booking.id}/cancel")
        assert hidden(page, "expected") == "0"
        wrong = client.post(f"/bookings/{booking.id}/cancel", data={"expected": "5"})
        assert wrong.status_code == 422
        assert "取消费用有变动" in words(wrong)
        done = client.post(f"/bookings/{booking.id}/cancel", data={"expected": "0"})
        session.refresh(booking)
        assert (done.status_code, booking.state) == (303, BookingState.CANCELLED_BY_BUYER)

    def test_moves_to_another_slot(self, client, session, make, user, resource, booking):
        other = make.slot(resource, starts_at=soon(days=9))
        client.sign_in(user)
        assert str(other.id) in client.get(f"/bookings/{booking.id}/move").get_data(as_text=True)
        client.post(f"/bookings/{booking.id}/move", data={"slot_id": str(other.id)})
        session.refresh(booking)
        assert booking.slot_id == other.id

    def test_is_handed_over(self, client, session, make, user, organization, booking):
        colleague = make.booker(organization)
        client.sign_in(user)
        page = client.get(f"/bookings/{booking.id}/hand-over")
        assert colleague.name in words(page)
        client.post(f"/bookings/{booking.id}/hand-over", data={"person_id": str(colleague.id)})
        session.refresh(booking)
        assert booking.person_id == colleague.id

    def test_is_called_off_with_a_reason(self, client, session, operator, booking):
        client.sign_in(operator)
        address = f"/bookings/{booking.id}/call-off"
        assert client.post(address, data={"reason": ""}).status_code == 422
        client.post(address, data={"reason": "停电"})
        session.refresh(booking)
        assert booking.state is BookingState.CANCELLED_BY_PROVIDER

    @pytest.mark.parametrize("tab", ["ahead", "past", "calendar", "waiting", "nonsense"])
    def test_stands_in_ones_list(self, client, user, booking, tab):
        client.sign_in(user)
        response = client.get(f"/my/bookings?tab={tab}&on={booking.starts_at:%Y-%m-%d}")
        assert response.status_code == 200
        assert (booking.resource_id is not None) == ("我的预约" in words(response))
        assert client.get("/desk").status_code == 200


class TestJudge:
    @pytest.fixture
    def booking(self, make, slot, user, organization):
        return make.booking(
            slot,
            user,
            organization_id=organization.id,
            state=BookingState.PENDING_APPROVAL,
            deadline_at=datetime.now(UTC) + timedelta(hours=30),
        )

    def test_queue_shows_the_clock(self, client, operator, booking):
        client.sign_in(operator)
        assert "剩余 29 小时" in words(client.get("/my/requests"))

    def test_declines_with_a_reason(self, client, session, operator, booking):
        client.sign_in(operator)
        assert client.post(f"/bookings/{booking.id}/reject", data={}).status_code == 422
        client.post(f"/bookings/{booking.id}/reject", data={"reason": "检修"})
        session.refresh(booking)
        assert (booking.state, booking.end_reason) == (BookingState.REJECTED, "检修")

    def test_proposes_and_the_user_takes_it(
        self, client, session, make, user, operator, resource, booking
    ):
        other = make.slot(resource, starts_at=soon(days=9))
        client.sign_in(operator)
        assert client.post(f"/bookings/{booking.id}/propose", data={}).status_code == 422
        client.post(f"/bookings/{booking.id}/propose", data={"slot_id": str(other.id)})
        client.sign_in(user)
        assert "运营方建议改期" in words(client.get(f"/bookings/{booking.id}"))
        assert client.post(f"/bookings/{booking.id}/proposal/maybe").status_code == 404
        client.post(f"/bookings/{booking.id}/proposal/accept")
        session.refresh(booking)
        assert booking.slot_id == other.id


class TestPay:
    def test_leads_to_the_open_payment(self, client, session, user, organization, slot, operator):
        client.sign_in(user)
        held = hold(client, slot, organization)
        client.post(held.location, data={**FORM, "expected": "100000"})
        booking = session.scalars(select(Booking)).one()
        client.sign_in(operator)
        client.post(f"/bookings/{booking.id}/approve")
        assert client.post(f"/bookings/{booking.id}/pay").status_code == 404
        client.sign_in(user)
        paid = client.post(f"/bookings/{booking.id}/pay")
        assert paid.status_code == 303
        assert "/payments/" in paid.location
        assert client.get(paid.location).status_code == 200

    def test_of_a_request_is_too_early(self, client, make, user, organization, slot):
        booking = make.booking(
            slot,
            user,
            organization_id=organization.id,
            state=BookingState.PENDING_APPROVAL,
            deadline_at=datetime.now(UTC) + timedelta(hours=1),
        )
        client.sign_in(user)
        assert client.post(f"/bookings/{booking.id}/pay").status_code == 409
