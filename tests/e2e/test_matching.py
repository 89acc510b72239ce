"""Journey 8: a company looks at its matches, judges, invites, and switches them off."""

from __future__ import annotations

import re
import time

import pytest

from tests.e2e.conftest import axe, overflow, sign_in

pytestmark = pytest.mark.e2e

#: Seconds in which the demo records must be embedded and matched, on a busy machine.
PATIENCE = 240


def wait_for_matches(page) -> None:
    """Look at the list until the worker has matched the demo records."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto("/matches/")
        if page.locator("article.match").count():
            return
        page.wait_for_timeout(3000)
    pytest.fail("no match was made")


def test_matches_are_shown_with_reasons_in_both_languages(page):
    sign_in(page, "enterprise")
    wait_for_matches(page)
    first = page.locator("article.match").first
    shares = first.locator(".reason__percent").all_inner_texts()
    assert sum(int(share.rstrip("%")) for share in shares) == 100
    assert "双方文本都提到：" in page.locator("main").inner_text()
    page.goto("/en/matches/")
    assert "Both texts speak of:" in page.locator("main").inner_text()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == []
        assert overflow(page) <= 0


def test_a_match_that_does_not_fit_is_set_aside_and_taken_back(page):
    sign_in(page, "enterprise")
    wait_for_matches(page)
    last = page.locator("article.match").last
    title = last.locator("h2").inner_text()
    own = last.locator(".match__own").inner_text()
    last.get_by_role("link", name="不合适").click()
    page.get_by_role("main").get_by_role("button", name="搁置").click()
    assert "请说明为什么不合适。" in page.locator("#error-summary").inner_text()
    page.get_by_label("说的不是一回事").check()
    page.get_by_role("main").get_by_role("button", name="搁置").click()
    page.wait_for_url(re.compile(r"/matches/\?side=need"))
    page.get_by_role("link", name="搁置").click()
    aside = page.locator("article.match", has_text=own).filter(has_text=title)
    assert aside.count() == 1
    aside.get_by_role("button", name="撤回").click()
    page.goto("/matches/?show=aside")
    assert page.locator("article.match", has_text=own).filter(has_text=title).count() == 0


def test_an_invitation_reaches_the_university(page, browser, base_url):
    sign_in(page, "enterprise")
    wait_for_matches(page)
    best = page.locator("article.match", has_text="江城理工大学").first
    best.get_by_role("button", name="邀请应答").click()
    assert "已发出邀请" in page.get_by_role("status").inner_text()
    other = browser.new_context(base_url=base_url, locale="zh-CN")
    told = other.new_page()
    sign_in(told, "university")
    told.goto("/notices/?group=answers")
    told.get_by_role("button", name="邀请贵方").first.click()
    told.wait_for_url(re.compile(r"/needs/"))
    other.close()


def test_without_personal_matching_nothing_is_suggested(page):
    sign_in(page, "enterprise")
    wait_for_matches(page)
    page.get_by_role("button", name="关闭").click()
    assert page.locator("article.match").count() == 0
    assert "不显示推荐" in page.locator("main").inner_text()
    page.goto("/desk")
    assert "新匹配" not in page.locator("main").inner_text()
    page.goto("/matches/")
    page.get_by_role("button", name="开启").click()
    assert page.locator("article.match").count() > 0


def test_how_matching_works_is_open_to_everybody(page):
    page.goto("/help/matching")
    assert "第十六条" in page.locator("main").inner_text()
    assert axe(page) == []
