"""Dragging over calendars, the same by keyboard, and the pages on an English phone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from marketplace.bookings.times import BEIJING
from tests.e2e.booking_steps import LINE, ROOM, as_member, ask, good, resource_of
from tests.e2e.conftest import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e


def weekday(days: int) -> datetime:
    moment = datetime.now(BEIJING) + timedelta(days=days)
    while moment.isoweekday() > 5:
        moment += timedelta(days=1)
    return moment


def drag(page: Page, start: Locator, end: Locator) -> None:
    start.scroll_into_view_if_needed()
    first, last = start.bounding_box(), end.bounding_box()
    assert first
    assert last
    page.mouse.move(first["x"] + 12, first["y"] + 8)
    page.mouse.down()
    page.mouse.move(last["x"] + 12, last["y"] + 8, steps=6)
    page.mouse.up()


def test_dragging_over_free_cells_fills_the_form(page: Page, copy: Copy):
    sign_in(page, "enterprise")
    on = weekday(6).date()
    page.goto(f"/resources/{resource_of(copy, ROOM)}?view=week&on={on}")
    cell = lambda hour: page.locator(f"a[data-starts='{on} {hour}']")  # noqa: E731 — a place on the page
    drag(page, cell("10:00"), cell("11:30"))
    page.wait_for_url("**/book?**")
    expect(page.locator("[name=starts]")).to_have_value(f"{on}T10:00")
    expect(page.locator("[name=ends]")).to_have_value(f"{on}T12:00")
    page.go_back()
    cell("14:00").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".pick-note")).to_contain_text("14:00–15:30")
    page.keyboard.press("Escape")
    expect(page.locator(".pick-note")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/book?**")


class TestTheSheet:
    @pytest.fixture
    def operator(self, browser: Browser, base_url: str):
        page = as_member(browser, base_url, "operator")
        yield page
        page.context.close()

    def facility(self, copy: Copy, name: str) -> str:
        return str(ask(copy, "SELECT facility_id FROM resource WHERE name = %s", name)[0][0])

    def test_dragging_over_free_time_opens_the_block(self, operator: Page, copy: Copy):
        on = weekday(9).date()
        place = f"/facilities/{self.facility(copy, LINE)}/schedule?view=day&on={on}"
        operator.goto(place)
        good(operator)
        track = operator.locator("td[data-day] .track").first
        box = track.bounding_box()
        assert box
        y = box["y"] + box["height"] / 2
        operator.mouse.move(box["x"] + box["width"] * 0.1, y)
        operator.mouse.down()
        operator.mouse.move(box["x"] + box["width"] * 0.3, y, steps=5)
        expect(operator.locator(".track__ghost").first).to_be_visible()
        operator.mouse.up()
        operator.wait_for_url("**/block?**")
        assert operator.locator("[name=starts]").input_value().startswith(str(on))
        blocks = ask(copy, "SELECT count(*) FROM allocation WHERE kind = 'maintenance'")
        operator.go_back()
        assert ask(copy, "SELECT count(*) FROM allocation WHERE kind = 'maintenance'") == blocks

    def test_dragging_a_booking_proposes_and_moves_nothing(self, operator: Page, copy: Copy):
        booking, starts_at, resource = ask(
            copy,
            "SELECT booking.id, booking.starts_at, booking.resource_id FROM booking"
            " WHERE state = 'pending_approval' AND starts_at > now() AND is_demo"
            " ORDER BY starts_at LIMIT 1",
        )[0]
        facility = ask(copy, "SELECT facility_id FROM resource WHERE id = %s", resource)[0][0]
        on = starts_at.astimezone(BEIJING).date()
        operator.goto(f"/facilities/{facility}/schedule?view=week&on={on}")
        good(operator)
        held = operator.locator(f"a[data-move*='{booking}']")
        row = operator.locator("tr", has=held)
        days = row.locator("td[data-day]")
        index = next(i for i in range(days.count()) if days.nth(i).locator(held).count())
        drag(operator, held, days.nth(index + 1 if index < 4 else index - 1))
        operator.wait_for_url(re.compile(r"/judge\?starts="))
        good(operator)
        assert ask(copy, "SELECT starts_at FROM booking WHERE id = %s", booking)[0][0] == starts_at


def test_english_phones_see_calendar_sheet_and_hours(browser: Browser, base_url: str, copy: Copy):
    room = resource_of(copy, ROOM)
    facility = ask(copy, "SELECT facility_id FROM resource WHERE name = %s", LINE)[0][0]
    for who, paths in (
        ("enterprise", (f"/resources/{room}", "/my/bookings", "/my/bookings?tab=calendar")),
        (
            "operator",
            (
                f"/facilities/{facility}/schedule?view=week",
                f"/facilities/{facility}/edit/hours",
                f"/facilities/{facility}/utilisation",
                "/my/requests",
            ),
        ),
    ):
        page = as_member(browser, base_url, who, width=360)
        for path in paths:
            page.goto(f"/en{path}")
            assert page.locator("html").get_attribute("lang") == "en"
            good(page)
        page.context.close()
