"""A centre from its first line to the city's file: operator, reviewer, district, officer."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

NAME = "光谷液晶显示概念验证中心"


def look(page: Page) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def as_member(browser: Browser, base_url: str, name: str) -> Page:
    page = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    page.set_default_timeout(15000)
    sign_in(page, name)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def fill_steps(page: Page) -> None:
    """Fill the steps in their order, looking at each."""
    page.get_by_label("一句话说明").fill("为液晶显示提供 6 周的原理验证。")
    page.get_by_label("承接的成熟度").select_option("2")
    page.get_by_label("可达到的成熟度").select_option("4")
    page.get_by_label("原理验证").check()
    page.get_by_label("行业 1").select_option("W02")
    look(page)
    press(page, "保存并继续")
    page.get_by_label("地区").select_option("4201Z1")
    page.get_by_label("地址", exact=True).fill("光谷三路 1 号")
    page.get_by_label("联系人", exact=True).fill("冯平台")
    page.get_by_label("电话").fill("打给我")
    press(page, "保存并继续")
    assert page.get_by_label("地址", exact=True).input_value() == "光谷三路 1 号"
    page.get_by_label("电话").fill("027-85550000")
    press(page, "保存并继续")
    page.get_by_label("市级").check()
    press(page, "保存并继续")
    page.get_by_label("设备名称").first.fill("液晶灌注线")
    press(page, "保存并继续")
    page.get_by_label("工艺或测试").first.fill("液晶灌注")
    page.get_by_label("投入物料").first.fill("液晶材料")
    press(page, "保存并继续")
    for name in ("开门", "关门"):
        page.get_by_label(f"星期一 {name}", exact=True).fill("09:00" if name == "开门" else "17:00")
    press(page, "保存并继续")


def add_photo(page: Page) -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "teal").save(out, "PNG")
    page.locator("#photos input[type=file]").set_input_files(
        {"name": "hall.png", "mimeType": "image/png", "buffer": out.getvalue()}
    )
    page.get_by_label("照片内容", exact=True).fill("灌注车间")
    press(page, "上传")
    photo = page.get_by_role("img", name="灌注车间")
    photo.wait_for()
    photo.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.photo').naturalWidth > 0")


def number_on_file(page: Page) -> int:
    page.goto("/facilities/register")
    text = page.get_by_role("link", name=re.compile("已备案概念验证中心")).inner_text()
    return int(text.split("/")[0])


def test_a_centre_comes_onto_the_citys_file(page, browser, base_url):
    before = number_on_file(page)
    sign_in(page, "operator")
    page.goto("/desk")
    page.locator("a[href$='/facilities']").last.click()
    page.get_by_role("link", name="新建平台").click()
    page.get_by_label("平台名称").fill(NAME)
    page.get_by_label("概念验证中心").check()
    press(page, "建立草稿")
    identity = page.url.split("/")[-3]
    fill_steps(page)
    add_photo(page)
    page.goto(f"/facilities/{identity}/check")
    press(page, "提交审核")

    bureau = as_member(browser, base_url, "district")
    bureau.goto(f"/facilities/{identity}/recommend")
    look(bureau)
    bureau.get_by_label("区里已推荐").check()
    press(bureau, "保存区里意见")

    reviewer = as_member(browser, base_url, "reviewer")
    reviewer.goto(f"/platform/facilities/{identity}")
    assert reviewer.get_by_text("区里已推荐").is_visible()
    look(reviewer)
    press(reviewer, "发布")

    officer = as_member(browser, base_url, "officer")
    officer.goto(f"/facilities/{identity}/file")
    officer.get_by_label("备案编号").fill("武科概验〔2026〕DEMO-999")
    officer.get_by_label("备案日期").fill("2026-11-01")
    press(officer, "予以备案")

    assert number_on_file(page) == before + 1
    page.goto(f"/facilities/{identity}")
    assert page.get_by_text("武科概验〔2026〕DEMO-999").is_visible()
    assert page.get_by_role("img", name="灌注车间").is_visible()
    look(page)
