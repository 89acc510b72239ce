"""A result from its first line to a company's message, in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import axe, overflow, sign_in
from tests.factories.listings import patent_number

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e


def look(page: Page) -> None:
    """Look at the page as it stands, wide, narrow and narrowest."""
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def as_member(browser: Browser, base_url: str, name: str, **options: object) -> Page:
    context = browser.new_context(base_url=base_url, locale="zh-CN", **options)
    page = context.new_page()
    page.set_default_timeout(15000)
    sign_in(page, name)
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def start_draft(page: Page, title: str) -> str:
    """Start a draft from the desk; give its identity."""
    page.goto("/desk")
    page.locator("a[href$='/listings']").first.click()
    page.get_by_role("link", name="新建成果").click()
    page.get_by_label("这项技术能做什么").fill(title)
    press(page, "建立草稿")
    return page.url.split("/")[-3]


def fill_steps(page: Page, identity: str, number: str) -> None:
    """Fill what a reviewer needs to see, step by step."""
    page.goto(f"/listings/{identity}/edit/basics")
    page.get_by_label("一句话概括").fill("每小时清洗 30 m²，能耗降低 60%。")
    press(page, "保存并继续")
    page.get_by_label("解决的问题").fill("喷砂除锈粉尘大，工人健康受损。")
    page.get_by_label("与现有方案相比的效益").fill("与喷砂相比速度提高三倍。")
    press(page, "保存并继续")
    page.get_by_label("TRL 6").check()
    page.get_by_label("6 级的证据").fill("样机在环线试验段运行 300 小时。")
    page.get_by_label("下一步工作").fill("在两个工务段试用三个月，需要一家养护企业。")
    press(page, "保存并继续")
    page.get_by_label("类型").first.select_option("invention_patent")
    page.get_by_label("号码").first.fill(number)
    press(page, "保存并继续")
    page.get_by_label("普通许可").check()
    press(page, "保存并继续")


class TestWizard:
    def test_saves_itself_adds_rows_and_leads_to_faults(self, page: Page):
        sign_in(page, "university")
        identity = start_draft(page, "激光清洗使钢轨除锈速度提高三倍")

        page.get_by_label("一句话概括").press_sequentially("每小时 30 平方米")
        page.get_by_text("已于").wait_for()
        page.reload()
        assert page.get_by_label("一句话概括").input_value() == "每小时 30 平方米"

        page.get_by_label("这项技术能做什么").fill("")
        press(page, "保存并继续")
        assert page.evaluate("document.activeElement.id") == "error-summary"
        assert page.get_by_label("一句话概括").input_value() == "每小时 30 平方米"
        look(page)

        page.goto(f"/listings/{identity}/edit/problem")
        rows = page.locator("#gains-rows tr")
        before = rows.count()
        page.get_by_role("button", name="增加一行").click()
        assert rows.count() == before + 1
        rows.last.get_by_label("测量项目").fill("速度")
        press(page, "保存")
        assert page.locator("#gains-rows tr").first.get_by_label("测量项目").input_value() == "速度"
        look(page)

    def test_a_slow_autosave_is_no_conflict_with_oneself(self, page: Page):
        sign_in(page, "university")
        identity = start_draft(page, "网络缓慢时写下的成果标题")
        page.goto(f"/listings/{identity}/edit/evidence")
        slow = page.context.new_cdp_session(page)
        slow.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1},
        )
        page.get_by_label("下一步工作").fill("先做第一件事，再做第二件事。")
        with page.expect_request("**/autosave"):
            pass
        press(page, "保存并继续")
        page.wait_for_url("**/edit/rights")
        page.goto(f"/listings/{identity}/edit/evidence")
        assert page.get_by_label("下一步工作").input_value().startswith("先做第一件事")

    def test_two_tabs_see_both_versions(self, page: Page):
        sign_in(page, "university")
        identity = start_draft(page, "两个人同时修改的成果标题")
        first = page.context.new_page()
        for tab in (first, page):
            tab.goto(f"/listings/{identity}/edit/people")
        first.get_by_label("姓名").first.fill("李明")
        press(first, "保存")
        # The script would save first: here the form itself is sent.
        page.get_by_label("姓名").first.fill("王芳")
        press(page, "保存并继续")
        page.get_by_role("heading", name="在此期间保存了这一步").wait_for()
        assert page.get_by_text("李明").first.is_visible()
        assert page.get_by_label("姓名").first.input_value() == "王芳"
        look(page)
        press(page, "保存并继续")
        page.goto(f"/listings/{identity}/edit/check")
        assert page.get_by_text("王芳").first.is_visible()

    def test_a_taken_patent_is_refused_with_a_link(self, page: Page):
        sign_in(page, "university")
        number = patent_number()
        fill_steps(page, start_draft(page, "先登记专利的那项成果标题"), number)
        other = start_draft(page, "后登记同一专利的成果标题")
        page.goto(f"/listings/{other}/edit/rights")
        page.get_by_label("类型").first.select_option("invention_patent")
        page.get_by_label("号码").first.fill(number)
        press(page, "保存并继续")
        page.get_by_role("link", name="打开已列出该权利的成果").click()
        assert page.get_by_role("heading", level=1).inner_text() == "先登记专利的那项成果标题"

    def test_works_without_script(self, browser: Browser, base_url: str):
        page = as_member(browser, base_url, "university", java_script_enabled=False)
        identity = start_draft(page, "没有脚本也能写完的成果")
        fill_steps(page, identity, patent_number())
        page.goto(f"/listings/{identity}/edit/check")
        press(page, "提交审核")
        assert page.get_by_text("已提交").is_visible()
        page.context.close()


class TestReviewAndMessage:
    def test_returned_mended_published_and_asked_about(
        self, page: Page, browser: Browser, base_url: str
    ):
        title = "激光除锈车在既有线上运行三百小时"
        sign_in(page, "university")
        identity = start_draft(page, title)
        fill_steps(page, identity, patent_number())
        page.goto(f"/listings/{identity}/edit/check")
        look(page)
        press(page, "提交审核")

        # A visitor sees nothing yet; the reviewer returns it with a reason.
        visitor = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
        assert visitor.goto(f"/technologies/{identity}").status == 404
        reviewer = as_member(browser, base_url, "reviewer")
        reviewer.goto("/platform/listings")
        reviewer.get_by_role("link", name=title).click()
        look(reviewer)
        reviewer.get_by_label("效益没有用数据与现有方案对比").check()
        press(reviewer, "附理由退回")

        # The author reads it, mends it and sends it again.
        page.goto(f"/listings/{identity}/edit/check")
        assert page.get_by_text("效益没有用数据与现有方案对比").is_visible()
        page.goto(f"/listings/{identity}/edit/problem")
        page.get_by_label("与现有方案相比的效益").fill("速度由喷砂的 10 m²/h 提高到 30 m²/h。")
        press(page, "保存并继续")
        page.goto(f"/listings/{identity}/edit/check")
        press(page, "提交审核")
        reviewer.goto(f"/platform/listings/{identity}")
        press(reviewer, "发布")
        assert visitor.goto(f"/technologies/{identity}").status == 200
        look(visitor)

        # A company asks; addresses stay hidden until both agree.
        company = as_member(browser, base_url, "enterprise")
        company.goto(f"/technologies/{identity}")
        company.get_by_role("link", name="联系权利人").click()
        company.get_by_label("咨询内容").fill("我们有两条线想试用。")
        company.get_by_label("也向对方公开我的姓名和邮箱").check()
        press(company, "发送")
        address = company.url
        page.goto("/enquiries")
        page.get_by_role("link", name=title).first.click()
        look(page)
        assert "enterprise@hanqiao.example" not in page.content()
        page.get_by_label("回复内容").fill("下周可以安排。")
        page.get_by_label("向对方公开我的姓名和邮箱", exact=True).check()
        press(page, "发送")
        assert "enterprise@hanqiao.example" in page.content()
        company.goto(address)
        assert "university@hanqiao.example" in company.content()

        # Withdrawn, its address says so.
        page.goto(f"/listings/{identity}/withdraw")
        page.get_by_label("为何撤回").fill("已许可给一家企业。")
        press(page, "撤回")
        assert visitor.goto(f"/technologies/{identity}?again").status == 410
        look(visitor)
        for other in (visitor, reviewer, company):
            other.context.close()
