"""A signed contract from its text to a registered number and its file set, at both widths."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import axe, overflow, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.e2e

DEAL = "硫化物固态电解质规模化湿法制备"


def look(page: Page) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert axe(page) == [], f"{page.url} at {width}"
        assert overflow(page) <= 0, f"{page.url} at {width}"


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


class TestSignedContract:
    def test_is_read_checked_registered_and_packed(self, page: Page) -> None:
        sign_in(page, "university")
        page.goto("/desk")
        waiting = page.get_by_role("region", name=re.compile("待登记合同"))
        waiting.get_by_role("link", name=re.compile(DEAL)).click()
        look(page)

        page.get_by_role("link", name="合同", exact=True).click()
        look(page)
        page.get_by_role("link", name="阅读、签署与下载").click()
        assert page.get_by_text("第一条", exact=False).first.is_visible()
        look(page)
        page.get_by_role("link", name=re.compile("供阅读")).click()
        assert page.get_by_text("Article 1", exact=False).first.is_visible()
        with page.expect_download() as got:
            page.get_by_role("link", name="中文 PDF").click()
        assert got.value.path().read_bytes().startswith(b"%PDF-")
        page.get_by_role("link", name="公开核验页").click()
        assert page.get_by_text("真实：").is_visible()
        look(page)

        page.go_back()
        page.get_by_role("link", name="所属事项").click()
        page.get_by_role("link", name="办理认定登记").click()
        for box in (
            page.get_by_role("group", name=re.compile("已备齐的材料")).get_by_role("checkbox").all()
        ):
            box.check()
        press(page, "保存登记表")
        press(page, "记录提交")
        page.get_by_label("登记编号").fill("2026420101004242")
        press(page, "记录登记")
        assert page.get_by_text("2026420101004242").first.is_visible()
        look(page)

        page.get_by_role("link", name="补贴与申报材料").click()
        look(page)
        with page.expect_download() as got:
            page.get_by_role("link", name="下载申报材料（ZIP）").click()
        with zipfile.ZipFile(got.value.path()) as archive:
            assert "02-技术合同.pdf" in archive.namelist()

        page.goto(page.url.replace("/deals/", "/en/deals/"))
        assert page.get_by_text("Trade subsidy of").is_visible()
        look(page)
