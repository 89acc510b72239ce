"""The search pages as a reader sees them."""

from __future__ import annotations

from dataclasses import replace

import brotli
import pytest

from marketplace.listings.models import PriceMode
from marketplace.needs.models import Confidentiality
from marketplace.web.templating import STATIC
from tests.clients import parsed, words


def names(response) -> list[str]:
    """Give the titles of the found records, in order."""
    return [
        "".join(title.itertext())
        for title in parsed(response).iter("h3")
        if "hit__title" in title.get("class", "")
    ]


def ticked(response) -> set[tuple[str, str]]:
    return {
        (box.get("name"), box.get("value"))
        for box in parsed(response).iter("input")
        if box.get("type") == "checkbox" and box.get("checked") is not None
    }


def link(response, text: str) -> str:
    """Give the address of the link whose text holds a text."""
    return next(
        one.get("href")
        for one in parsed(response).iter("a")
        if text in " ".join("".join(one.itertext()).split())
    )


class TestListings:
    def test_finds_words_and_marks_them(self, client, publish):
        publish(title="蚀刻废液中铜的回收方法", keywords=["蚀刻液"])
        publish(title="温室大棚无线监控")

        page = client.get("/technologies?q=蚀刻")

        assert names(page) == ["蚀刻废液中铜的回收方法"]
        assert "1 条结果" in words(page)
        assert next(mark.text for mark in parsed(page).iter("mark")) == "蚀刻"
        assert "命中：标题、关键词" in words(page)

    def test_says_where_words_stand_that_the_row_does_not_show(self, client, make, publish):
        owner = make.organization(name="华中某大学")
        publish(title="甲方法", organization=owner, complete=False)
        page = client.get("/technologies?q=华中某大学")
        assert names(page) == ["甲方法"]
        assert "命中：单位与人名" in words(page)

    def test_shows_the_part_of_the_long_text_where_the_words_stand(self, client, publish):
        filler = "这里说明背景。" * 60
        publish(
            title="甲方法",
            complete=False,
            summary="一句话说明。",
            abstract=f"{filler}采用纳米银浆印刷。{filler}",
        )
        page = client.get("/technologies?q=纳米银浆")
        assert "纳米银浆" in [mark.text for mark in parsed(page).iter("mark")]
        assert "命中：正文" in words(page)

    def test_offers_the_filters_without_the_words(self, client, publish):
        publish(title="激光方法", trl=6)
        page = client.get('/technologies?q="量子"&trl=6')
        assert '去掉 “"量子"”' in words(page)
        assert names(client.get(link(page, "量子"))) == ["激光方法"]

    def test_never_renders_markup_of_a_record(self, client, publish):
        publish(title="<script>alert(1)</script> 激光", summary="<b>粗</b> 激光")

        page = client.get("/technologies?q=激光")

        assert "<script>alert" not in page.get_data(as_text=True)
        assert names(page) == ["<script>alert(1)</script> 激光"]

    def test_filters_narrow_and_are_shown_as_chips_that_can_be_removed(self, client, publish):
        publish(title="甲方法", trl=6, year=2020)
        publish(title="乙方法", trl=8, year=2021)

        page = client.get("/technologies?q=方法&trl=6")

        assert names(page) == ["甲方法"]
        assert ticked(page) == {("trl", "6")}
        # Counted under every other choice: the other level can still be added.
        assert "TRL 8 ( 1 )" in words(page)
        without = link(page, "TRL 6")
        assert sorted(names(client.get(without))) == sorted(["甲方法", "乙方法"])
        assert "q=" in without
        assert "trl" not in without

    def test_a_ticked_value_stays_in_its_place(self, client, publish):
        for code in ("C37", "C37", "C38", "C39", "C39", "C39"):
            publish(title="激光方法", industry_codes=[code], complete=False)

        def order(page) -> list[str]:
            boxes = parsed(page).iter("input")
            return [box.get("value") for box in boxes if box.get("name") == "industries"]

        assert order(client.get("/technologies?q=激光")) == ["C39", "C37", "C38"]
        assert order(client.get("/technologies?q=激光&industries=C38")) == ["C39", "C37", "C38"]

    def test_hides_rare_values_but_never_a_ticked_one(self, client, publish):
        for number in range(13, 26):
            publish(title="激光方法", industry_codes=[f"C{number}"], complete=False)
        page = client.get("/technologies?q=激光&industries=C22")
        hidden = next(
            one for one in parsed(page).iter("details") if one.get("id") == "more-industries"
        )
        assert [box.get("value") for box in hidden.iter("input")] == ["C23", "C24", "C25"]

    def test_the_address_holds_everything(self, client, publish):
        for number in range(23):
            publish(title=f"激光方法{number}", trl=6)

        page = client.get("/technologies?q=激光&trl=6&sort=newest&page=2")

        assert len(names(page)) == 3
        back = link(page, "1")
        assert "page=1" in link(page, "上一页") or "page=1" in back
        hidden = {
            (one.get("name"), one.get("value"))
            for one in parsed(page).iter("input")
            if one.get("type") == "hidden"
        }
        assert hidden == {("q", "激光"), ("sort", "newest")}

    def test_says_what_could_not_be_parsed_and_reads_words(self, client, publish):
        publish(title="激光焊接方法")

        page = client.get('/technologies?q="激光焊接')

        assert "引号不成对" in words(page)
        assert names(page) == ["激光焊接方法"]

    @pytest.mark.parametrize(
        "query",
        [
            "x" * 5000,
            "激光 " * 2000,
            "%01%EF%BF%BF",
            "%F0%9F%98%80%F0%9F%91%A8%E2%80%8D",
            "%E2%80%AE%D8%A7%D9%84",
            "%ED%A0%80",
            "a:b:c::d OR OR -",
            '((((""""',
        ],
    )
    def test_odd_queries_do_not_break_it(self, client, engine, query):
        assert client.get(f"/technologies?q={query}").status_code == 200

    def test_says_that_a_long_query_was_cut(self, client, engine):
        assert "超过 200 个字符" in words(client.get("/technologies?q=" + "激光" * 150))

    def test_unknown_filters_and_pages_are_ignored(self, client, publish):
        publish(title="激光方法")
        page = client.get("/technologies?trl=99&district=xx&sort=odd&page=-4&year=abc")
        assert names(page) == ["激光方法"]

    def test_explains_its_operators(self, client, engine):
        assert "如何检索得更准" in words(client.get("/technologies"))

    def test_an_empty_page_offers_ways_on(self, client, publish):
        publish(title="激光方法", trl=6, year=2020)

        page = client.get("/technologies?q=激光&trl=9&year=2020")

        assert "去掉 TRL 9" in words(page)
        assert names(client.get(link(page, "去掉 TRL 9"))) == ["激光方法"]
        assert "/saved-searches/new" in link(page, "有结果时提醒我")

    def test_offers_a_likelier_spelling(self, client, publish):
        publish(title="Welding of aluminium", language="en", complete=False)
        page = client.get("/en/technologies?q=weldng")
        assert "Did you mean" in words(page)
        assert "weld" in link(page, "weld")

    def test_shows_chinese_text_as_such_to_english_readers(self, client, publish):
        publish(title="激光方法")
        publish(title="激光清洗", title_en="Laser cleaning")

        page = client.get("/en/technologies?q=激光")

        assert "Chinese only" in words(page)
        assert set(names(page)) == {"激光方法", "Laser cleaning"}

    def test_visitors_get_a_page_that_caches_may_keep(self, client, engine):
        page = client.get("/technologies")
        assert page.headers["Cache-Control"].startswith("public, max-age=60")
        assert "Set-Cookie" not in page.headers
        again = client.get("/technologies", headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304

    def test_the_page_of_somebody_signed_in_is_theirs_alone(self, client, make, engine):
        client.sign_in(make.user())
        assert client.get("/technologies").headers["Cache-Control"] == "private, no-store"

    def test_stays_small_with_full_rows_and_filters(self, client, publish):
        for number in range(22):
            publish(
                title=f"激光方法{number}，用于第 {number} 种材料",
                trl=number % 9 + 1,
                year=2000 + number,
                industry_codes=[f"C{13 + number}"],
                abstract=f"第 {number} 种工艺："
                + "".join(chr(0x4E00 + number * 90 + at) for at in range(90)),
            )
        page = client.get("/technologies?q=激光").get_data()
        assert len(brotli.compress(page, quality=5)) < 20_000
        assert (STATIC / "js" / "suggest.js").stat().st_size <= 3072

    def test_keeps_no_history(self, client, session, make, publish):
        client.sign_in(make.user())
        client.get("/technologies?q=激光")
        assert not session.new
        assert not session.dirty


class TestNeeds:
    def test_shows_budget_deadline_and_the_name_that_everybody_may_see(self, client, publish):
        publish("need", title="铜回收技术", confidentiality=Confidentiality.NAMED)
        publish("need", title="铜回收设备", confidentiality=Confidentiality.VERIFIED)

        page = client.get("/needs?q=铜回收")

        assert set(names(page)) == {"铜回收技术", "铜回收设备"}
        assert "30 万元 – 80 万元" in words(page)
        assert "截止日期 2027-03-31" in words(page)
        assert words(page).count("单位名称未公开") == 1

    def test_the_tab_of_the_other_scope_keeps_the_words(self, client, engine):
        page = client.get("/needs?q=铜")
        scopes = next(one for one in parsed(page).iter("nav") if one.get("class") == "scopes")
        assert scopes.find("a").get("href") == "/technologies?q=%E9%93%9C"


class TestWithoutEngine:
    def test_lists_by_the_tables_and_says_so(self, client, publish, gone):
        publish(title="激光焊接方法", trl=6, price_mode=PriceMode.FREE)
        publish(title="激光清洗方法", trl=8)
        publish(title="铜回收")

        page = client.get("/technologies?q=激光 方法&trl=6&price_band=under_100k")

        assert page.status_code == 200
        assert "检索引擎暂时没有响应" in words(page)
        assert names(page) == ["激光焊接方法"]
        assert ticked(page) == {("trl", "6"), ("price_band", "under_100k")}
        assert page.headers["Cache-Control"] == "private, no-store"

    def test_an_engine_that_cannot_open_is_gone_too(self, client, app, make, engine):
        parts = app.extensions["hanqiao.parts"]
        del parts.search
        parts.settings = replace(parts.settings, elasticsearch_url="no address")
        page = client.get("/technologies")
        assert "检索引擎暂时没有响应" in words(page)


class TestSuggest:
    def test_completes_from_public_records(self, client, publish):
        publish(title="激光清洗机", keywords=["激光清洗"])
        answer = client.get("/suggest?q=激光")
        assert {"text": "激光清洗", "kind": "keyword"} in answer.get_json()
        assert answer.headers["Cache-Control"].startswith("public, max-age=60")

    def test_completes_pinyin(self, client, publish):
        publish(title="激光清洗机", keywords=["激光清洗"])
        assert "激光清洗" in [one["text"] for one in client.get("/suggest?q=jiguang").get_json()]

    @pytest.mark.parametrize("query", ["", "x" * 41, "%07", "%20%20"])
    def test_completes_nothing_of_that(self, client, engine, query):
        assert client.get(f"/suggest?q={query}").get_json() == []

    def test_is_silent_without_engine(self, client, gone):
        assert client.get("/suggest?q=激光&scope=need").get_json() == []
