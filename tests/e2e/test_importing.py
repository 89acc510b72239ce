"""A register of 1,200 results with 15 bad rows, from the file to the records, in a real browser."""

from __future__ import annotations

import csv
import io
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import axe, overflow, sign_in
from tests.record_files import write

pytestmark = pytest.mark.e2e

HEAD = "编号,成果名称,成果简介,技术成熟度\n"
ROWS, BAD = 1200, 15


def look(page) -> None:
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def send(page, path) -> None:
    page.goto("/imports/new")
    page.get_by_label("文件", exact=True).set_input_files(path)
    page.get_by_role("button", name="上传文件").click()


def check(page) -> None:
    # The queue of the reviewers is left to other journeys.
    page.get_by_label("导入后直接送审").uncheck()
    page.get_by_role("button", name="检查文件").click()


def tile(page, name: str) -> str:
    return page.locator(".tile", has_text=name).locator("dd").inner_text()


@pytest.fixture
def register(tmp_path):
    lines = (
        f"E{number},第{number}号测试成果,用于导入的简介,{99 if number % 80 == 0 else 5}\n"
        for number in range(1, ROWS + 1)
    )
    return write(tmp_path / "成果登记.csv", HEAD + "".join(lines), "gb18030")


def test_a_register_is_imported_and_its_failed_rows_come_back_clean(page, register, tmp_path):
    page.set_default_timeout(30_000)
    sign_in(page, "university")
    page.goto("/desk")
    page.get_by_role("link", name="导入文件").first.click()
    look(page)
    send(page, write(tmp_path / "logo.csv", b"\x89PNG\x00\x00"))
    expect(page.get_by_role("alert")).to_contain_text("文件不是文本")
    look(page)

    send(page, register)
    expect(page.get_by_text("共 4 列，已识别 4 列")).to_be_visible()
    look(page)
    check(page)
    expect(page.get_by_role("heading", name="导入预览")).to_be_visible()
    assert (tile(page, "新增"), tile(page, "失败行")) == ("1,185", str(BAD))
    expect(page.get_by_text("“99”不是范围内的整数")).to_be_visible()
    look(page)
    page.get_by_role("button", name="导入 1,185 行").click()
    expect(page).to_have_url(re.compile("/jobs/"))
    expect(page.locator("#job-state")).to_have_text("已完成", timeout=60_000)
    assert (tile(page, "新增"), tile(page, "失败行")) == ("1,185", str(BAD))
    look(page)

    with page.expect_download() as waited:
        page.get_by_role("link", name="下载 成果登记-失败行.csv").click()
    failed = list(csv.reader(io.StringIO(waited.value.path().read_text(encoding="utf-8-sig"))))
    assert len(failed) == 1 + BAD
    for row in failed[1:]:
        row[3] = "6"
    mended = io.StringIO()
    csv.writer(mended).writerows(failed)
    send(page, write(tmp_path / "mended.csv", mended.getvalue()))
    check(page)
    assert (tile(page, "新增"), tile(page, "失败行")) == (str(BAD), "0")
    page.get_by_role("button", name=f"导入 {BAD} 行").click()
    expect(page.locator("#job-state")).to_have_text("已完成", timeout=60_000)

    send(page, register)
    check(page)
    assert (tile(page, "新增"), tile(page, "无变化")) == ("0", "1,185")
    page.goto("/en/jobs")
    expect(page.get_by_role("table")).to_contain_text("mended.csv")
    look(page)


def test_search_results_leave_as_files_without_script(browser, base_url):
    context = browser.new_context(
        base_url=base_url, locale="zh-CN", java_script_enabled=False, accept_downloads=True
    )
    page = context.new_page()
    page.goto("/en/technologies")
    page.get_by_role("link", name="Export").first.click()
    expect(page.get_by_role("heading", name="Export search results")).to_be_visible()
    for name, start in (("CSV,", b"\xef\xbb\xbf"), ("Excel workbook", b"PK"), ("RIS", b"TY  - ")):
        with page.expect_download() as waited:
            page.get_by_role("link", name=name).click()
        assert waited.value.path().read_bytes().startswith(start)
    context.close()
