"""What people type wrongly: times that are over, sums that can't be, the same form twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from marketplace.bookings.models import (
    Allocation,
    AllocationKind,
    Booking,
    BookingState,
    ResourceMode,
    ResourcePrice,
    Slot,
)
from marketplace.bookings.times import BEIJING
from marketplace.payments.models import Payment
from tests.booking_pages import FORM, hold, soon
from tests.clients import words
from tests.forms import typed

SUMS = ["-1", "-0.01", "1e30", "99999999999999999999", "NaN", "Infinity", "12,34", "1.005", "abc"]


def local(moment):
    return f"{moment.astimezone(BEIJING):%Y-%m-%dT%H:%M}"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


class TestTimes:
    def test_a_slot_that_is_over_is_not_booked(
        self, client, session, make, user, organization, resource
    ):
        client.sign_in(user)
        late = make.slot(resource, starts_at=datetime.now(UTC) - timedelta(hours=2))
        answer = hold(client, late, organization)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.get_data(as_text=True)
        assert count(session, Booking) == 0

    @pytest.mark.parametrize(
        ("starts", "ends"),
        [
            (timedelta(days=-2), timedelta(days=-2, hours=2)),
            (timedelta(days=3, hours=2), timedelta(days=3)),
            (timedelta(days=3), timedelta(days=3)),
            (timedelta(days=900), timedelta(days=900, hours=2)),
        ],
    )
    def test_free_times_over_upside_down_or_far_are_not_booked(
        self, client, session, make, user, organization, starts, ends
    ):
        resource = make.resource(mode=ResourceMode.FREE)
        client.sign_in(user)
        base = soon(days=0)
        answer = client.post(
            f"/resources/{resource.id}/book",
            data={
                "key": "k",
                "organization_id": str(organization.id),
                "starts": local(base + starts),
                "ends": local(base + ends),
            },
        )
        assert answer.status_code == 422
        assert local(base + starts) in answer.get_data(as_text=True)
        assert count(session, Booking) == 0

    @pytest.mark.parametrize("starts", ["2026-02-30T10:00", "0000-00-00T00:00", "x", ""])
    def test_days_that_do_not_exist_are_named(self, client, make, user, organization, starts):
        resource = make.resource(mode=ResourceMode.FREE)
        client.sign_in(user)
        answer = client.post(
            f"/resources/{resource.id}/book",
            data={
                "key": "k",
                "organization_id": str(organization.id),
                "starts": starts,
                "ends": local(soon()),
            },
        )
        assert answer.status_code == 422

    def test_no_slots_are_published_into_the_past(self, client, session, operator, resource):
        client.sign_in(operator)
        first = soon().astimezone(BEIJING).date() - timedelta(days=40)
        client.post(
            f"/resources/{resource.id}/slots",
            data={
                "weekdays": ["1", "2", "3", "4", "5"],
                "starts": "09:00",
                "ends": "12:00",
                "first_on": f"{first}",
                "last_on": f"{first + timedelta(days=7)}",
                "capacity": "1",
                "price": "",
            },
        )
        assert count(session, Slot) == 0

    def test_no_block_ends_before_it_begins(self, client, session, operator, resource):
        client.sign_in(operator)
        answer = client.post(
            f"/resources/{resource.id}/block",
            data={
                "kind": "maintenance",
                "starts": local(soon()),
                "ends": local(soon() - timedelta(hours=2)),
                "note": "更换刮刀",
            },
        )
        assert answer.status_code == 422
        assert "更换刮刀" in answer.get_data(as_text=True)
        blocks = select(func.count()).where(Allocation.kind == AllocationKind.MAINTENANCE)
        assert session.scalar(blocks) == 0


class TestSums:
    @pytest.mark.parametrize("price", SUMS)
    def test_of_slots_are_refused_with_what_was_typed(
        self, client, session, operator, resource, price
    ):
        client.sign_in(operator)
        first = soon().astimezone(BEIJING).date()
        answer = client.post(
            f"/resources/{resource.id}/slots",
            data={
                "weekdays": [str(first.isoweekday())],
                "starts": "09:00",
                "ends": "12:00",
                "first_on": f"{first}",
                "last_on": f"{first}",
                "capacity": "1",
                "price": price,
            },
        )
        assert answer.status_code == 422
        assert price in answer.get_data(as_text=True)
        assert count(session, Slot) == 0

    @pytest.mark.parametrize("sum_", SUMS)
    def test_of_a_use_are_refused(
        self, client, session, make, operator, resource, user, organization, sum_
    ):
        past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        booking = make.booking(
            make.slot(resource, starts_at=past), user, organization_id=organization.id
        )
        client.sign_in(operator)
        page = f"/bookings/{booking.id}/use"
        values = typed(client.get(page)) | {"charge": [sum_], "adjust_reason": ["设备停机"]}
        answer = client.post(page, data=values)
        assert answer.status_code == 422
        session.refresh(booking)
        assert booking.state is BookingState.CONFIRMED


class TestTwice:
    def test_sending_approving_and_paying_make_one_of_each(
        self, client, session, user, organization, slot, operator
    ):
        client.sign_in(user)
        held = hold(client, slot, organization)
        for _ in range(2):
            client.post(held.location, data={**FORM, "expected": "100000"})
        booking = session.scalars(select(Booking)).one()
        client.sign_in(operator)
        codes = [client.post(f"/bookings/{booking.id}/approve").status_code for _ in range(2)]
        assert codes == [303, 409]
        client.sign_in(user)
        places = {client.post(f"/bookings/{booking.id}/pay").location for _ in range(2)}
        assert len(places) == 1
        assert count(session, Payment) == 1

    def test_writing_the_use_down_again_changes_nothing(
        self, client, session, make, operator, resource, user, organization
    ):
        past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        booking = make.booking(
            make.slot(resource, starts_at=past), user, organization_id=organization.id
        )
        client.sign_in(operator)
        page = f"/bookings/{booking.id}/use"
        values = typed(client.get(page))
        first = client.post(page, data=values)
        again = client.post(page, data=values | {"note": ["另一次"]})
        assert (first.status_code, again.status_code) == (303, 303)
        assert "另一次" not in words(client.get(f"/bookings/{booking.id}"))


class TestChangedPrice:
    def test_after_the_request_the_agreed_sum_is_paid(
        self, client, session, user, organization, slot, operator, resource
    ):
        """What was agreed stays: a price of later neither raises nor lowers what is open."""
        client.sign_in(user)
        held = hold(client, slot, organization)
        client.post(held.location, data={**FORM, "expected": "100000"})
        booking = session.scalars(select(Booking)).one()
        client.sign_in(operator)
        client.post(f"/bookings/{booking.id}/approve")
        session.execute(
            update(ResourcePrice)
            .where(ResourcePrice.resource_id == resource.id)
            .values(unit_minor=250_000)
        )
        client.sign_in(user)
        paying = client.post(f"/bookings/{booking.id}/pay")
        assert session.scalars(select(Payment.amount_minor)).all() == [100_000]
        assert "1,000.00" in words(client.get(paying.location))
