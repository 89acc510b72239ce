"""The way from a question to a record and to matches in English: words, money and dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("indexed")]

CHINESE = re.compile("[\u4e00-\u9fff]")
#: The words of the site itself: what is not a record's own text.
FRAME = "header, footer, label, legend, summary, button, dt, th, h2:not(.hit__title)"


def chinese_words(page: Page) -> list[str]:
    """Give what the site says in Chinese on an English page, but for the switch of languages."""
    told = page.evaluate(
        """(frame) => [...document.querySelectorAll(frame)]
          .filter((one) => !one.closest("[lang=zh-Hans]:not(html)"))
          .map((one) => {
            const copy = one.cloneNode(true);
            copy.querySelectorAll("[lang=zh-Hans]").forEach((part) => part.remove());
            return copy.textContent.replace(/\\s+/g, " ").trim();
          })""",
        FRAME,
    )
    return [text for text in told if CHINESE.search(text)]


def test_a_visitor_finds_filters_and_reads_in_english(page: Page):
    page.goto("/en/")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.fill("copper etching")
    page.keyboard.press("Enter")
    page.wait_for_url("**/en/technologies?**")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.locator("#count")).to_have_text(re.compile(r"\d+ "))
    assert chinese_words(page) == []
    page.locator("[data-filters] input[name=trl]").first.check()
    page.wait_for_url("**trl=**")
    assert "/en/" in page.url
    page.locator(".hit__title a").first.click()
    page.wait_for_url(re.compile("/en/technologies/[0-9a-f-]{36}"))
    told = page.get_by_role("main").inner_text()
    assert re.search(r"CN¥[\d,.]+|Negotiable", told)
    assert re.search(r"Updated on\s+20\d\d-\d\d-\d\d\b", told)
    assert not re.search(r"\d+年\d+月", told)
    assert axe(page) == []
    for width in (360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert overflow(page) <= 0


@pytest.mark.parametrize(
    "path", ["/", "/needs", "/help", "/help/matching", "/fees", "/sign-in", "/register"]
)
def test_the_site_itself_speaks_english(page: Page, path: str):
    page.goto(f"/en{path}")
    assert chinese_words(page) == []
