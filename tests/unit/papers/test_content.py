"""Texts: filled values keep their sources, both languages say the same places."""

from __future__ import annotations

from uuid import UUID

import pytest

from marketplace.papers.content import (
    BlockKind,
    Content,
    Filled,
    clause,
    fields,
    fill,
    from_json,
    heading,
    item,
    note,
    paragraph,
    plain,
    table,
    to_json,
)
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyFacts, digest

AMOUNT = Filled("人民币 10 元", "CNY 10", "terms.amount_minor")
DAY = Filled("2026年11月20日", "20 November 2026", "terms.signed_on")
BLOCKS = (
    heading("鉴于", "Whereas"),
    clause("价款", "Price"),
    paragraph(
        "总额为{amount}，于{day}支付。", "{amount} is paid on {day}.", amount=AMOUNT, day=DAY
    ),
    item("第一项", "First"),
    note("《民法典》第845条", "Civil Code 845"),
    fields((("金额", "Amount"), AMOUNT)),
    table((("节点", "Milestone"), ("日期", "Day")), [(AMOUNT, DAY)]),
)
CONTENT = Content("合同", "Contract", BLOCKS)
PARTIES = (
    PartyFacts(role="甲方", role_en="Party A", name="武汉大学"),
    PartyFacts(role="乙方", role_en="Party B", name="江城光电有限公司", code="914201"),
)
OBJECT = UUID(int=7)


def hashed(**changes):
    values = {
        "kind": PaperKind.CONTRACT,
        "object_kind": "deal",
        "object_id": OBJECT,
        "number": 1,
        "content": CONTENT,
        "parties": PARTIES,
    }
    return digest(**{**values, **changes})


class TestFill:
    def test_keeps_the_source_of_each_value_in_both_languages(self):
        line = fill("付{amount}。", "Pay {amount}.", amount=AMOUNT)
        assert line.text("zh") == "付人民币 10 元。"
        assert line.text("en") == "Pay CNY 10."
        assert [run.source for run in line.zh] == ["", "terms.amount_minor", ""]
        assert line.sources == {"terms.amount_minor"}

    def test_refuses_a_place_without_a_value(self):
        with pytest.raises(ValueError, match="no value for 'day'"):
            fill("于{day}", "on {day}")

    def test_refuses_a_value_without_a_place(self):
        with pytest.raises(ValueError, match="no place for"):
            fill("无", "none", amount=AMOUNT)

    def test_never_reads_the_value_as_a_template(self):
        odd = Filled("{day} %s", "{day}", "terms.name")
        assert fill("叫{name}", "called {name}", name=odd).text("zh") == "叫{day} %s"


class TestContent:
    def test_names_all_its_sources(self):
        assert CONTENT.sources == {"terms.amount_minor", "terms.signed_on"}

    def test_survives_being_kept(self):
        assert from_json(to_json(BLOCKS)) == BLOCKS

    def test_shows_chinese_where_there_is_no_english(self):
        assert plain("甲方", "").text("en") == "甲方"

    def test_has_a_block_of_each_kind_here(self):
        assert {block.kind for block in BLOCKS} == set(BlockKind)


class TestDigest:
    def test_is_the_same_for_the_same_text(self):
        assert hashed() == hashed()
        assert len(hashed()) == 64

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": PaperKind.AMENDMENT},
            {"object_kind": "facility"},
            {"object_id": UUID(int=8)},
            {"number": 2},
            {"content": Content("合同", "Contract", BLOCKS[:-1])},
            {"content": Content("合同书", "Contract", BLOCKS)},
            {"content": Content("合同", "The contract", BLOCKS)},
            {"parties": PARTIES[::-1]},
            {"parties": PARTIES[:1]},
        ],
    )
    def test_changes_with_everything_a_signer_agrees_to(self, change):
        assert hashed(**change) != hashed()

    def test_changes_with_one_letter_and_with_a_source(self):
        base = (paragraph("付{amount}", "pay {amount}", amount=AMOUNT),)
        moved = Filled(AMOUNT.zh, AMOUNT.en, "terms.other")
        other = (paragraph("付{amount}", "pay {amount}", amount=moved),)
        assert hashed(content=Content("甲", "A", base)) != hashed(content=Content("甲", "A", other))
