"""A manager moves a deal: by drag, by form, by keyboard; exit fields and reasons are asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in

pytestmark = pytest.mark.e2e

DILIGENCE = "碱性蚀刻废液在线回收铜并再生药液"
SIGNING = "小龙虾虾壳制备高脱乙酰度壳聚糖清洁工艺"


def column(page, stage):
    return page.locator(f"[data-stage={stage}]")


class TestBoard:
    def test_shows_where_every_deal_stands(self, page):
        sign_in(page, "manager")
        page.goto("/deals/")
        expect(column(page, "due_diligence")).to_contain_text(DILIGENCE)
        expect(column(page, "terms")).to_contain_text("停滞")
        assert axe(page) == []
        assert not overflow(page)

    def test_is_dragged_only_where_a_step_leads(self, page):
        sign_in(page, "manager")
        page.goto("/deals/")
        card = page.locator("[data-deal]", has_text=DILIGENCE)
        card.drag_to(column(page, "signed"))
        expect(page).to_have_url("/deals/")
        card.drag_to(column(page, "terms"))
        page.wait_for_url("**/move/start_terms")
        page.get_by_role("button", name="确认推进").click()
        expect(page.locator("#error-summary")).to_contain_text("尽职调查结论")
        expect(column(page, "terms")).to_have_count(0)

    def test_is_moved_by_keyboard_alone(self, page):
        sign_in(page, "manager")
        page.goto("/deals/")
        link = page.locator("[data-deal]", has_text=SIGNING).get_by_role("link", name="推进")
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/move")
        expect(page.locator("main")).to_contain_text("尚未签署保密协议")
        page.get_by_role("link", name="选择此步骤").last.focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/move/give_up_lead")
        page.get_by_role("button", name="确认推进").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#error-summary")).to_contain_text("原因")
        page.get_by_role("link", name="取消").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(SIGNING)

    def test_moves_on_when_the_fields_are_filled(self, page):
        sign_in(page, "manager")
        page.goto("/deals/")
        page.locator("[data-deal]", has_text=DILIGENCE).get_by_role("link", name="推进").click()
        page.get_by_role("link", name="选择此步骤").click()
        page.get_by_label("尽职调查结论").fill("专利有效，三批数据核对一致。")
        page.get_by_label("预计金额").fill("1200000")
        page.get_by_label("下一步工作").fill("供给方提出报价")
        day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
        page.get_by_label("下一步日期").fill(day)
        page.get_by_role("button", name="确认推进").click()
        expect(page.get_by_role("status")).to_contain_text("条款磋商")
        page.goto("/deals/")
        expect(column(page, "terms")).to_contain_text(DILIGENCE)


class TestEveryPage:
    @pytest.mark.parametrize("language", ["", "/en"])
    @pytest.mark.parametrize("width", [360, 1280])
    def test_of_deals_is_accessible_and_fits(self, page, language, width):
        page.set_viewport_size({"width": width, "height": 900})
        sign_in(page, "manager")
        page.goto("/deals/list?ended=1")
        ends = ("", "/records", "/room", "/agreement", "/move", "/plan", "/manager/end")
        first = page.locator("tbody th a", has_text=SIGNING).get_attribute("href")
        for path in (
            "/deals/", "/deals/list?ended=1", "/deals/calendar", "/deals/funnel",
            *(first + end for end in ends),
        ):  # fmt: skip
            answer = page.goto(language + path)
            assert answer.status == 200, path
            assert axe(page) == [], path
            assert not overflow(page), path
