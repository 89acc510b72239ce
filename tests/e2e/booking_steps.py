"""Steps through the pages of bookings that several journeys take, and the copy's own database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import psycopg
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from datetime import datetime

    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Copy

LINE, ROOM = "电驱装配线", "会议室（12 人）"
FIRM, UNIVERSITY = "楚天电路科技有限公司（演示）", "江城理工大学（演示）"
LISTING = "硫化物固态电解质规模化湿法制备"


def ask(copy: Copy, question: str, *values: object) -> list[Any]:
    """Ask the copy's own database; an UPDATE plays the passing of time."""
    folder = str(copy.home / "postgresql")
    with psycopg.connect(host=folder, user="postgres", dbname="postgres") as connection:
        answer = connection.execute(question, values)  # type: ignore[arg-type]
        return answer.fetchall() if answer.description else []


def resource_of(copy: Copy, name: str) -> str:
    return str(ask(copy, "SELECT id FROM resource WHERE name = %s", name)[0][0])


def free_slot(copy: Copy, name: str, number: int) -> tuple[str, datetime, datetime]:
    """Give an untaken slot with one place: id, start, end."""
    found = ask(
        copy,
        "SELECT slot.id, slot.starts_at, slot.ends_at FROM slot"
        " JOIN resource ON resource.id = slot.resource_id WHERE resource.name = %s"
        " AND slot.capacity = 1 AND slot.taken = 0 AND slot.starts_at > now() + interval '6 days'"
        " ORDER BY slot.starts_at OFFSET %s LIMIT 1",
        name,
        number,
    )[0]
    return str(found[0]), found[1], found[2]


def as_member(browser: Browser, base_url: str, name: str, width: int = 1280) -> Page:
    context = browser.new_context(
        base_url=base_url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": 800},
    )
    context.set_default_timeout(20000)
    page = context.new_page()
    sign_in(page, name)
    return page


def good(page: Page) -> None:
    """Look at the page as it stands, wide and narrow."""
    before = page.viewport_size
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) <= 0, f"{page.url} at {width}"
    assert axe(page) == [], page.url
    if before:
        page.set_viewport_size(before)


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def keep(page: Page, organization: str, listing: str = "") -> None:
    """Choose for whom, and keep the time that the form shows."""
    page.get_by_label("预约单位").select_option(label=organization)
    if listing:
        page.locator("[name=listing_id]").select_option(label=listing)
    press(page, "保留时段并继续")


def fill_in(page: Page) -> str:
    """Fill in what the operator asks, send it; give the booking's id."""
    page.get_by_label("使用目的").fill("电机定子试制 20 套")
    for name, value in (("answer_0", "硅钢片，无危险特性"), ("project_account", "HQ-2026-31")):
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill(value)
    if page.locator("[name=safety_accepted]").count():
        page.locator("[name=safety_accepted]").check()
    good(page)
    page.get_by_role("main").get_by_role("button", name=re.compile("^(提交申请|预约)$")).click()
    page.wait_for_url(re.compile(r"/bookings/[0-9a-f-]{36}$"))
    return page.url.rsplit("/", 1)[-1]


def request(page: Page, copy: Copy, name: str, number: int, organization: str = FIRM) -> str:
    slot, *_ = free_slot(copy, name, number)
    page.goto(f"/resources/{resource_of(copy, name)}/book?slot={slot}")
    keep(page, organization)
    return fill_in(page)


def approve(operator: Page, booking: str) -> None:
    operator.goto(f"/bookings/{booking}/judge")
    press(operator, "批准申请")


def pay(page: Page, booking: str) -> None:
    """Pay with test money on the provider's page."""
    page.goto(f"/bookings/{booking}")
    press(page, "付款")
    if page.locator("main form button", has_text="在线支付").count() == 0:
        page.locator("a[href$='/pay']").first.click()
    page.locator("main form button", has_text="在线支付").click()
    page.wait_for_url("**/c/pay/**")
    for name, value in {
        "email": "zhang@example.com",
        "number": "4242424242424242",
        "expiry": "12/40",
        "cvc": "123",
        "holder": "Zhang San",
    }.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("button", has_text="支付").first.click()
    page.wait_for_url("**/return*")
    expect(page.get_by_text("付款成功")).to_be_visible()
    page.goto(f"/bookings/{booking}")
    expect(page.get_by_role("main").get_by_text("已确认").first).to_be_visible()


def money(minor: int) -> str:
    return f"{minor // 100:,}.{minor % 100:02d}"


def sign(page: Page, report: str, name: str) -> None:
    page.goto(f"/reports/{report}")
    page.get_by_role("link", name="查看并签署").click()
    page.get_by_label("您的姓名").fill(name)
    page.locator("[name=agreed]").check()
    good(page)
    press(page, "签署此文本")


def write_report(operator: Page, booking: str) -> str:
    """Begin and end the use, write the report and issue it; give the report's id."""
    operator.goto(f"/bookings/{booking}")
    press(operator, "用户已到：开始使用")
    operator.get_by_role("link", name="登记使用情况并结束").click()
    good(operator)
    press(operator, "结束使用")
    press(operator, "撰写测试报告")
    for name, value in {
        "object_tested": "电解质粉体 20 kg",
        "method": "交流阻抗法",
        "summary": "离子电导率 6.9 mS/cm，批次偏差 3.6%。",
        "rows-0-measured": "6.9",
        "rows-1-measured": "20",
        "rows-2-target": "≤ 4",
        "rows-2-measured": "3.6",
    }.items():
        operator.locator(f"[name={name}]").fill(value)
    operator.locator("[name=level]").select_option("6")
    good(operator)
    press(operator, "保存报告")
    good(operator)
    report = operator.url.rsplit("/", 1)[-1]
    press(operator, "发出签署")
    return report
