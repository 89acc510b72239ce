"""The coach asks; it never writes."""

from __future__ import annotations

import re
from datetime import date

import pytest

from marketplace.codes.industries import INDUSTRIES
from marketplace.needs.coach import VAGUE_EN, VAGUE_ZH, coach
from marketplace.needs.content import Criterion, NeedContent, Parameter
from marketplace.needs.examples import example_for, examples
from marketplace.needs.models import Confidentiality, NeedKind


def content(**values) -> NeedContent:
    """A text that leaves nothing to ask."""
    kept = {
        "title": "把铜回收率从60%提到95%",
        "title_en": "Copper recovery from 60% to 95%",
        "problem": "线路板产线每天产生18 t蚀刻废液，外运处理每吨900元，铜也随之流失，"
        "希望在厂内回收铜并循环使用药水。",
        "situation": "现在全部外运；2024年试过电解槽，回收率只有60%。",
        "parameters": (Parameter("铜回收率", "%", "60", "95"),),
        "budget_min_minor": 100,
        "budget_max_minor": 200,
        "deadline_on": date(2027, 3, 31),
        "acceptance": "连续运行30天，回收率不低于95%。",
        "criteria": (Criterion("幅度", 60), Criterion("成本", 40)),
        "cooperation": ("ordinary_license",),
        "industry_codes": ("C39",),
    }
    return NeedContent(**(kept | values))


def codes(**values) -> list[str]:
    return [question.code for question in coach(content(**values), "zh")]


def ask(code: str, language: str = "zh", **values):
    return next(
        question for question in coach(content(**values), language) if question.code == code
    )


def test_has_nothing_to_ask_about_a_good_text():
    assert codes() == []


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"problem": "废液很多"}, "problem_short", "problem"),
        ({"problem": "We have too much waste."}, "problem_short", "problem"),
        ({"situation": ""}, "no_situation", "situation"),
        ({"parameters": ()}, "no_figures", "parameters"),
        ({"parameters": (Parameter("率", "%", "60", "高"),)}, "no_figures", "parameters"),
        (
            {"parameters": (Parameter("a", "%", "1", "9"), Parameter("b", "%", "60"))},
            "wanted_missing",
            "parameters",
        ),
        (
            {"parameters": (Parameter("a", "%", "1", "9"), Parameter("b", "", "慢", "快"))},
            "wanted_without_number",
            "parameters",
        ),
        ({"parameters": (Parameter("率", "%", "", "95"),)}, "now_missing", "parameters"),
        ({"parameters": (Parameter("率", "", "60", "95"),)}, "unit_missing", "parameters"),
        ({"situation": "回收率只有60左右。"}, "figure_without_unit", "situation"),
        ({"situation": "Recovery is 60 or less today"}, "figure_without_unit", "situation"),
        ({"situation": "产量为1,200，不够"}, "figure_without_unit", "situation"),
        ({"constraints": "要求更好的密封"}, "vague_word", "constraints"),
        ({"constraints": "It must be Better sealed"}, "vague_word", "constraints"),
        ({"title": "先进的铜回收"}, "vague_word", "title"),
        ({"budget_min_minor": None, "budget_max_minor": None}, "no_budget", "budget_max_minor"),
        ({"budget_max_minor": None}, "no_upper_budget", "budget_max_minor"),
        ({"deadline_on": None}, "no_deadline", "deadline_on"),
        ({"acceptance": ""}, "no_acceptance", "acceptance"),
        ({"acceptance": "双方满意"}, "acceptance_without_figure", "acceptance"),
        ({"criteria": ()}, "no_criteria", "criteria"),
        ({"cooperation": ()}, "no_cooperation", "cooperation"),
        ({"cooperation": ("development",)}, "no_ip_wishes", "ip_wishes"),
        ({"industry_codes": ()}, "no_subject", "industry_codes"),
        ({"title_en": ""}, "no_english", "title_en"),
    ],
)
def test_asks_for_what_is_missing(values, code, field):
    question = ask(code, **values)
    assert question.field == field
    assert question.why


@pytest.mark.parametrize(
    "values",
    [
        {"constraints": "提高到95%以上的密封率"},
        {"constraints": "见GB 8978，2025年起执行"},
        {"constraints": "Built in 2024, TRL 6, level 5, see no. 12, type 3."},
        {"constraints": "浴比1:8，型号H13，第3，等级 2。"},
        {"constraints": "It costs CN¥6,800, at 1.5-2 m"},
        {"constraints": "Improvement is not a vague word"},
        {"parameters": (Parameter("率", "", "60 %", "95 %"),)},
        {"parameters": (Parameter("时间", "", "9分钟", "4分钟"),)},
        {"cooperation": ("development",), "ip_wishes": "共有"},
        {"language": "en", "title_en": ""},
        {"kind": NeedKind.TALENT, "cooperation": ()},
        {"field_codes": ("0802",), "industry_codes": ()},
    ],
)
def test_leaves_alone_what_is_clear(values):
    assert codes(**values) == []


def test_quotes_the_place():
    long = "很长" * 10
    told = f"前面有{long}的一段话，要求更好的密封，后面还有{long}的话"
    question = ask("vague_word", constraints=told)
    assert "更好" in question.excerpt
    assert question.excerpt.startswith("…")
    assert question.excerpt.endswith("…")
    assert question.values == {"word": "更好"}


def test_asks_once_a_field_about_vague_words_and_bare_figures():
    told = "要求更好。要求更快。达到60，或达到70。"
    assert codes(constraints=told) == ["figure_without_unit", "vague_word"]


def test_puts_what_keeps_people_from_answering_first():
    questions = coach(content(criteria=(), deadline_on=None, title_en=""), "zh")
    assert [question.important for question in questions] == [True, False, False]


@pytest.mark.parametrize("kind", NeedKind)
def test_asks_by_kind(kind):
    values = {"kind": kind, "parameters": (), "budget_min_minor": None, "budget_max_minor": None}
    told = {code: ask(code, **values).message for code in ("no_figures", "no_budget")}
    assert len(set(told.values())) == 2
    other = next(one for one in NeedKind if one is not kind)
    assert ask("no_budget", **(values | {"kind": other})).message != told["no_budget"]


class TestOwnName:
    NAMES = ("武汉铜业", "Wuhan Copper")

    @pytest.mark.parametrize(
        ("field", "told"),
        [
            ("title", "武汉铜业要回收率95%"),
            ("constraints", "Only at WUHAN COPPER, hall 3 of 5 halls"),
            ("problem_en", "We at Wuhan Copper lose copper"),
        ],
    )
    def test_points_to_the_name_of_a_hidden_company(self, field, told):
        questions = coach(content(**{field: told}), "zh", names=self.NAMES)
        assert [(q.code, q.field) for q in questions] == [("own_name", field)]

    def test_is_silent_when_the_name_is_shown_anyway(self):
        named = content(title="武汉铜业要回收率95%", confidentiality=Confidentiality.NAMED)
        assert coach(named, "zh", names=self.NAMES) == []

    def test_an_empty_name_is_no_name(self):
        assert coach(content(), "zh", names=("",)) == []


class TestExamples:
    def test_cover_at_least_twelve_industries(self):
        technology = [one for one in examples() if one.kind is NeedKind.TECHNOLOGY]
        assert len(technology) >= 12
        assert all(code in INDUSTRIES for one in examples() for code in one.industries)

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("example", examples(), ids=lambda one: one.industries[0])
    def test_keep_what_the_coach_asks_for(self, example, language):
        told = NeedContent(
            title=example.title(language),
            kind=example.kind,
            problem=example.problem(language),
            situation=example.situation(language),
            acceptance=example.acceptance(language),
            parameters=(Parameter(example.figures(language), "%", "1", "2"),),
            budget_max_minor=1,
            industry_codes=example.industries,
        )
        about = {"problem", "situation", "acceptance", "title"}
        assert [q for q in coach(told, language) if q.field in about] == []
        assert re.search(r"\d", example.criteria(language))
        assert re.search(r"\d", example.budget(language))

    def test_are_chosen_by_industry_then_section_then_kind(self):
        technology = NeedKind.TECHNOLOGY
        assert "C27" in example_for(technology, ["C27"]).industries
        assert "C" in example_for(technology, ["C22"]).industries
        assert "W01" in example_for(technology, ["X", "W01"]).industries
        assert example_for(technology, []) is example_for(technology, ["T97"])
        for kind in NeedKind:
            assert example_for(kind, ["C27"]).kind is kind

    def test_come_in_the_readers_language(self):
        assert ask("no_situation", "en", situation="").example.isascii()
        assert "现在" in ask("no_situation", "zh", situation="").example


def test_every_vague_word_is_noticed():
    for word in (*VAGUE_ZH, *VAGUE_EN):
        assert "vague_word" in codes(constraints=f"x {word} y")
