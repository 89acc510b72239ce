"""Finding in a real browser: with script and without, by keyboard, on a phone, while composing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

COPPER = "碱性蚀刻废液在线回收铜并再生药液"


def count(page: Page) -> int:
    """Give the number of results that the page tells."""
    found = re.search(r"[\d,]+", page.locator("#count").inner_text())
    assert found is not None
    return int(found.group().replace(",", ""))


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.fixture
def found(page: Page) -> Page:
    """The page of a search, once the engine holds the demo records."""
    page.goto("/technologies?q=蚀刻")
    for _ in range(60):
        if page.get_by_role("link", name=COPPER).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("link", name=COPPER).first).to_be_visible()
    return page


class TestSearching:
    def test_a_ticked_filter_changes_the_address_and_keeps_the_place(self, found):
        before = count(found)
        found.evaluate("window.sameDocument = true")
        box = found.locator("[data-filters] input[name=trl]").last
        box.focus()
        found.keyboard.press("Space")
        found.wait_for_url("**trl=**")
        expect(found.locator(".chip")).to_have_count(1)

        assert count(found) <= before
        assert found.evaluate("window.sameDocument")
        assert found.evaluate("document.activeElement.name") == "trl"
        assert found.locator("[data-said]").inner_text() == found.locator("#count").inner_text()
        assert asked(found)["q"] == ["蚀刻"]

        found.go_back()
        expect(found.locator(".chip")).to_have_count(0)
        assert count(found) == before
        found.go_forward()
        expect(found.locator(".chip")).to_have_count(1)
        found.reload()
        expect(found.locator(".chip")).to_have_count(1)
        found.locator(".chip").click()
        expect(found.locator(".chip")).to_have_count(0)
        assert "trl" not in asked(found)

    def test_going_back_restores_the_list(self, found):
        address = found.url
        found.get_by_role("link", name=COPPER).first.click()
        found.wait_for_url(lambda url: url != address)
        found.go_back()
        assert found.url == address
        expect(found.get_by_role("link", name=COPPER).first).to_be_visible()

    def test_the_box_completes_by_keyboard(self, found):
        box = found.get_by_role("combobox")
        box.fill("")
        box.press_sequentially("蚀刻")
        options = found.get_by_role("option")
        expect(options.first).to_be_visible()
        text = options.first.inner_text()
        assert axe(found) == []

        box.press("ArrowDown")
        expect(box).to_have_value(text)
        assert box.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
        box.press("Escape")
        expect(box).to_have_value("蚀刻")
        expect(box).to_have_attribute("aria-expanded", "false")

        box.press_sequentially("废")
        expect(options.first).to_be_visible()
        box.press("ArrowDown")
        chosen = box.input_value()
        box.press("Enter")
        found.wait_for_url("**q=**")
        expect(found.get_by_role("combobox")).to_have_value(chosen)

    def test_nothing_is_sent_while_an_input_method_composes(self, found):
        sent: list[str] = []
        found.on("request", lambda one: sent.append(one.url) if "/suggest" in one.url else None)
        box = found.get_by_role("combobox")
        box.fill("")
        found.wait_for_timeout(300)
        sent.clear()
        keyboard = found.context.new_cdp_session(found)
        for typed in ("s", "sh", "shi", "shi k", "shi ke"):
            keyboard.send(
                "Input.imeSetComposition",
                {"text": typed, "selectionStart": len(typed), "selectionEnd": len(typed)},
            )
        found.wait_for_timeout(400)
        assert sent == []

        keyboard.send("Input.insertText", {"text": "蚀刻"})
        expect(found.get_by_role("option").first).to_be_visible()
        assert [parse_qs(urlsplit(url).query)["q"] for url in sent] == [["蚀刻"]]

    def test_works_without_script(self, browser: Browser, found, base_url):
        plain = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
        plain.goto("/technologies")
        plain.get_by_role("searchbox").fill("蚀刻")
        plain.get_by_role("search").get_by_role("button").click()
        expect(plain.get_by_role("link", name=COPPER).first).to_be_visible()
        plain.locator("[data-filters] input[name=record_kind]").first.check()
        plain.get_by_role("button", name="应用筛选").click()
        assert "record_kind" in asked(plain)
        expect(plain.locator(".chip")).to_have_count(1)
        plain.context.close()


class TestPhone:
    @pytest.mark.parametrize("width", [360, 320])
    def test_filters_open_in_a_dialog_that_tells_the_count(self, found, width):
        found.set_viewport_size({"width": width, "height": 740})
        found.get_by_role("button", name="筛选").click()
        dialog = found.get_by_role("dialog")
        expect(dialog).to_be_visible()
        dialog.locator("input[name=cooperation]").first.check()
        found.wait_for_url("**cooperation=**")
        button = dialog.get_by_role("button", name=re.compile("查看 .* 条结果"))
        assert axe(found) == []
        assert overflow(found) <= 0
        told = re.search(r"\d+", button.inner_text())
        button.click()

        expect(found.get_by_role("dialog")).to_have_count(0)
        assert told is not None
        assert count(found) == int(told.group())
        expect(found.locator(".chip")).to_have_count(1)


class TestKeeping:
    def test_saves_a_search_and_runs_it(self, found):
        sign_in(found, "enterprise")
        found.goto("/technologies?q=蚀刻&trl=8&trl=7&trl=6")
        found.get_by_role("link", name="保存并订阅提醒").click()
        found.get_by_label("检索名称").fill("铜回收技术")
        found.get_by_label("每周一次（周一）").check()
        assert axe(found) == []
        found.get_by_role("main").get_by_role("button", name="保存").click()
        expect(found.get_by_role("heading", name="铜回收技术")).to_be_visible()
        assert axe(found) == []
        # Other journeys of the same person keep searches too.
        kept = found.get_by_role("listitem").filter(has_text="铜回收技术")
        kept.get_by_role("button", name="立即检索").click()
        assert asked(found)["trl"] == ["8", "7", "6"]

    def test_collects_shares_and_stops_sharing(self, browser: Browser, found, base_url):
        sign_in(found, "enterprise")
        found.goto("/technologies?q=蚀刻")
        found.get_by_role("link", name=re.compile("^收藏")).first.click()
        found.get_by_label("新收藏夹的名称").fill("给车间看")
        found.get_by_label("对这条记录的备注").fill("先看成本")
        found.get_by_role("button", name="加入").click()
        found.get_by_role("button", name="生成链接").click()
        path = urlsplit(found.locator(".share-link a").inner_text()).path
        assert axe(found) == []

        visitor = browser.new_context(base_url=base_url).new_page()
        visitor.goto(path)
        expect(visitor.get_by_text("先看成本")).to_be_visible()
        assert axe(visitor) == []
        found.get_by_role("button", name="停用链接").click()
        answer = visitor.goto(path)
        assert answer is not None
        assert answer.status == 404
        visitor.context.close()

    def test_compares_three_side_by_side(self, page):
        page.goto("/technologies")
        for number in range(3):
            page.get_by_role("checkbox", name=re.compile("^对比")).nth(number).check()
        page.get_by_role("button", name="对比所选").click()
        expect(page.get_by_role("columnheader")).to_have_count(4)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            assert axe(page) == []
            assert overflow(page) <= 0
