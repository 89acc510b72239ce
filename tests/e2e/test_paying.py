"""An approved booking is paid with test money on the provider's page, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e


def look(page: Page) -> None:
    """Look at the page as it stands, wide and narrow."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def as_member(browser: Browser, base_url: str, name: str) -> Page:
    page = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    page.set_default_timeout(20000)
    sign_in(page, name)
    return page


def fill_card(page: Page, number: str) -> None:
    for name, value in {
        "email": "zhang@example.com",
        "number": number,
        "expiry": "12/40",
        "cvc": "123",
        "holder": "Zhang San",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("button", has_text="支付").first.click()


class TestPaying:
    def test_a_declined_card_then_a_good_one(self, browser: Browser, base_url: str):
        page = as_member(browser, base_url, "university")
        page.goto("/desk")
        page.get_by_role("link", name="付款：").or_(
            page.locator("a[href*='/payments/'][href$='/pay']")
        ).first.click()
        expect(page.get_by_text("测试资金")).to_be_visible()
        look(page)
        page.locator("main form button", has_text="在线支付").click()
        page.wait_for_url("**/c/pay/**")
        expect(page.get_by_text("TEST MONEY")).to_be_visible()
        fill_card(page, "4000000000000002")
        page.wait_for_load_state()
        assert "/return" not in page.url
        fill_card(page, "4242424242424242")
        page.wait_for_url("**/return*")
        expect(page.get_by_text("付款成功")).to_be_visible()
        look(page)
        page.get_by_role("link", name="付款详情").click()
        expect(page.get_by_text("已预付，尚未结算")).to_be_visible()
        look(page)
        page.get_by_role("link", name="付款事项").first.click()
        expect(page.get_by_role("main").get_by_text("已确认").first).to_be_visible()
        page.context.close()

    def test_operator_and_platform_see_it(self, browser: Browser, base_url: str):
        page = as_member(browser, base_url, "operator")
        page.goto("/desk")
        page.goto("/organizations")
        page.goto("/organizations?q=光谷中试")
        page.get_by_role("link", name="光谷中试服务有限公司（演示）").first.click()
        page.get_by_role("link", name="资金").click()
        for name in ("付款", "对账单", "结算款", "待开发票", "我方发票抬头"):
            page.get_by_role("navigation", name="资金").get_by_role("link", name=name).click()
            look(page)
        page.context.close()
        page = as_member(browser, base_url, "admin")
        for path in ("", "/refunds", "/payouts", "/comparison", "/inbox?show=all"):
            page.goto("/platform/payments" + path)
            look(page)
        page.goto("/platform/payments/comparison")
        page.get_by_role("button", name="立即核对今天").click()
        expect(page.locator("td[data-label=未解释]", has_text="0.00 元").first).to_be_visible()
        page.context.close()
