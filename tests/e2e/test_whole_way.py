"""A demo manager takes one match to a registered contract with royalty, split and commission.

All of it in browsers: the manager, the university's officer, the enterprise and the inventor.
"""

from __future__ import annotations

import re
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.deal_driver import PDF
from tests.e2e.conftest import axe, overflow, sign_in
from tests.e2e.test_deal_to_money import SLIP, ask, press
from tests.e2e.test_matching import PATIENCE
from tests.pdf_words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e

RESULT = "余热驱动吸附式碳捕集装置"
SIGNERS = (("university", "林转化"), ("enterprise", "黄需求"))
SCAN = {"name": "扫描件.pdf", "mimeType": "application/pdf", "buffer": PDF}


def in_days(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def opened(browser: Browser, base_url: str, name: str, *, width: int = 1280) -> Page:
    context = browser.new_context(
        base_url=base_url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": width, "height": 900},
    )
    context.set_default_timeout(15000)
    page = context.new_page()
    sign_in(page, name)
    return page


@pytest.fixture
def people(browser: Browser, base_url: str) -> Iterator[dict[str, Page]]:
    names = ("manager", "university", "enterprise", "inventor")
    made = {name: opened(browser, base_url, name) for name in names}
    yield made
    for page in made.values():
        page.context.close()


def look(page: Page) -> None:
    assert axe(page) == [], page.url
    assert overflow(page) <= 0, page.url


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.locator(f"main [name='{name}']").first.fill(value)


def move(page: Page, deal: str, event: str, **values: str) -> None:
    page.goto(f"{deal}/move/{event}")
    fill(page, next_step="按约定推进", next_on=in_days(5), **values)
    press(page, "确认推进")
    expect(page.locator("#error-summary")).to_have_count(0)


def send(page: Page, bench: str, words: str, button: str) -> str:
    """Send a match from the bench to both sides, once the worker has made it; give the deal."""
    row = page.locator("article", has_text=words).filter(has_text=button)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page.goto(bench)
        if row.count():
            break
        page.wait_for_timeout(3000)
    row.get_by_role("button", name=button).first.click()
    page.wait_for_url(re.compile(r"/deals/[0-9a-f-]{36}"))
    return page.url.split("#")[0].removesuffix("/")


def sign(page: Page, link: str, name: str) -> None:
    page.get_by_role("link", name=link).click()
    page.get_by_label("您的姓名").fill(name)
    page.get_by_role("checkbox").last.check()
    press(page, "签署此文本")


def pay(address: str, payer: Page, payee: Page, number: str) -> None:
    """Pay what the page asks for by bank slip; the payee says that it arrived."""
    payer.goto(address)
    press(payer, "前往付款")
    payer.get_by_role("link", name="报告银行转账").click()
    payer.get_by_label("银行流水号").fill(number)
    payer.locator("input[type=file]").set_input_files(SLIP)
    press(payer, "提交转账信息")
    payee.goto(payer.url)
    press(payee, "已到账")


class TestWholeWay:
    def test_from_a_match_to_the_file_set(self, copy, indexed, people):
        manager, university = people["manager"], people["university"]
        deal = self.send(manager)
        self.keep_secret(deal, people)
        move(manager, deal, "start_terms", findings="权属清楚，数据属实。", value="800000")
        look(manager)
        self.agree(deal, people)
        self.price(deal, university)
        self.conclude(deal, people)
        self.register(deal, manager)
        move(manager, deal, "start_performance")
        self.pay(deal, people)
        self.report(deal, people)
        self.share_out(copy, deal, people)
        self.earn(manager)
        self.pack(deal, manager)

    def send(self, manager: Page) -> str:
        manager.goto("/desk")
        expect(manager.get_by_role("region", name="我的经理人收入")).to_contain_text("预计收入")
        look(manager)
        deal = send(manager, "/managers/me/bench", RESULT, "推送双方")
        look(manager)
        return deal

    def keep_secret(self, deal: str, people: dict[str, Page]) -> None:
        move(people["manager"], deal, "ask_confidentiality", purpose="评估技术")
        for name, person in SIGNERS:
            people[name].goto(f"{deal}/agreement")
            sign(people[name], "阅读并签署协议", person)

    def agree(self, deal: str, people: dict[str, Page]) -> None:
        firm, university = people["enterprise"], people["university"]
        firm.goto(f"{deal}/terms/offer")
        firm.locator("[name=contract_kind][value=license]").check()
        press(firm, "显示适用的内容与提示")
        look(firm)
        firm.locator("[name=license_kind]").select_option("non_exclusive")
        fill(
            firm,
            subject="余热驱动吸附式碳捕集装置及其控制方法",
            starts_on=in_days(-370),
            term_months="36",
            upfront_fee_minor="800000",
            **{"royalty_steps-0-from_minor": "0", "royalty_steps-0-rate_bp": "3"},
        )
        for name, value in (
            ("royalty_base", "sales"),
            ("royalty_form", "fixed"),
            ("royalty_count", "yearly"),
            ("royalty_period", "half_year"),
        ):
            firm.locator(f"[name={name}]").select_option(value)
        press(firm, "发出要约")
        expect(firm.locator("#error-summary")).to_have_count(0)
        university.goto(f"{deal}/terms")
        look(university)
        press(university, "接受这些条款")

    def price(self, deal: str, university: Page) -> None:
        university.goto(f"{deal}/terms/pricing")
        look(university)
        university.locator("[name=method][value=market]").check()
        fill(
            university, house="湖北技术交易所", result="一家报名，按挂牌价成交", held_on=in_days(0)
        )
        press(university, "记录")
        body = university.get_by_text("决定机构：").text_content() or ""
        university.get_by_text("记录决定").first.click()
        university.locator("[name=decision][value=approved]").check()
        fill(
            university,
            body=body.split("：")[1].strip(),
            subject="转化方式与价格",
            participants="王某、李某",
            decided_on=in_days(0),
        )
        university.locator("[name=minutes]").set_input_files(SCAN)
        university.locator("form[action$=decisions]").get_by_role("button", name="记录").click()
        university.wait_for_load_state()
        expect(university.locator("#error-summary")).to_have_count(0)

    def conclude(self, deal: str, people: dict[str, Page]) -> None:
        manager = people["manager"]
        manager.goto(f"{deal}/contract")
        press(manager, "起草供签署")
        expect(manager.locator("#error-summary")).to_have_count(0)
        for name, person in SIGNERS:
            people[name].goto(f"{deal}/contract")
            sign(people[name], "阅读、签署与下载", person)

    def register(self, deal: str, manager: Page) -> None:
        manager.goto(f"{deal}/contract/registration")
        group = manager.get_by_role("group", name=re.compile("已备齐的材料"))
        for box in group.get_by_role("checkbox").all():
            box.check()
        press(manager, "保存登记表")
        press(manager, "记录提交")
        manager.get_by_label("登记编号").fill("2026420101008888")
        press(manager, "记录登记")
        expect(manager.get_by_text("2026420101008888").first).to_be_visible()

    def pay(self, deal: str, people: dict[str, Page]) -> None:
        firm = people["enterprise"]
        firm.goto(f"{deal}/money")
        look(firm)
        firm.get_by_role("link", name="首付款").click()
        pay(firm.url, firm, people["university"], "ICBC-20261125-77")

    def report(self, deal: str, people: dict[str, Page]) -> None:
        firm, university = people["enterprise"], people["university"]
        firm.goto(f"{deal}/money")
        statement = firm.locator("a[href*='/royalties/']").first
        statement.click()
        fill(firm, base="2000000", note="销售台账合计")
        firm.locator("main input[type=file]").first.set_input_files(SCAN)
        press(firm, "提交报送")
        expect(firm.get_by_role("main")).to_contain_text("60,000.00")
        look(firm)
        university.goto(firm.url)
        press(university, "确认结算单")
        pay(university.url, firm, university, "ICBC-20261125-78")
        university.goto(f"{deal}/money")
        tile = university.locator(".tile", has_text="供给方已实现收入")
        expect(tile).to_contain_text("860,000.00")

    def share_out(self, copy: Copy, deal: str, people: dict[str, Page]) -> None:
        university, inventor = people["university"], people["inventor"]
        university.goto(f"{deal}/splits/new")
        look(university)
        fill(
            university,
            **{"people-0-name": "何建", "people-0-email": "inventor@hanqiao.example"},
        )
        press(university, "保存草稿")
        look(university)
        page = university.url
        press(university, "征求同意")
        for person in (inventor, university):
            person.goto("/my-results")
            person.get_by_role("link", name=re.compile(RESULT)).first.click()
            look(person)
            person.locator("[name=answer][value=agree]").check()
            press(person, "提交我的答复")
        university.goto(page)
        press(university, "发布奖励公示")
        split = page.rsplit("/", 1)[1]
        ask(
            copy,
            "UPDATE income_split SET notice_from = notice_from - 20, notice_to = notice_to - 20"
            " WHERE id = %s",
            split,
        )
        university.goto(page)
        press(university, "登记入账")
        inventor.goto("/desk")
        money = inventor.get_by_role("region", name="合同与资金")
        expect(money).to_contain_text("已确定的奖励")
        # 70 % of 860,000 come to the inventor, beside what the demo records awarded before.
        inventor.goto("/my-results")
        expect(inventor.get_by_role("row", name=re.compile(RESULT))).to_contain_text("602,000.00")

    def earn(self, manager: Page) -> None:
        """Three percent of 800,000 is 24,000, shared by both sides."""
        manager.goto("/commissions")
        look(manager)
        rows = manager.get_by_role("row", name=re.compile(RESULT))
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("12,000.00")
        rows.first.get_by_role("link").first.click()
        manager.get_by_label("账单编号").fill("FP-2026-0077")
        press(manager, "发出账单")
        expect(manager.get_by_role("main")).to_contain_text("佣金已开单")
        look(manager)

    def pack(self, deal: str, manager: Page) -> None:
        """The file set holds what the office asks for, each file readable, with the amounts."""
        manager.goto(f"{deal}/contract/subsidy")
        look(manager)
        with manager.expect_download() as got:
            manager.get_by_role("link", name="下载申报材料（ZIP）").click()
        with zipfile.ZipFile(got.value.path()) as archive:
            assert archive.testzip() is None
            files = {name: archive.read(name) for name in archive.namelist()}
        sheet = words_of(next(made for name, made in files.items() if "登记表" in name))
        assert "800,000.00" in sheet
        contract = words_of(next(made for name, made in files.items() if "技术合同" in name))
        assert "林转化" in contract
        assert "黄需求" in contract
        assert sum("回单" in name for name in files) == 2
