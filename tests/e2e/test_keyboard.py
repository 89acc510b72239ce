"""The way from a question to a message to its owner, with the keyboard alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from marketplace.demo.accounts import PASSWORD
from tests.e2e.conftest import sign_in
from tests.e2e.test_finding import COPPER

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("indexed")]

#: What the focus is on, and whether a person sees that it is there.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  window.stops ??= new Map();
  if (!stops.has(one)) stops.set(one, stops.size);
  return {
    number: stops.get(one),
    html: one.outerHTML.slice(0, 120),
    name: (one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText ?? one.innerText).trim(),
    tag: one.tagName, field: one.name ?? "",
    // In a date the browser draws the ring around the part (day, month, year) by itself.
    visible: inside && (outlined || style.boxShadow !== "none" || one.type === "date"),
  };
}"""
MOST_STOPS = 250


def step(page: Page) -> dict[str, str] | None:
    """Press Tab; give what has the focus now, which must be seen."""
    page.keyboard.press("Tab")
    focus = page.evaluate(FOCUS)
    if focus is not None:
        assert focus["visible"], f"{page.url}: the focus is not seen on {focus['html']}"
    return focus


def reach(page: Page, name: str, *, tag: str) -> None:
    """Press Tab until something of this name has the focus."""
    for _ in range(MOST_STOPS):
        focus = step(page)
        if focus and focus["tag"] == tag and name in (focus["name"], focus["field"]):
            return
        if focus and focus["tag"] == tag and tag == "A" and name in focus["name"]:
            return
    pytest.fail(f"{page.url}: Tab does not lead to {name}")


def walk(page: Page) -> int:
    """Press Tab from the top to the end of the page; give the number of stops."""
    page.evaluate("() => { document.activeElement?.blur(); window.stops = new Map(); }")
    numbers = []
    for _ in range(MOST_STOPS):
        focus = step(page)
        if focus is None or (numbers and focus["number"] == 0):
            assert numbers == sorted(set(numbers)), "the focus went back by itself"
            return len(numbers)
        if numbers[-1:] != [focus["number"]]:
            numbers.append(focus["number"])
    pytest.fail(f"{page.url}: Tab never leaves the page")


def test_a_visitor_finds_filters_opens_signs_in_and_writes(page: Page):
    page.goto("/technologies")
    focus = step(page)
    assert focus is not None
    assert focus["name"] == "跳到主要内容"
    page.keyboard.press("Enter")
    reach(page, "q", tag="INPUT")
    page.keyboard.type("蚀刻")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")

    reach(page, "成熟度（TRL）", tag="SUMMARY")
    closed = page.evaluate("!document.activeElement.parentElement.open")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open") is closed
    if not closed:
        page.keyboard.press("Enter")
    reach(page, "trl", tag="INPUT")
    page.keyboard.press("Space")
    page.wait_for_url("**trl=**")
    assert page.evaluate("document.activeElement.name") == "trl"
    page.keyboard.press("Space")
    expect(page.locator(".chip")).to_have_count(0)

    reach(page, COPPER, tag="A")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/technologies/[0-9a-f-]{36}"))
    reach(page, "联系权利人", tag="A")
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in?next=**")
    reach(page, "email", tag="INPUT")
    page.keyboard.type("enterprise@hanqiao.example")
    reach(page, "password", tag="INPUT")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^[^?]*/enquire$"))
    reach(page, "发送", tag="BUTTON")


@pytest.mark.parametrize("path", ["/", "/technologies?q=蚀刻", "/needs", "/sign-in"])
def test_the_focus_passes_every_page_and_is_always_seen(page: Page, path: str):
    page.goto(path)
    assert walk(page) > 5


def test_an_author_writes_a_listing_without_a_mouse(page: Page):
    sign_in(page, "university")
    page.goto("/desk")
    workbench = page.locator("a[href$='/listings']").first.get_attribute("href")
    page.goto(workbench or "")
    reach(page, "新建成果", tag="A")
    page.keyboard.press("Enter")
    page.get_by_label("这项技术能做什么").wait_for()
    reach(page, "title", tag="INPUT")
    page.keyboard.type("只用键盘也能写完的成果")
    reach(page, "建立草稿", tag="BUTTON")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/basics")
    identity = page.url.split("/")[-3]

    # A fault takes the focus to the summary; its first link leads into the field.
    reach(page, "title", tag="INPUT")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    reach(page, "保存并继续", tag="BUTTON")
    page.keyboard.press("Enter")
    page.locator("#error-summary").wait_for()
    assert page.evaluate("document.activeElement.id") == "error-summary"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "title"
    page.keyboard.type("只用键盘也能写完的成果")
    reach(page, "summary", tag="TEXTAREA")
    page.keyboard.type("每小时清洗 30 m²，能耗降低 60%。")
    reach(page, "保存并继续", tag="BUTTON")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/problem")

    # A row is added with the keyboard, and the focus goes into it.
    rows = page.locator("#gains-rows tr")
    before = rows.count()
    reach(page, "增加一行", tag="BUTTON")
    page.keyboard.press("Enter")
    assert rows.count() == before + 1
    assert page.evaluate("document.activeElement.closest('tr')?.matches(':last-child')")
    reach(page, "保存并继续", tag="BUTTON")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/evidence")
    reach(page, "trl", tag="INPUT")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.checked")
    for step_name in ("evidence", "rights", "terms"):
        page.goto(f"/listings/{identity}/edit/{step_name}")
        assert walk(page) > 5
