from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from search.documents import Kind
from search.queries import Sort
from search.syntax import DANGLING, MISSING_QUOTE, TOO_LONG
from search.visibility import PUBLIC as VISIBLE
from tests.factories.search import document, find, ids

FIRST = datetime(2026, 1, 1, tzinfo=UTC)

LIBRARY = [
    document(
        "robot",
        "激光焊接机器人在动力电池产线的应用",
        keywords=("激光焊接", "机器人"),
        body="采用光纤激光器，焊缝跟踪精度 0.05 mm。",
        names=("张伟", "欧阳明"),
        organization_id="o1",
        organization_name="华中科技大学",
        numbers=("ZL201910123456.7",),
        published_at=FIRST,
        due_on=date(2026, 9, 1),
    ),
    document(
        "weld",
        "Laser welding of stainless steel",
        body="Welded seams of thin sheets without cracks.",
        language="en",
        organization_id="o2",
        organization_name="Wuhan University of Technology",
        numbers=("US10123456B2",),
        published_at=FIRST + timedelta(days=1),
    ),
    document(
        "copper",
        "线路板蚀刻废水铜回收",
        body="从含铜废水中回收铜，药水循环使用。",
        organization_id="o2",
        organization_name="武汉理工大学",
        published_at=FIRST + timedelta(days=2),
        due_on=date(2026, 3, 1),
    ),
    document(
        "sewage",
        "高效厌氧反应器污水处理技术",
        summary="处理印染污水，COD 去除率 92%。",
        published_at=FIRST + timedelta(days=3),
        due_on=date(2026, 6, 1),
    ),
    document("steel", "高强度钢材热轧工艺", body="不锈钢与取向硅钢。"),
]


@pytest.fixture(scope="module")
def engine(shared):
    engine = shared()
    engine.put(Kind.LISTING, LIBRARY)
    engine.refresh()
    return engine


def found(engine, text, **values):
    return set(ids(find(engine, text, **values)))


class TestWords:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("激光焊接", {"robot", "weld"}),  # and what means the same in English
            ("laser welding", {"robot", "weld"}),
            ("sheet", {"weld"}),
            ("ＬＡＳＥＲ　ＷＥＬＤＩＮＧ", {"robot", "weld"}),
            ("廢水處理", {"sewage"}),  # traditional; 废水 = 污水
            ("废水", {"copper", "sewage"}),
            ("印染", {"sewage"}),
            ("厌氧反应器 污水", {"sewage"}),
            ("激光焊接 污水", set()),  # two words: both are needed
            ("铜", {"copper"}),
            ("钢", {"weld", "steel"}),  # one character inside longer words; 钢 = steel
            ("0.05", {"robot"}),
            ("量子", set()),
            ("！？。", set()),
        ],
    )
    def test_find(self, engine, text, expected):
        assert found(engine, text) == expected

    def test_of_long_queries_a_share_is_enough(self, engine):
        assert "copper" in found(engine, "线路板厂蚀刻废水含铜高，想把铜提出来再把药水循环用")

    def test_in_titles_come_first(self, engine):
        assert ids(find(engine, "污水"))[0] == "sewage"

    def test_empty_gives_everything_newest_first(self, engine):
        page = find(engine, "  ")
        assert page.total == 5
        assert ids(page) == ["sewage", "copper", "weld", "robot", "steel"]


class TestNames:
    @pytest.mark.parametrize(
        "text", ["华中科技大学", "huazhongkejidaxue", "hzkjdx", "张伟", "zhangwei", "zw", "欧阳明"]
    )
    def test_are_found_by_characters_pinyin_and_initials(self, engine, text):
        assert found(engine, text) == {"robot"}

    def test_can_be_asked_for_alone(self, engine):
        assert found(engine, "机构:理工大学") == {"copper"}
        assert found(engine, "org:wuhan") == {"weld"}


class TestNumbers:
    @pytest.mark.parametrize(
        "text",
        [
            "ZL201910123456.7",
            "zl2019101234567",
            "201910123456.7",
            "201910123456",
            "number:ZL201910123456",
            "专利号:201910123456.7",
        ],
    )
    def test_are_found_as_written_and_without_their_ends(self, engine, text):
        assert found(engine, text) == {"robot"}

    def test_of_others_are_not(self, engine):
        assert found(engine, "201910123457") == set()


class TestOperators:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ('"光纤激光器"', {"robot"}),
            ("“激光焊接机器人”", {"robot"}),
            ('"焊接激光"', set()),
            ('"stainless steel"', {"weld"}),
            ('"steel stainless"', set()),
            ("焊接 -机器人", {"weld"}),
            ("焊接 NOT robot", {"weld"}),
            ("-焊接", {"copper", "sewage", "steel"}),
            ("蚀刻 OR 厌氧", {"copper", "sewage"}),
            ("蚀刻 | 厌氧 | 热轧", {"copper", "sewage", "steel"}),
            ("title:废水", {"copper", "sewage"}),
            ("title:药水", set()),
            ("标题：铜", {"copper"}),
            ("keyword:机器人", {"robot"}),
            ('title:"动力电池"', {"robot"}),
            ("welding -激光焊接", set()),
            ("unknown:welding", set()),
        ],
    )
    def test_mean_what_the_page_explains(self, engine, text, expected):
        assert found(engine, text) == expected

    @pytest.mark.parametrize(
        ("text", "notice"),
        [
            ('"激光焊接', MISSING_QUOTE),
            ("激光焊接 OR", DANGLING),
            ("OR 激光焊接", DANGLING),
            ("激光焊接 NOT", DANGLING),
            ("激光焊接 " + "x" * 600, TOO_LONG),
        ],
    )
    def test_that_do_not_parse_give_a_notice_and_are_read_as_words(self, engine, text, notice):
        page = find(engine, text)
        assert page.notice == notice
        if notice is not TOO_LONG:
            assert set(ids(page)) == {"robot", "weld"}

    def test_that_parse_give_none(self, engine):
        assert find(engine, '"激光" -铜').notice is None


class TestSorts:
    def test_newest(self, engine):
        page = find(engine, "废水 OR 焊接", sort=Sort.NEWEST)
        assert ids(page) == ["sewage", "copper", "weld", "robot"]

    def test_soonest_puts_those_without_a_day_last(self, engine):
        page = find(engine, "废水 OR 焊接", sort=Sort.SOONEST)
        assert ids(page) == ["copper", "sewage", "robot", "weld"]


class TestPaging:
    def test_walks_through_all_hits_once(self, engine):
        pages = [find(engine, size=2, page=number) for number in (1, 2, 3, 4)]
        assert [page.total for page in pages] == [5] * 4
        walked = [identity for page in pages for identity in ids(page)]
        assert walked == ids(find(engine))

    @pytest.mark.parametrize("number", [0, -3])
    def test_before_the_first_is_the_first(self, engine, number):
        assert ids(find(engine, page=number)) == ids(find(engine))

    def test_beyond_the_depth_gives_the_total_alone(self, engine):
        page = find(engine, page=10_000)
        assert (page.total, list(page.hits)) == (5, [])


class TestHighlights:
    def test_mark_what_was_found(self, engine):
        from search.highlight import highlight

        page = find(engine, "laser welding -铜")
        marked = {
            hit.document.id: [
                part for part, is_hit in highlight(hit.document.title, page.tokens) if is_hit
            ]
            for hit in page.hits
        }
        assert marked == {"robot": ["激光焊接"], "weld": ["Laser welding"]}


class TestOddQueries:
    @pytest.mark.parametrize(
        "text",
        [
            "\x00\ud800",
            "🙂🙂",
            "((((",
            "a:b:c:",
            '""',
            "-",
            "--",
            "- -",
            "title:",
            "title:-x",
            "AND",
            "\u202e\u200b",
            "激" * 10_000,
            "x " * 5_000,
            "\\ / * ? ~ ^ [ ] { }",
            "_id:1 OR *:*",
            "的",
        ],
    )
    def test_never_fail(self, engine, text):
        page = find(engine, text)
        assert page.total <= 5
        engine.suggest(Kind.LISTING, text, visible=VISIBLE)
        engine.did_you_mean(Kind.LISTING, text, visible=VISIBLE)
