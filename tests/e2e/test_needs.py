"""A need from its first words to the chosen answer, in a real browser."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from marketplace.web.clock import now
from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

TITLE = "把泵壳打磨工序的节拍从9分钟降到4分钟"


def look(page: Page) -> None:
    """Look at the page as it stands, wide, narrow and narrowest."""
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def as_member(browser: Browser, base_url: str, name: str, **options: object) -> Page:
    page = browser.new_context(base_url=base_url, locale="zh-CN", **options).new_page()
    page.set_default_timeout(15000)
    sign_in(page, name)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def write_need(page: Page) -> str:
    """Post a need through the wizard; give its identity."""
    page.goto("/desk")
    page.get_by_role("link", name="发布需求").click()
    page.get_by_label("需求标题").fill(TITLE)
    press(page, "继续")
    identity = re.search(r"/needs/([0-9a-f-]{36})/", page.url)[1]  # type: ignore[index]
    look(page)

    # The coach asks beside the field; what is typed is kept by itself.
    assert page.get_by_text("发生了什么？在哪道工序？现在给您造成多大损失？").is_visible()
    page.get_by_label("用大白话说问题").fill(
        "铸造车间每天打磨1200件泵壳，飞边位置不固定，人工打磨每件9分钟，粉尘大，招不到人。"
    )
    page.get_by_text(re.compile("草稿已于 .* 保存")).wait_for()
    page.get_by_label("现在怎么做").fill("24名工人手持砂轮打磨，返修率11%。")
    press(page, "保存并继续")
    assert page.get_by_role("heading", name="指标", exact=True).is_visible()

    # A row is added without a reload.
    rows = page.locator("#parameters-rows tr")
    before = rows.count()
    press(page, "增加一行")
    assert rows.count() == before + 1
    for place, told in enumerate(("打磨节拍", "min/件", "9", "4")):
        rows.first.locator("input").nth(place).fill(told)
    look(page)
    press(page, "保存并继续")
    page.get_by_label("预算下限").fill("200")
    page.get_by_label("预算上限").fill("120")
    press(page, "保存并继续")
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.get_by_label("预算下限").input_value() == "200"
    page.get_by_label("预算下限").fill("80")
    page.get_by_label("应答截止日期").fill(str(now().date() + timedelta(days=60)))
    page.get_by_label("普通许可").check()
    look(page)
    press(page, "保存并继续")
    page.get_by_label("验收标准").fill("连续生产10个工作日、每天不少于800件，返修率不高于2%。")
    for place, told in enumerate(("幅度", "60")):
        page.locator("#criteria-rows tr").first.locator("input").nth(place).fill(told)
    look(page)
    press(page, "保存并继续")
    page.goto(f"/needs/{identity}/edit/basics")
    page.locator("select[name='industry_codes-0']").select_option("C34")
    look(page)
    press(page, "保存，返回任务列表")
    look(page)
    page.get_by_role("link", name="核对并提交").click()
    look(page)
    press(page, "提交审核")
    assert page.get_by_text("审核员正在阅读").is_visible()
    return identity


class TestNeed:
    def test_is_written_reviewed_answered_compared_and_met(  # noqa: PLR0915 — a journey is one story
        self, page: Page, browser: Browser, base_url: str
    ):
        sign_in(page, "enterprise")
        identity = write_need(page)

        reviewer = as_member(browser, base_url, "reviewer")
        reviewer.goto(f"/platform/needs/{identity}")
        look(reviewer)
        press(reviewer, "发布")

        # Two answer; each sees the figures that the company wants.
        for name, ours in (("university", "3.5"), ("institute", "5")):
            other = as_member(browser, base_url, name)
            other.goto(f"/needs/{identity}")
            look(other)
            other.get_by_role("link", name="应答这条需求").click()
            other.get_by_label("一句话说明我方提供什么").fill("柔性力控打磨机器人")
            other.get_by_label("我方可达 打磨节拍").fill(ours)
            press(other, "提交应答")
            assert other.get_by_role("alert").get_by_role("link").count() == 2
            other.get_by_label("为什么合适").fill("样机在两家铸造厂运行6个月。")
            other.get_by_label("下一步工作").fill("到厂试打磨100件")
            look(other)
            press(other, "提交应答")
            assert other.get_by_text("应于").is_visible()
            look(other)

        # The company sees both with their clocks, lays them side by side and scores one.
        page.goto("/desk")
        look(page)
        page.goto(f"/needs/{identity}/answers")
        look(page)
        assert page.get_by_role("article").count() == 2
        for box in page.get_by_role("checkbox").all():
            box.check()
        press(page, "比较勾选项")
        assert page.get_by_role("cell", name="3.5 min/件").is_visible()
        look(page)
        page.goto(f"/needs/{identity}/answers")
        first = page.get_by_role("article").first
        first.get_by_role("link", name="打分").click()
        page.get_by_role("radio", name="4").first.check()
        look(page)
        press(page, "保存评分")
        press(page, "入围")
        page.get_by_label("内容").fill("电耗是多少？")
        press(page, "向应答方提问")
        press(page, "选定这份应答")
        look(page)

        # It can't be closed while the other answer has no outcome.
        page.goto(f"/needs/{identity}/close")
        page.get_by_label("需求已满足").check()
        look(page)
        press(page, "关闭需求")
        assert page.get_by_text("还有 1 份应答没有结果").first.is_visible()
        page.get_by_label("结果", exact=True).select_option("timing")
        press(page, "关闭需求")
        assert page.get_by_text("需求已满足").first.is_visible()
        look(page)

        # Everybody sees how it ended; the other side reads its reason.
        visitor = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
        visitor.goto(f"/en/needs/{identity}")
        assert visitor.get_by_text("Need met").is_visible()
        assert visitor.get_by_text("Name of the company withheld").is_visible()
        other.goto(f"/needs/{identity}")
        other.get_by_role("link", name=re.compile(r"\d{4}-\d\d-\d\d")).first.click()
        assert other.get_by_text("时间对不上").is_visible()
        look(other)
