"""From a stranger to a verified company, and the pages of accounts, organizations and platform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyotp
import pytest

from marketplace.demo.accounts import PASSWORD
from marketplace.web.clock import now
from tests.e2e.conftest import axe, overflow, sign_in
from tests.factories.organizations import credit_code

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.e2e

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PASSWORD_OF_LI = "a bridge over the river"


def main_button(page: Page, name: str):
    return page.get_by_role("main").get_by_role("button", name=name, exact=True)


def check(page: Page) -> None:
    """Look at the page as it stands, wide and narrow."""
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def mailed_link(page: Page, subject: str) -> str:
    """Wait until the worker has put a mail into the outbox; give the link in it."""
    for _ in range(60):
        page.goto("/development/outbox/")
        found = page.get_by_role("link", name=subject)
        if found.count():
            found.first.click()
            text = page.locator(".letter").inner_text()
            return re.search(r"https?://\S+?(/\S+)", text.split("：\n", 1)[-1])[1]  # type: ignore[index]
        page.wait_for_timeout(500)
    pytest.fail(f"no mail with the subject {subject}")


def other_page(browser: Browser, base_url: str) -> Page:
    page = browser.new_context(base_url=base_url, locale="zh-CN").new_page()
    page.set_default_timeout(15000)
    return page


class TestCompany:
    def test_registers_is_returned_mends_and_is_verified(  # noqa: PLR0915 — a journey is one story
        self, page: Page, browser: Browser, base_url: str, tmp_path: Path
    ):
        proof = tmp_path / "营业执照.pdf"
        proof.write_bytes(PDF)

        # A person registers; the account is made behind the mailed link.
        page.goto("/register")
        page.get_by_label("姓名").fill("李明")
        page.get_by_label("电子邮箱").fill("li.ming@example.com")
        page.get_by_label("我接受使用条款").check()
        main_button(page, "发送链接").click()
        page.goto(mailed_link(page, "完成注册"))
        page.get_by_label("密码", exact=True).fill("1234567890")
        main_button(page, "建立账户").click()
        assert page.get_by_role("alert").get_by_role("link").count() == 1
        assert page.evaluate("document.activeElement.id") == "error-summary"
        page.get_by_label("密码", exact=True).fill(PASSWORD_OF_LI)
        main_button(page, "建立账户").click()
        page.wait_for_url("**/desk")

        # The company applies; a code with a wrong check digit is refused, nothing typed is lost.
        code = credit_code(31415926)
        page.goto("/organizations/new")
        page.get_by_label("类型").select_option("enterprise")
        page.get_by_label("中文名称").fill("武汉江汉涂层有限公司")
        page.get_by_label("统一社会信用代码").fill(code[:-1] + ("0" if code[-1] != "0" else "1"))
        page.get_by_label("所在地").select_option("420103")
        page.get_by_label("证明材料").set_input_files(proof)
        main_button(page, "提交申请").click()
        assert "校验位不符" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("中文名称").input_value() == "武汉江汉涂层有限公司"
        check(page)
        page.get_by_label("统一社会信用代码").fill(code.lower())
        page.get_by_label("证明材料").set_input_files(proof)
        main_button(page, "提交申请").click()
        page.wait_for_url(re.compile("/organizations/[0-9a-f-]{36}$"))
        own = page.url.removeprefix(base_url)
        check(page)

        # Until it is verified, strangers see nothing.
        stranger = other_page(browser, base_url)
        assert stranger.goto(own).status == 404  # type: ignore[union-attr]

        # A reviewer returns it with reasons.
        reviewer = other_page(browser, base_url)
        sign_in(reviewer, "reviewer")
        reviewer.goto("/platform/organizations/waiting")
        reviewer.get_by_role("link", name="武汉江汉涂层有限公司").click()
        check(reviewer)
        reviewer.get_by_label("原因").fill("扫描件看不清，请重新上传。")
        main_button(reviewer, "退回").click()
        reviewer.wait_for_url("**/waiting")

        # The owner reads why, mends it and applies again.
        page.goto(mailed_link(page, "请修改“武汉江汉涂层有限公司”的入驻申请"))
        assert "扫描件看不清" in page.get_by_role("main").inner_text()
        check(page)
        page.get_by_label("补充证明材料").set_input_files(proof)
        main_button(page, "保存并重新提交").click()
        page.wait_for_url(f"**{own}")

        # The reviewer verifies; the page is public now.
        reviewer.goto("/platform/organizations/waiting")
        reviewer.get_by_role("link", name="武汉江汉涂层有限公司").click()
        main_button(reviewer, "通过认证").click()
        reviewer.wait_for_url("**/waiting")
        assert stranger.goto(own).status == 200  # type: ignore[union-attr]
        assert "已认证" in stranger.get_by_role("main").inner_text()

        # A colleague is invited and makes an account by the link.
        page.goto(f"{own}/members")
        page.get_by_label("电子邮箱").fill("wang.fang@example.com")
        page.get_by_label("角色", exact=True).select_option("editor")
        main_button(page, "发送邀请").click()
        check(page)
        stranger.goto(mailed_link(page, "李明 邀请您加入武汉江汉涂层有限公司"))
        check(stranger)
        stranger.get_by_label("姓名").fill("王芳")
        stranger.get_by_label("密码", exact=True).fill("another long sentence")
        main_button(stranger, "建立账户").click()
        stranger.wait_for_url(f"**{own}")
        assert "王芳" in stranger.get_by_role("banner").inner_text()


class TestSecondStep:
    def test_is_switched_on_and_asked_for(self, page: Page, browser: Browser, base_url: str):
        # An account that no other journey signs in with: from here on it is asked for a code.
        sign_in(page, "agency")
        page.goto("/account/security")
        check(page)
        main_button(page, "开启").click()
        secret = page.get_by_role("main").locator("code").inner_text().replace(" ", "")
        totp = pyotp.TOTP(secret)
        check(page)
        page.get_by_label("验证码").fill(totp.at(now()))
        main_button(page, "开启").click()
        assert page.get_by_role("main").locator("li code").count() == 8
        recovery = page.get_by_role("main").locator("li code").first.inner_text()
        check(page)

        other = other_page(browser, base_url)
        other.goto("/sign-in")
        other.get_by_label("邮箱").fill("agency@hanqiao.example")
        other.get_by_label("密码", exact=True).fill(PASSWORD)
        main_button(other, "登录").click()
        other.wait_for_url("**/sign-in/code")
        check(other)
        other.get_by_label("验证码").fill(recovery)
        main_button(other, "登录").click()
        other.wait_for_url("**/desk")


class TestSessionEnd:
    def test_in_the_middle_of_a_form_loses_nothing(
        self, page: Page, browser: Browser, base_url: str
    ):
        sign_in(page, "officer")
        page.goto("/account")
        page.get_by_label("姓名").fill("吴专员（市科技局）")
        other = other_page(browser, base_url)
        sign_in(other, "officer", anew=True)
        other.goto("/account/security")
        main_button(other, "退出其他所有设备").click()

        main_button(page, "保存").click()
        assert "登录已过期" in page.get_by_role("main").inner_text()
        check(page)
        with page.expect_popup() as opened:
            page.get_by_role("link", name="在新窗口登录").click()
        sign_in(opened.value, "officer", anew=True)
        main_button(page, "重新提交").click()

        page.wait_for_url("**/account")
        assert page.get_by_label("姓名").input_value() == "吴专员（市科技局）"


class TestPages:
    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_of_the_platform(self, page: Page, prefix: str):
        sign_in(page, "admin")
        for path in (
            "/platform/",
            "/platform/users",
            "/platform/organizations",
            "/platform/organizations/waiting",
            "/platform/audit",
            "/platform/jobs?status=todo",
            "/platform/holidays",
            "/platform/health",
        ):
            page.goto(prefix + path)
            check(page)
        page.goto(f"{prefix}/platform/users?q=reviewer")
        page.get_by_role("main").get_by_role("table").get_by_role("link").first.click()
        check(page)

    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_of_a_person_and_an_organization(self, page: Page, prefix: str):
        sign_in(page, "enterprise")
        for path in (
            "/account",
            "/account/security",
            "/account/password",
            "/account/email",
            "/account/data",
            "/account/close",
            "/organizations",
            "/organizations/new",
            "/organizations?q=zzqqxx",
        ):
            page.goto(prefix + path)
            check(page)
        page.goto(f"{prefix}/account")
        page.get_by_role("main").locator("ul.plain a").first.click()
        own = page.url
        for path in ("", "/edit", "/members"):
            page.goto(own + path)
            check(page)

    def test_of_visitors(self, page: Page):
        for path in ("/password/forgotten", "/password/invented", "/development/outbox/"):
            for prefix in ("", "/en"):
                page.goto(prefix + path)
                check(page)
