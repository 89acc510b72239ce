from __future__ import annotations

import pytest

from search.documents import Audience, Kind
from search.visibility import EVERYTHING, PUBLIC
from tests.factories.search import document

LIBRARY = [
    document(
        "a",
        "激光焊接机器人",
        body="光纤激光器用于焊接。",
        keywords=("激光焊接",),
        names=("张伟",),
        organization_name="华中科技大学",
    ),
    document("b", "激光切割设备", keywords=("激光切割", "激光焊接")),
    document("c", "Photocatalytic degradation", body="A catalyst for wastewater.", language="en"),
    document("d", "Secret catalyzer", names=("张三",), audience=Audience.VERIFIED),
    document("e", "废水处理", title_en="C++ (beta) [x]*?"),
]


@pytest.fixture(scope="module")
def engine(shared):
    engine = shared()
    engine.put(Kind.LISTING, LIBRARY)
    engine.refresh()
    return engine


class TestSuggest:
    def ask(self, engine, text, visible=PUBLIC, **values):
        found = engine.suggest(Kind.LISTING, text, visible=visible, **values)
        return [(one.text, one.kind) for one in found]

    def test_completes_keywords_first_the_frequent_before_the_rare(self, engine):
        assert self.ask(engine, "激光") == [
            ("激光焊接", "keyword"),
            ("激光切割", "keyword"),
            ("激光切割设备", "title"),
            ("激光焊接机器人", "title"),
        ]

    @pytest.mark.parametrize("text", ["jiguangh", "jgh", "激光焊", "激光焊接"])
    def test_knows_pinyin_and_initials(self, engine, text):
        assert ("激光焊接", "keyword") in self.ask(engine, text)

    @pytest.mark.parametrize("text", ["zhang", "zw", "张", "ＺＨＡＮＧ"])
    def test_completes_names(self, engine, text):
        assert ("张伟", "name") in self.ask(engine, text)

    def test_completes_titles(self, engine):
        assert self.ask(engine, "photo") == [("Photocatalytic degradation", "title")]

    def test_takes_signs_as_they_are(self, engine):
        assert self.ask(engine, "c++ (beta) [x]*") == [("C++ (beta) [x]*?", "title")]
        assert self.ask(engine, ".*") == []

    def test_shows_only_what_may_be_found(self, engine):
        assert ("张三", "name") not in self.ask(engine, "zhang")
        assert ("张三", "name") in self.ask(engine, "zhang", EVERYTHING)

    def test_gives_no_more_than_asked(self, engine):
        assert len(self.ask(engine, "激光", size=2)) == 2

    @pytest.mark.parametrize("text", ["", "   ", "x" * 300])
    def test_of_nothing_is_nothing(self, engine, text):
        assert self.ask(engine, text) == []


class TestDidYouMean:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("photocatalitic", "photocatalytic"),
            ("wastewatre", "wastewater"),
            ("hatalyst", "catalyst"),
            ("机光焊接", "激光焊接"),
            ("废税处理 catalist", "废水处理 catalyst"),
        ],
    )
    def test_mends_typos_and_homophones(self, engine, typed, meant):
        assert engine.did_you_mean(Kind.LISTING, typed, visible=PUBLIC) == meant

    @pytest.mark.parametrize(
        "typed", ["catalyst", "激光焊接", "", "xyz", "12345", "完全无关的话", "铜"]
    )
    def test_leaves_the_rest_alone(self, engine, typed):
        assert engine.did_you_mean(Kind.LISTING, typed, visible=PUBLIC) is None

    def test_offers_only_words_of_what_may_be_found(self, engine):
        assert engine.did_you_mean(Kind.LISTING, "catalyzet", visible=PUBLIC) != "catalyzer"
        assert engine.did_you_mean(Kind.LISTING, "catalyzet", visible=EVERYTHING) == "catalyzer"
