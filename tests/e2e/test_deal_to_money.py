"""An enquiry is answered or declined; a deal goes from its notice to a registered, paid contract.

Several people look at the same deal in browsers of their own, in Chinese, English and on a phone.
"""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from playwright.sync_api import expect

from tests.deal_driver import PDF
from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e

LISTING = "设施大棚免布线环境监控系统"
NOTICED = "赤泥和粉煤灰制备低碳胶凝材料替代水泥"
SLIP = {"name": "回单.pdf", "mimeType": "application/pdf", "buffer": PDF}


def ask(copy: Copy, question: str, *values: object) -> list[Any]:
    """Ask the copy's own database; an UPDATE plays the passing of time."""
    folder = str(copy.home / "postgresql")
    with psycopg.connect(host=folder, user="postgres", dbname="postgres") as connection:
        answer = connection.execute(question, values)  # type: ignore[arg-type]
        return answer.fetchall() if answer.description else []


@pytest.fixture
def people(browser: Browser, base_url: str) -> Iterator[dict[str, Page]]:
    """A browser for each: the enterprise has a phone."""
    made = {}
    for name in ("university", "enterprise", "manager"):
        width = 360 if name == "enterprise" else 1280
        context = browser.new_context(
            base_url=base_url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(15000)
        made[name] = context.new_page()
        sign_in(made[name], name)
    yield made
    for page in made.values():
        page.context.close()


def look(page: Page) -> None:
    assert axe(page) == [], page.url
    assert overflow(page) <= 0, page.url


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


def english(page: Page) -> None:
    """Look at the page in English and come back."""
    here = page.url
    page.goto(here.replace("/deals/", "/en/deals/").replace("/enquiries/", "/en/enquiries/"))
    look(page)
    page.goto(here)


class TestEnquiry:
    def send(self, page: Page, words: str) -> str:
        page.goto("/technologies")
        page.get_by_role("link", name=re.compile(LISTING)).first.click()
        page.get_by_role("link", name="联系权利人").click()
        page.get_by_label("咨询内容").fill(words)
        page.get_by_label("也向对方公开我的姓名和邮箱").check()
        press(page, "发送")
        return page.url

    def test_reveals_contacts_both_ways_by_consent(self, people):
        firm, university = people["enterprise"], people["university"]
        address = self.send(firm, "基地想加装二十座大棚。")
        look(firm)
        university.goto(address)
        assert "enterprise@hanqiao.example" not in university.content()
        english(university)
        university.get_by_label("回复内容").fill("可以先看现场。")
        university.get_by_label("向对方公开我的姓名和邮箱", exact=True).check()
        press(university, "发送")
        assert "enterprise@hanqiao.example" in university.content()
        firm.goto(address)
        assert "university@hanqiao.example" in firm.content()
        english(firm)

    def test_is_declined_with_a_reason_and_stays_masked(self, copy, people):
        firm, university = people["enterprise"], people["university"]
        address = self.send(firm, "能否免费试用一年？")
        university.goto(address)
        university.get_by_text("说明理由并婉拒").click()
        press(university, "婉拒")
        look(university)
        expect(university.locator("#error-summary").first).to_be_visible()
        university.get_by_role("radio").first.check()
        press(university, "婉拒")
        assert "enterprise@hanqiao.example" not in university.content()
        firm.goto(address)
        assert "university@hanqiao.example" not in firm.content()
        identity = address.rsplit("/", 1)[1].split("?")[0]
        written = ask(copy, "SELECT count(*) FROM audit_entry WHERE object_id = %s", identity)
        assert written[0][0] >= 1


class TestDeal:
    def test_goes_from_notice_to_registered_and_paid(self, copy, people):
        manager, university, firm = (people[one] for one in ("manager", "university", "enterprise"))
        manager.goto("/deals/list")
        manager.locator("tbody th a", has_text=NOTICED).click()
        deal = manager.url.removesuffix("/")
        english(manager)
        manager.goto(f"{deal}/contract")
        expect(manager.get_by_role("main")).to_contain_text("价格公示到")
        ask(
            copy,
            "UPDATE price_notice SET posted_on = posted_on - 20 WHERE deal_id = %s",
            deal.rsplit("/", 1)[1],
        )
        manager.reload()
        press(manager, "起草供签署")
        look(manager)
        self.sign(deal, university, "林转化")
        self.sign(deal, firm, "黄需求")
        self.register(deal, manager)
        self.start(deal, manager)
        self.pay(deal, firm, university)
        with_bank_slip = self.packed(deal, university)
        assert any("回单" in name for name in with_bank_slip)
        self.others(deal, people)

    def sign(self, deal: str, page: Page, name: str) -> None:
        page.goto(f"{deal}/contract")
        page.get_by_role("link", name="阅读、签署与下载").click()
        page.get_by_label("您的姓名").fill(name)
        page.get_by_role("checkbox").last.check()
        press(page, "签署此文本")
        look(page)

    def register(self, deal: str, page: Page) -> None:
        page.goto(f"{deal}/contract/registration")
        group = page.get_by_role("group", name=re.compile("已备齐的材料"))
        for box in group.get_by_role("checkbox").all():
            box.check()
        press(page, "保存登记表")
        press(page, "记录提交")
        page.get_by_label("登记编号").fill("2026420101007777")
        press(page, "记录登记")
        expect(page.get_by_text("2026420101007777").first).to_be_visible()
        english(page)

    def start(self, deal: str, page: Page) -> None:
        page.goto(f"{deal}/move/start_performance")
        press(page, "确认推进")
        expect(page.locator("#error-summary")).to_contain_text("下一步工作")
        page.get_by_label("下一步工作").fill("受让方支付首付款")
        day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
        page.get_by_label("下一步日期").fill(day)
        press(page, "确认推进")

    def pay(self, deal: str, firm: Page, university: Page) -> None:
        firm.goto(f"{deal}/money")
        look(firm)
        firm.get_by_role("link", name="首付款").click()
        look(firm)
        press(firm, "前往付款")
        firm.get_by_role("link", name="报告银行转账").click()
        firm.get_by_label("银行流水号").fill("ICBC-20261125-01")
        firm.locator("input[type=file]").set_input_files(SLIP)
        press(firm, "提交转账信息")
        look(firm)
        university.goto(firm.url)
        press(university, "已到账")
        university.goto(f"{deal}/money")
        tile = university.locator(".tile", has_text="供给方已实现收入")
        expect(tile).to_contain_text("1,600,000.00")
        english(university)

    def packed(self, deal: str, page: Page) -> list[str]:
        page.goto(f"{deal}/contract/subsidy")
        look(page)
        with page.expect_download() as got:
            page.get_by_role("link", name="下载申报材料（ZIP）").click()
        with zipfile.ZipFile(got.value.path()) as archive:
            return archive.namelist()

    def others(self, deal: str, people: dict[str, Page]) -> None:
        page = people["manager"]
        page.context.clear_cookies()
        sign_in(page, "institute")
        for end in ("", "/contract", "/money", "/contract/subsidy.zip", "/terms", "/room"):
            answer = page.context.request.get(f"{deal}{end}")
            assert answer.status == 404, end
