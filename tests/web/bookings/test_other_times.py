"""Pages about other times: earlier, another one, hours that change, what an address fills in."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState, ResourceMode
from marketplace.bookings.times import BEIJING
from marketplace.facilities.models import Facility
from marketplace.listings.models import ListingStatus
from tests.booking_pages import hidden, soon
from tests.clients import words
from tests.factories.bookings import HOURS
from tests.forms import typed

HOUR = timedelta(hours=1)


def local(moment):
    return moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")


def hour_of(page, name):
    return typed(page)[name][0].replace(" ", "T")[:16]


@pytest.fixture
def booking(make, slot, user, organization):
    return make.booking(slot, user, organization_id=organization.id)


class TestComingEarly:
    def test_is_said_and_taken_back(self, session, client, user, operator, booking):
        client.sign_in(user)
        page = f"/en/bookings/{booking.id}"
        assert "Come earlier" in words(client.get(page))
        at = booking.starts_at - 2 * HOUR
        assert client.post(f"{page}/early", data={"early_from": local(at)}).status_code == 303
        session.refresh(booking)
        assert booking.early_from == at
        assert hour_of(client.get(f"{page}/early"), "early_from") == local(at)
        client.sign_in(operator)
        told = words(client.get(page))
        assert "Can come from" in told
        assert "The use may begin from" in told
        assert "begin the use" not in told
        client.sign_in(user)
        client.post(f"{page}/early", data={"early_from": ""})
        session.refresh(booking)
        assert booking.early_from is None

    def test_keeps_what_was_typed(self, client, user, booking):
        client.sign_in(user)
        late = local(booking.starts_at + HOUR)
        answer = client.post(f"/en/bookings/{booking.id}/early", data={"early_from": late})
        assert answer.status_code == 422
        assert late in answer.get_data(as_text=True)

    def test_is_not_the_operators(self, client, operator, booking):
        client.sign_in(operator)
        assert client.get(f"/bookings/{booking.id}/early").status_code == 404

    def test_is_not_forced_by_the_operator(self, session, client, operator, booking):
        client.sign_in(operator)
        assert client.post(f"/en/bookings/{booking.id}/start").status_code == 409
        session.refresh(booking)
        assert booking.state is BookingState.CONFIRMED


class TestTheOperatorsOtherTime:
    def test_is_filled_in_by_the_address_and_taken_by_the_user(
        self, session, client, make, user, operator, resource, booking
    ):
        other = make.slot(resource, starts_at=booking.starts_at + 24 * HOUR)
        client.sign_in(operator)
        page = f"/en/bookings/{booking.id}"
        move = client.get(f"{page}/offer-move?starts={local(other.starts_at)}")
        assert typed(move)["slot_id"] == [str(other.id)]
        client.post(f"{page}/offer-move", data={"slot_id": str(other.id), "note": "检修"})
        client.sign_in(user)
        assert "检修" in words(client.get(page))
        assert client.post(f"{page}/proposal/accept").status_code == 303
        session.refresh(booking)
        assert booking.slot_id == other.id
        assert booking.state is BookingState.CONFIRMED

    def test_can_be_declined(self, session, client, make, user, operator, resource, slot, booking):
        other = make.slot(resource, starts_at=booking.starts_at + 24 * HOUR)
        client.sign_in(operator)
        page = f"/en/bookings/{booking.id}"
        client.post(f"{page}/offer-move", data={"slot_id": str(other.id)})
        client.sign_in(user)
        client.post(f"{page}/proposal/decline")
        session.refresh(booking)
        assert (booking.proposed_slot_id, booking.starts_at) == (None, slot.starts_at)

    def test_says_when_no_slot_begins_there(self, client, make, operator, resource, booking):
        same_day = make.slot(resource, starts_at=booking.starts_at + 5 * HOUR)
        client.sign_in(operator)
        wish = local(booking.starts_at + 2 * HOUR)
        page = client.get(f"/en/bookings/{booking.id}/offer-move?starts={wish}")
        assert "No slot of this length begins at" in words(page)
        assert typed(page)["slot_id"] == [str(same_day.id)]
        tomorrow = local(booking.starts_at + 24 * HOUR)
        page = client.get(f"/en/bookings/{booking.id}/offer-move?starts={tomorrow}")
        assert typed(page)["slot_id"] == [""]

    def test_is_refused_with_a_reason(self, client, operator, booking):
        client.sign_in(operator)
        answer = client.post(f"/en/bookings/{booking.id}/offer-move", data={"slot_id": ""})
        assert answer.status_code == 422
        assert "Choose one of the published slots" in words(answer)

    def test_of_a_request_is_part_of_the_decision(self, session, client, operator, booking):
        booking.state, booking.deadline_at = BookingState.PENDING_APPROVAL, booking.starts_at
        session.flush()
        client.sign_in(operator)
        answer = client.get(f"/bookings/{booking.id}/offer-move")
        assert answer.location.endswith(f"/bookings/{booking.id}/judge")

    def test_is_not_the_users_to_propose(self, client, user, booking):
        client.sign_in(user)
        assert client.get(f"/bookings/{booking.id}/offer-move").status_code == 404


class TestFilledIn:
    def test_a_block_takes_time_and_unit_from_the_address(self, client, make):
        line = make.resource(mode=ResourceMode.FREE, units=2)
        client.sign_in(make.operator_user(line))
        place = f"/en/resources/{line.id}/block?starts=2026-12-01T09:00&ends=2026-12-01T11:30"
        page = client.get(f"{place}&lane=2")
        assert hour_of(page, "starts") == "2026-12-01T09:00"
        assert hour_of(page, "ends") == "2026-12-01T11:30"
        assert typed(page)["lane"] == ["2"]
        odd = typed(client.get(f"/en/resources/{line.id}/block?starts=x&lane=9"))
        assert odd["starts"] == [""]
        assert odd["lane"] == [""]

    def test_the_sheet_says_what_a_script_needs(self, client, operator, resource, booking):
        client.sign_in(operator)
        day = booking.starts_at.astimezone(BEIJING).date()
        place = f"/en/facilities/{resource.facility_id}/schedule?on={day}"
        text = client.get(f"{place}&view=day").get_data(as_text=True)
        assert 'data-sheet="day"' in text
        assert f'data-move="/en/bookings/{booking.id}/offer-move"' in text
        assert 'data-opens="08:00" data-closes="18:00"' in text
        assert "data-sheet" not in client.get(f"{place}&view=month").get_data(as_text=True)

    def test_ones_own_month_leads_to_the_form(self, client, user, booking):
        client.sign_in(user)
        day = booking.starts_at.astimezone(BEIJING).date()
        page = client.get(f"/en/my/bookings?tab=calendar&on={day}").get_data(as_text=True)
        assert f'data-move="/en/bookings/{booking.id}/move"' in page


AFTERNOONS = {f"hours-{day}-opens": "14:00" for day in range(5)}


class TestChangedHours:
    def place(self, resource):
        return f"/en/facilities/{resource.facility_id}/edit/hours"

    def test_name_the_bookings_before_they_are_saved(
        self, session, client, operator, resource, booking
    ):
        client.sign_in(operator)
        values = typed(client.get(self.place(resource))) | AFTERNOONS
        answer = client.post(self.place(resource), data=values)
        assert answer.status_code == 422
        told = words(answer)
        assert "1 bookings would lie outside" in told
        assert f"/bookings/{booking.id}" in answer.get_data(as_text=True)
        assert "Save the hours and tell these users" in told
        facility = session.get_one(Facility, resource.facility_id)
        session.refresh(facility)
        assert facility.hours == HOURS
        again = typed(answer) | {"shuts_out": "1"}
        assert again["hours-0-opens"] == ["14:00"]
        assert client.post(self.place(resource), data=again).status_code == 303
        session.refresh(facility)
        assert {row["opens"] for row in facility.hours} == {"14:00"}

    def test_are_shown_to_both_sides(self, session, client, user, operator, resource, booking):
        booking.outside_since = booking.starts_at - 24 * HOUR
        session.flush()
        for person in (user, operator):
            client.sign_in(person)
            told = words(client.get(f"/en/bookings/{booking.id}"))
            assert "The opening hours changed" in told
        told = words(client.get(f"/en/facilities/{resource.facility_id}/schedule"))
        assert "1 booking lies outside the opening hours" in told


class TestTheListing:
    def test_goes_along_from_the_facility_to_the_booking(
        self, session, client, make, user, organization, resource, slot
    ):
        listing = make.listing(organization, status=ListingStatus.PUBLISHED, title="湿法合成电解质")
        client.sign_in(user)
        carried = f"listing={listing.id}"
        place = client.get(f"/en/facilities/{resource.facility_id}?{carried}")
        assert "You look for a place for" in words(place)
        line = f"/en/resources/{resource.id}?{carried}"
        assert line in place.get_data(as_text=True)
        day = slot.starts_at.astimezone(BEIJING).date()
        week = client.get(f"{line}&on={day}").get_data(as_text=True)
        address = f"/en/resources/{resource.id}/book?slot={slot.id}&amp;{carried}"
        assert address in week
        form = client.get(address.replace("&amp;", "&"))
        assert typed(form)["listing_id"] == [str(listing.id)]
        held = client.post(address.replace("&amp;", "&"), data=typed(form))
        assert held.status_code == 303
        assert hidden(client.get(held.location), "expected") == "100000"

    @pytest.mark.parametrize("status", [ListingStatus.DRAFT, None])
    def test_is_a_published_one(self, client, make, user, organization, resource, status):
        identity = make.listing(organization, status=status).id if status else "odd"
        client.sign_in(user)
        page = client.get(f"/en/resources/{resource.id}?listing={identity}")
        assert "You look for a place for" not in words(page)


class TestAFreeRoom:
    def test_says_that_nothing_is_paid(self, client, make):
        room = make.resource(mode=ResourceMode.FREE, price_minor=0, approval="instant")
        client.sign_in(make.booker())
        told = words(client.get(f"/en/resources/{room.id}?on={soon():%Y-%m-%d}"))
        assert "Booked at once, free of charge." in told
