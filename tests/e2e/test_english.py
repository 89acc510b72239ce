"""The way from a question to a record and to matches in English: words, money and dates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("indexed")]

CHINESE = re.compile("[\u4e00-\u9fff]")
#: The words of the site itself: what is not a record's own text.
SITE_IN_MAIN = "main label, main legend, main summary, main button, main dt, main th"
FRAME = "header, footer, label, legend, summary, button, dt, th, h2:not(.hit__title)"


def chinese_words(page: Page, frame: str = FRAME) -> list[str]:
    """Give what the site says in Chinese on an English page, but for the switch of languages."""
    told = page.evaluate(
        """(frame) => [...document.querySelectorAll(frame)]
          .filter((one) => !one.closest("[lang=zh-Hans]:not(html)"))
          .map((one) => {
            const copy = one.cloneNode(true);
            copy.querySelectorAll("[lang=zh-Hans]").forEach((part) => part.remove());
            return copy.textContent.replace(/\\s+/g, " ").trim();
          })""",
        frame,
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


def look(page: Page) -> None:
    """Find no Chinese word of the site's own, and nothing that axe or a phone minds."""
    assert chinese_words(page, SITE_IN_MAIN) == [], page.url
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def member(browser: Browser, base_url: str, name: str) -> Page:
    """Sign in and go on in English."""
    page = browser.new_context(base_url=base_url, locale="en-GB").new_page()
    page.set_default_timeout(15000)
    sign_in(page, name)
    return page


def test_a_company_takes_a_need_to_its_award_in_english(  # noqa: PLR0915 — a journey is one story
    page: Page, browser: Browser, base_url: str
):
    sign_in(page, "enterprise")
    page.goto("/en/desk")
    look(page)
    page.goto("/en/needs/new")
    look(page)
    page.get_by_label("Title of the need").fill("Grind pump casings in 4 minutes instead of 9")
    page.get_by_label("English", exact=True).check()
    press(page, "Go on")
    identity = re.search(r"/needs/([0-9a-f-]{36})/", page.url)[1]  # type: ignore[index]
    page.goto(f"/en/needs/{identity}/edit/problem")
    look(page)
    page.get_by_label("The problem in plain words").fill(
        "The foundry grinds 1,200 pump casings a day by hand, 9 minutes each, with heavy dust."
    )
    press(page, "Save and go on")
    look(page)
    for place, told in enumerate(("Grinding time", "min", "9", "4")):
        page.locator("#parameters-rows tr").first.locator("input").nth(place).fill(told)
    press(page, "Save and go on")
    look(page)
    page.goto(f"/en/needs/{identity}/edit/basics")
    page.locator("select[name='industry_codes-0']").select_option("C34")
    press(page, "Save, back to the tasks")
    page.goto(f"/en/needs/{identity}/check")
    look(page)
    press(page, "Send for review")

    reviewer = member(browser, base_url, "reviewer")
    reviewer.goto(f"/en/platform/needs/{identity}")
    look(reviewer)
    press(reviewer, "Publish")

    other = member(browser, base_url, "university")
    other.goto(f"/en/needs/{identity}")
    look(other)
    other.get_by_role("link", name="Answer this need").click()
    look(other)
    other.get_by_label("What we offer, in one line").fill("A compliant grinding robot")
    other.get_by_label("Why it fits").fill("A prototype ran in two foundries for 6 months.")
    other.get_by_label("Next step").fill("A trial of 100 casings on site")
    press(other, "Send the answer")
    look(other)

    page.goto(f"/en/needs/{identity}/answers")
    look(page)
    page.locator("article h2 a").click()
    expect(page.get_by_role("heading", name="Steps")).to_be_visible()
    look(page)
    press(page, "Shortlist")
    press(page, "Choose this answer")
    look(page)
    page.goto(f"/en/needs/{identity}/close")
    page.get_by_label("The need is met").check()
    look(page)
    press(page, "Close the need")
    expect(page.get_by_text("Need met").first).to_be_visible()
    look(page)
