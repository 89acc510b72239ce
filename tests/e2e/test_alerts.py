"""A saved search tells of what is new, once, and its mails end without signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, sign_in
from tests.e2e.test_companies import mailed_link
from tests.e2e.test_listings import as_member, fill_steps, press, start_draft
from tests.factories.listings import patent_number

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

WORD, TITLE = "钩藤", "钩藤碱连续萃取使收率提高一成"
NOTICE = f"“等待钩藤”有新结果：{TITLE}"
#: An alert waits 15 s for the index to take in what was published.
PATIENCE = 60


def test_a_saved_search_tells_once_and_its_mails_end_signed_out(
    page: Page, browser: Browser, base_url: str
):
    sign_in(page, "enterprise")
    page.goto(f"/technologies?q={WORD}")
    page.get_by_role("link", name="保存并订阅提醒").click()
    page.get_by_label("检索名称").fill("等待钩藤")
    page.get_by_label("一有新发布就提醒").check()
    press(page, "保存")

    author = as_member(browser, base_url, "university")
    identity = start_draft(author, TITLE)
    fill_steps(author, identity, patent_number())
    author.goto(f"/listings/{identity}/edit/check")
    press(author, "提交审核")
    reviewer = as_member(browser, base_url, "reviewer")
    reviewer.goto(f"/platform/listings/{identity}")
    press(reviewer, "发布")

    told = page.get_by_role("main").get_by_text(NOTICE)
    for _ in range(PATIENCE):
        page.goto("/notices/")
        if told.count():
            break
        page.wait_for_timeout(1000)
    expect(told).to_have_count(1)
    told.click()
    page.wait_for_url(f"**/technologies/{identity}")

    visitor = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    mailed_link(visitor, NOTICE)
    way_out = visitor.locator(".letter a[href*='/unsubscribe/']").first.get_attribute("href")
    visitor.goto(way_out)
    assert axe(visitor) == []
    press(visitor, "停止接收此类邮件")
    expect(visitor.get_by_role("status")).to_be_visible()
    assert axe(visitor) == []

    # Only the mails end; the notices in the site go on.
    page.goto("/notices/preferences")
    row = page.get_by_role("row", name="已保存的检索")
    expect(row.locator("select")).to_have_value("off")
    page.goto("/notices/")
    expect(told).to_have_count(1)
    for other in (author, reviewer, visitor):
        other.context.close()
