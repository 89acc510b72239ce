"""What the pages withstand: hostile titles, foreign addresses, ended sessions, silent servers."""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from marketplace.demo.accounts import PASSWORD
from tests.e2e.conftest import axe, sign_in
from tests.e2e.test_finding import COPPER
from tests.e2e.test_listings import as_member, press, start_draft
from tests.record_files import write

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Route

    from tests.e2e.conftest import Copy

pytestmark = pytest.mark.e2e

PROGRESS = "**/jobs/*/progress"
HOSTILE = "<script>window.hit=1</script><img src=x onerror=window.hit=1>“钢轨”{{7*7}}"


def noted(copy: Copy, line: str) -> bool:
    """Whether the copy's output tells of a refusal; output comes through a pipe, a little late."""
    for _ in range(50):
        if any(line in one for one in copy.lines):
            return True
        threading.Event().wait(0.1)
    return False


class TestAttacks:
    def test_a_script_in_a_title_or_a_question_is_text(self, page: Page):
        sign_in(page, "university")
        identity = start_draft(page, HOSTILE)
        page.goto("/desk")
        workbench = page.locator("a[href$='/listings']").first.get_attribute("href")
        for path in (
            f"/listings/{identity}/edit/check",
            workbench,
            f"/technologies?q={quote(HOSTILE)}",
            f"/saved-searches/new?scope=listing&q={quote(HOSTILE)}",
        ):
            page.goto(path)
            assert page.get_by_text("<script>window.hit=1</script>").count() or (
                page.get_by_role("combobox").input_value() == HOSTILE
            ), path
            assert page.evaluate("window.hit") is None, path
            assert page.locator("img[src=x]").count() == 0, path

    def test_somebody_elses_draft_does_not_exist(
        self, page: Page, browser: Browser, base_url: str, copy: Copy
    ):
        author = as_member(browser, base_url, "university")
        identity = start_draft(author, "别的单位打不开的草稿")
        author.context.close()
        sign_in(page, "enterprise")
        for path in ("edit/basics", "edit/check", "history", "matches", "withdraw"):
            answer = page.goto(f"/listings/{identity}/{path}")
            assert answer is not None
            assert answer.status == 404, path
            assert "别的单位打不开的草稿" not in page.content()
            assert noted(
                copy, f"refused 404 unknown or foreign object: GET '/listings/{identity}/{path}"
            )

    def test_a_form_of_another_site_changes_nothing(self, page: Page, copy: Copy):
        sign_in(page, "university")
        answer = page.request.post("/account", form={"name": "冒名者"})
        assert answer.status == 400
        assert noted(copy, "refused 400 The CSRF token is missing.: POST '/account'")
        page.goto("/account")
        assert page.get_by_label("姓名").input_value() != "冒名者"

    @pytest.mark.parametrize(
        "address",
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"],
    )
    def test_signing_in_leads_nowhere_else(self, page: Page, base_url: str, address: str):
        page.goto(f"/sign-in?next={quote(address, safe='')}")
        page.get_by_label("邮箱").fill("institute@hanqiao.example")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        press(page, "登录")
        page.wait_for_url(f"{base_url}/desk")


class TestEndings:
    def test_a_session_that_ends_in_a_step_keeps_what_was_typed(
        self, page: Page, browser: Browser, base_url: str
    ):
        sign_in(page, "institute")
        identity = start_draft(page, "写到一半登录就过期的成果")
        page.goto(f"/listings/{identity}/edit/basics")
        other = as_member(browser, base_url, "institute")
        other.context.clear_cookies()
        sign_in(other, "institute", anew=True)
        other.goto("/account/security")
        press(other, "退出其他所有设备")
        other.context.close()

        page.get_by_label("一句话概括").fill("每小时 30 m²，<不丢字>")
        # The autosave is refused first, and says so without touching the text.
        expect(page.get_by_text("您填写的内容仍保留在此页")).to_be_visible()
        press(page, "保存并继续")
        expect(page.get_by_role("main")).to_contain_text("登录已过期")
        assert axe(page) == []
        with page.expect_popup() as opened:
            page.get_by_role("link", name="在新窗口登录").click()
        sign_in(opened.value, "institute", anew=True)
        press(page, "重新提交")
        page.wait_for_url("**/edit/problem")
        page.goto(f"/listings/{identity}/edit/basics")
        assert page.get_by_label("一句话概括").input_value() == "每小时 30 m²，<不丢字>"


def begin_import(page: Page, folder: Path) -> None:
    """Upload and check a register; what is left is the button that imports it."""
    sign_in(page, "university")
    head = "编号,成果名称,成果简介,技术成熟度\n"
    rows = "".join(f"{folder.name}-{n},轮询时导入的第{n}号成果,简介,5\n" for n in range(300))
    page.goto("/imports/new")
    page.get_by_label("文件", exact=True).set_input_files(
        write(folder / "register.csv", head + rows)
    )
    press(page, "上传文件")
    press(page, "检查文件")


class TestPolling:
    def test_a_job_page_goes_on_asking_a_server_that_does_not_answer(self, page: Page, tmp_path):
        begin_import(page, tmp_path)
        broken = [lambda route: route.abort(), lambda route: route.fulfill(status=503, body="")]
        asked: list[str] = []

        def answer(route: Route) -> None:
            asked.append(route.request.url)
            broken[len(asked) % 2](route)

        page.route(PROGRESS, answer)
        page.get_by_role("button", name=re.compile("导入 300 行")).click()
        note = page.get_by_text("服务器暂时没有响应，本页会继续查询")
        expect(note).to_be_visible()
        expect(page.locator("#job-state")).not_to_have_text("已完成")
        page.wait_for_timeout(2500)
        assert len(asked) > 1
        expect(note).to_be_visible()
        assert axe(page) == []
        page.unroute(PROGRESS)
        expect(page.locator("#job-state")).to_have_text("已完成", timeout=60_000)
        expect(note).to_have_count(0)

    def test_a_job_page_leads_to_the_sign_in_and_back(self, page: Page, tmp_path):
        begin_import(page, tmp_path)
        page.route(PROGRESS, lambda route: route.abort())
        page.get_by_role("button", name=re.compile("导入 300 行")).click()
        page.wait_for_url("**/jobs/*")
        path = page.url
        page.context.clear_cookies()
        page.unroute(PROGRESS)
        page.wait_for_url("**/sign-in?next=**")
        page.get_by_label("邮箱").fill("university@hanqiao.example")
        page.get_by_label("密码", exact=True).fill(PASSWORD)
        press(page, "登录")
        page.wait_for_url(path)


@pytest.mark.usefixtures("indexed")
def test_the_old_index_answers_while_it_is_built_anew(page: Page, copy: Copy):
    rebuild = copy.begin("search", "rebuild")
    answers = 0
    while rebuild.poll() is None:
        answer = page.goto("/technologies?q=蚀刻")
        assert answer is not None
        assert answer.status == 200
        expect(page.get_by_role("link", name=COPPER).first).to_be_visible()
        assert page.get_by_text("检索引擎暂时").count() == 0
        answers += 1
    told, _ = rebuild.communicate()
    assert rebuild.returncode == 0, told
    assert answers > 1
    page.reload()
    expect(page.get_by_role("link", name=COPPER).first).to_be_visible()
    assert copy.flask("search", "check").returncode == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_need_is_begun_without_script_in_light_and_dark(
    browser: Browser, base_url: str, scheme: str
):
    page = as_member(
        browser, base_url, "enterprise", java_script_enabled=False, color_scheme=scheme
    )
    page.goto("/needs/new")
    press(page, "继续")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("需求标题").fill(f"没有脚本也能提出的需求（{scheme}）")
    press(page, "继续")
    page.get_by_label("用大白话说问题").fill("每件打磨九分钟，粉尘大，招不到人。")
    press(page, "保存并继续")
    expect(page.get_by_role("heading", name="指标", exact=True)).to_be_visible()
    page.context.close()
