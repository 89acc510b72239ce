from __future__ import annotations

import pytest

from marketplace.drafting.outline import Weight
from marketplace.listings.content import PARTS, filled
from marketplace.listings.lint import has_figure, lint
from tests.factories.listings import COMPLETE

GOOD = {
    **COMPLETE,
    "keywords": ["激光清洗", "除锈", "钢轨"],
    "gains": [{"name": "速度", "unit": "m²/h", "today": "10", "ours": "30"}],
    "evidence": [{"level": 6, "statement": "环线运行 300 小时", "attachment_id": None}],
    "rights": [
        {"kind": "invention_patent", "number": "ZL2017106018623", "legal_status": "granted"}
    ],
    "export_control": "free",
    "terms": "先用三个月，之后按产量付费。",
    "title_en": "Laser cleaning triples the speed of removing rust",
    "summary_en": "30 m² an hour at 60% less energy.",
}


def remarks(language="zh", **values):
    return [(remark.part, remark.what) for remark in lint(filled({**GOOD, **values}), language)]


def parts(language="zh", **values):
    return [part for part, _ in remarks(language, **values)]


def test_a_good_text_gets_no_remark():
    assert remarks() == []


def test_an_empty_text_is_only_advised():
    found = lint(filled({}), "zh")
    assert found
    assert {remark.weight for remark in found} == {Weight.ADVICE}


def test_every_remark_says_how_to_mend():
    remarks = lint(filled({"title": "x"}), "zh")
    assert all(remark.mend and remark.part in PARTS for remark in remarks)


class TestTitle:
    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("zh", "激光清洗技术的研究"),
            ("zh", "关于钢轨除锈方法"),
            ("zh", "除锈"),
            ("zh", "新型高效激光清洗装置"),
            ("en", "Research on laser cleaning"),
            ("en", "A novel method for cleaning rails"),
            ("en", "Laser cleaner"),
        ],
    )
    def test_vague_ones_are_named(self, language, title):
        assert "title" in parts(language, title=title)

    @pytest.mark.parametrize(
        ("language", "title"),
        [
            ("zh", "激光清洗使钢轨除锈速度提高三倍"),
            ("zh", "新型激光清洗装置除锈速度达 30 m²/h"),
            ("en", "New laser cleaner removes 30 m² of rust an hour"),
            ("en", "Laser cleaning of rails without abrasive dust"),
        ],
    )
    def test_plain_ones_pass(self, language, title):
        assert "title" not in parts(language, title=title)


class TestSummary:
    def test_wants_a_figure(self):
        assert parts(summary="除锈又快又省。") == ["summary"]

    def test_wants_one_sentence(self):
        assert parts(summary="每小时 30 平方米。" * 20) == ["summary"]

    def test_wants_plain_words(self):
        assert parts(plain_summary="") == ["plain_summary"]


class TestGain:
    def test_wants_a_comparison_with_today(self):
        assert remarks(gains=[], gain="每小时清洗 30 m²。") == [
            ("gain", "The gain is not compared with the solution of today.")
        ]

    def test_wants_a_figure(self):
        assert parts(gains=[], gain="比喷砂快得多。") == ["gain"]

    def test_is_content_with_words_that_do_both(self):
        assert parts(gains=[], gain="与喷砂相比速度提高三倍。") == []
        assert parts("en", gains=[], gain="3 times faster than sand blasting.") == []

    @pytest.mark.parametrize("lost", ["today", "ours", "unit"])
    def test_names_rows_that_lack_a_value(self, lost):
        rows = [{**GOOD["gains"][0], lost: ""}]
        assert ("gains", "The row “%(name)s” lacks a value or its unit.") in remarks(gains=rows)

    def test_praise_without_figure_is_named_with_its_word(self):
        found = lint(filled({**GOOD, "problem": "国际领先的方案"}), "zh")
        assert [(remark.part, remark.values["word"]) for remark in found] == [("problem", "领先")]

    def test_wants_a_description(self):
        assert parts(abstract="") == ["abstract"]


class TestTheRest:
    @pytest.mark.parametrize(
        ("values", "part"),
        [
            ({"keywords": ["a", "b"]}, "keywords"),
            ({"industry_codes": []}, "industry_codes"),
            ({"evidence": []}, "evidence"),
            ({"evidence": [{"level": 5, "statement": "x"}]}, "evidence"),
            ({"evidence": [{"level": 6, "statement": "", "attachment_id": None}]}, "evidence"),
            ({"next_step": "试用"}, "next_step"),
            ({"rights": [], "kind": "patent"}, "rights"),
            ({"rights": [{"kind": "invention_patent", "number": "", "title": "a"}]}, "rights"),
            ({"rights": [GOOD["rights"][0] | {"legal_status": None}]}, "rights"),
            ({"rights": [GOOD["rights"][0] | {"legal_status": "lapsed"}]}, "rights"),
            ({"export_control": "unchecked"}, "export_control"),
            ({"terms": ""}, "terms"),
            ({"inventors": []}, "inventors"),
            ({"title_en": ""}, "title_en"),
            (
                {
                    "cooperation": ["open_license"],
                    "open_license": {"fee": "全国最低价", "payment": "x", "until": "y"},
                },
                "open_license",
            ),
        ],
    )
    def test_each_weakness_is_named_once(self, values, part):
        if values.get("open_license"):
            values["open_license"]["fee"] = "国内唯一"
        assert parts(**values) == [part]

    def test_a_file_proves_a_level(self):
        assert parts(evidence=[{"level": 6, "statement": "", "attachment_id": "x"}]) == []

    def test_know_how_needs_no_number(self):
        assert parts(rights=[{"kind": "know_how", "number": ""}]) == []

    def test_an_english_text_needs_no_english_twin(self):
        assert "title_en" not in parts("en", title_en="")

    def test_an_unknown_language_is_read_as_chinese(self):
        assert remarks("fr") == []


@pytest.mark.parametrize(
    ("text", "figure"),
    [("三倍", True), ("30", True), ("快", False), ("一种", False), ("九成", True)],
)
def test_has_figure(text, figure):
    assert has_figure(text) is figure
