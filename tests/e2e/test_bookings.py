"""Booking in real browsers: by approval, at once, the last place, maintenance, use and money."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from marketplace.bookings.times import BEIJING
from tests.e2e.booking_steps import (
    FIRM,
    LINE,
    LISTING,
    ROOM,
    UNIVERSITY,
    approve,
    as_member,
    ask,
    fill_in,
    free_slot,
    good,
    keep,
    money,
    pay,
    press,
    request,
    resource_of,
    sign,
    write_report,
)
from tests.e2e.conftest import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e


@pytest.fixture
def firm(browser: Browser, base_url: str):
    page = as_member(browser, base_url, "enterprise")
    yield page
    page.context.close()


@pytest.fixture
def operator(browser: Browser, base_url: str):
    page = as_member(browser, base_url, "operator")
    yield page
    page.context.close()


class TestBooking:
    def test_at_once_on_a_phone_and_back_again(self, page: Page, copy: Copy):
        page.set_viewport_size({"width": 360, "height": 740})
        sign_in(page, "enterprise")
        room = resource_of(copy, ROOM)
        on = datetime.now(BEIJING).date() + timedelta(days=5)
        on += timedelta(days=1 if on.isoweekday() == 7 else 0)
        for view in ("month", "week", "day"):
            page.goto(f"/resources/{room}?view={view}&on={on}")
            good(page)
        page.locator("a.slot--free").first.click()
        good(page)
        keep(page, FIRM)
        booking = fill_in(page)
        expect(page.get_by_role("main").get_by_text("已确认").first).to_be_visible()
        good(page)
        page.goto("/my/bookings")
        good(page)
        page.locator(f"a[href$='{booking}']").first.click()
        page.get_by_role("link", name="取消", exact=True).click()
        expect(page.get_by_text("现在取消需付")).to_be_visible()
        press(page, "取消预约")
        expect(page.get_by_text("预约已取消。")).to_be_visible()

    def test_of_a_held_time_runs_out(self, firm: Page, copy: Copy):
        slot, *_ = free_slot(copy, LINE, 0)
        firm.goto(f"/resources/{resource_of(copy, LINE)}/book?slot={slot}")
        keep(firm, FIRM)
        booking = firm.url.split("/")[-2]
        ask(
            copy,
            "UPDATE booking SET deadline_at = now() - interval '1 minute' WHERE id = %s",
            booking,
        )
        firm.get_by_label("使用目的").fill("来晚了")
        firm.get_by_role("main").get_by_role("button", name="提交申请").click()
        expect(firm.get_by_role("link", name="返回日历")).to_be_visible()
        expect(firm.get_by_label("使用目的")).to_have_value("来晚了")
        good(firm)

    def test_paid_and_cancelled_late_costs_the_share(self, firm: Page, operator: Page, copy: Copy):
        booking = request(firm, copy, LINE, 1)
        good(firm)
        operator.goto("/my/requests")
        good(operator)
        operator.goto(f"/bookings/{booking}/judge")
        good(operator)
        approve(operator, booking)
        pay(firm, booking)
        good(firm)
        ask(
            copy,
            "UPDATE booking SET starts_at = now() + interval '5 hours',"
            " ends_at = now() + interval '8 hours' WHERE id = %s",
            booking,
        )
        firm.goto(f"/bookings/{booking}/cancel")
        expect(firm.get_by_role("main")).to_contain_text("1,440.00 元")
        expect(firm.get_by_role("main")).to_contain_text("5,360.00 元")
        good(firm)
        press(firm, "取消预约")
        expect(firm.get_by_text("预约已取消。")).to_be_visible()


class TestTheLastPlace:
    def test_goes_to_one_and_the_other_sees_others(
        self, firm: Page, browser: Browser, base_url: str, copy: Copy
    ):
        rival = as_member(browser, base_url, "university")
        slot, *_ = free_slot(copy, LINE, 2)
        address = f"/resources/{resource_of(copy, LINE)}/book?slot={slot}"
        firm.goto(address)
        rival.goto(address)
        keep(firm, FIRM)
        assert "/details" in firm.url
        keep(rival, UNIVERSITY)
        expect(rival.get_by_role("heading", name="邻近的空闲时段")).to_be_visible()
        assert rival.locator(".card--attention a[href*='slot=']").count() > 0
        good(rival)
        assert ask(copy, "SELECT taken FROM slot WHERE id = %s", slot)[0][0] == 1
        press(rival, "加入该时段候补")
        good(rival)
        rival.context.close()


class TestMaintenance:
    def test_over_a_booking_names_it_and_tells_its_user(
        self, firm: Page, operator: Page, copy: Copy
    ):
        _, starts_at, ends_at = free_slot(copy, LINE, 3)
        booking = request(firm, copy, LINE, 3)
        operator.goto(f"/resources/{resource_of(copy, LINE)}/block")
        for name, moment in (("starts", starts_at), ("ends", ends_at)):
            operator.locator(f"[name={name}]").fill(
                moment.astimezone(BEIJING).strftime("%Y-%m-%dT%H:%M")
            )
        operator.locator("[name=note]").fill("主轴轴承更换")
        press(operator, "占用时段")
        expect(operator.get_by_role("heading", name="冲突的预约")).to_be_visible()
        expect(operator.get_by_text(FIRM).first).to_be_visible()
        good(operator)
        press(operator, "占用时段并取消这些预约")
        firm.goto(f"/bookings/{booking}")
        expect(firm.get_by_text("主轴轴承更换").first).to_be_visible()
        good(firm)
        told = firm.locator(".notice-line", has_text=LINE).filter(has_text="主轴轴承更换")
        for _ in range(40):
            firm.goto("/notices/")
            if told.count():
                break
            firm.wait_for_timeout(500)
        expect(told.first).to_be_visible()


def test_a_listing_finds_its_line_and_rises(
    browser: Browser, base_url: str, operator: Page, copy: Copy
):
    page = as_member(browser, base_url, "university")
    listing = ask(copy, "SELECT id FROM listing WHERE title = %s", LISTING)[0][0]
    page.goto(f"/technologies/{listing}")
    good(page)
    page.locator("#places").get_by_role("link", name="光谷半导体材料中试平台").click()
    good(page)
    slot, starts_at, _ = free_slot(copy, "200 L 湿法合成线", 4)
    page.get_by_role("main").get_by_role("link", name="200 L 湿法合成线").first.click()
    expect(page.get_by_text("正在为以下成果寻找场地")).to_be_visible()
    page.goto(f"{page.url}&on={starts_at.astimezone(BEIJING):%Y-%m-%d}")
    page.locator(f"a[href*='slot={slot}']").click()
    # The result came along from its own page.
    expect(page.locator("[name=listing_id]")).to_have_value(str(listing))
    keep(page, UNIVERSITY)
    booking = fill_in(page)
    approve(operator, booking)
    pay(page, booking)
    ask(
        copy,
        "UPDATE booking SET starts_at = now() - interval '5 hours',"
        " ends_at = now() - interval '2 hours' WHERE id = %s",
        booking,
    )
    report = write_report(operator, booking)
    page.goto(f"/bookings/{booking}")
    good(page)
    press(page, "确认记录")
    sign(operator, report, "冯平台")
    sign(page, report, "林转化")
    reviewer = as_member(browser, base_url, "reviewer")
    reviewer.goto("/platform/proofs")
    good(reviewer)
    reviewer.get_by_role("link", name=LISTING).first.click()
    good(reviewer)
    press(reviewer, "通过：提升到 TRL 6")
    reviewer.context.close()
    page.goto(f"/technologies/{listing}")
    assert ask(copy, "SELECT trl FROM listing WHERE id = %s", listing)[0][0] == 6
    good(page)
    page.context.close()
    _books_hold(operator, copy, booking)


def _books_hold(operator: Page, copy: Copy, booking: str) -> None:
    """The operator's statement names what the ledger owes for this use, and all sums to zero."""
    owner, net, parts = ask(
        copy,
        "SELECT transfer.payee_id, transfer.net_minor,"
        " transfer.net_minor + transfer.commission_minor + transfer.tax_minor"
        " FROM transfer JOIN payment ON payment.id = transfer.payment_id"
        " WHERE payment.purpose_id = %s",
        booking,
    )[0]
    price = ask(copy, "SELECT charge_minor FROM use_record WHERE booking_id = %s", booking)[0][0]
    assert parts == price
    assert ask(copy, "SELECT sum(amount_minor) FROM ledger_line")[0][0] == 0
    operator.goto(f"/organizations/{owner}/payments/statement")
    expect(operator.get_by_role("main")).to_contain_text(money(net))
    good(operator)


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until something that the selector names has the focus, and can be seen to."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            style = "getComputedStyle(document.activeElement)"
            assert page.evaluate(f"{style}.outlineStyle !== 'none' || {style}.boxShadow !== 'none'")
            return
    pytest.fail(f"the keyboard does not reach {selector}")


def test_the_keyboard_alone_books_a_room(page: Page, copy: Copy):
    sign_in(page, "enterprise")
    on = datetime.now(BEIJING).date() + timedelta(days=8)
    on += timedelta(days=1 if on.isoweekday() == 7 else 0)
    page.goto(f"/resources/{resource_of(copy, ROOM)}?view=day&on={on}")
    tab_to(page, "a.slot--free")
    page.keyboard.press("Enter")
    page.wait_for_url("**/book?**")
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/details")
    tab_to(page, "[name=purpose]")
    page.keyboard.type("项目评审会")
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/bookings/[0-9a-f-]{36}$"))
    expect(page.get_by_role("main").get_by_text("已确认").first).to_be_visible()


def test_foreign_addresses_are_not_found(browser: Browser, base_url: str, copy: Copy):
    page = as_member(browser, base_url, "institute")
    rows = ask(
        copy,
        "SELECT booking.id, booking.resource_id, resource.facility_id, booking.provider_id"
        " FROM booking JOIN resource ON resource.id = booking.resource_id"
        " WHERE resource.name = '200 L 湿法合成线' AND booking.slot_id IS NOT NULL LIMIT 1",
    )
    booking, resource, facility, provider = rows[0]
    for path in (
        f"/bookings/{booking}",
        f"/bookings/{booking}/cancel",
        f"/bookings/{booking}/judge",
        f"/bookings/{booking}/use",
        f"/resources/{resource}/edit",
        f"/resources/{resource}/block",
        f"/facilities/{facility}/schedule",
        f"/facilities/{facility}/utilisation.csv",
        f"/organizations/{provider}/payments/statement.csv",
        "/calendars/guessed.ics",
    ):
        assert page.request.get(path).status == 404, path
    page.context.close()
