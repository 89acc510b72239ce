"""Five kinds of contract: every agreed term stands in the text, the PDF and the DOCX."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from docx import Document

from marketplace.contracts.clauses.builder import ASSEMBLERS, build
from marketplace.contracts.clauses.facts import ROLES, Facts, Right
from marketplace.contracts.installments import installments
from marketplace.papers.content import BlockKind
from marketplace.papers.typesetting import Sheet, SheetParty, press, word
from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    Ownership,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
    Sublicensing,
    TaxBearer,
)
from marketplace.terms.value import Milestone, RoyaltyStep, Terms, fitted
from tests.pdf_words import words_of

KINDS = list(ContractKind)
PATENT = Right(
    kind=("发明专利", "Invention patent"),
    number="ZL202010123456.7",
    title="一种高效硅光耦合方法",
    owner="武汉光谷大学",
    filed_on=date(2020, 2, 1),
    granted_on=date(2022, 5, 6),
    expires_on=date(2040, 2, 1),
    is_patent=True,
)
FACTS = Facts(
    number="HQ-2026-000012",
    title="硅光耦合封装技术",
    title_en="Silicon photonics packaging",
    rights=(PATENT,),
    is_public_licensor=True,
)


def full(kind: ContractKind, **changes: object) -> Terms:
    """Terms with something in every field that the kind has a place for."""
    terms = Terms(
        contract_kind=kind,
        subject="硅光芯片与光纤阵列的低损耗耦合封装方法及其工艺包",
        license_kind=LicenseKind.EXCLUSIVE,
        fields_of_use="数据中心光模块",
        territory="中华人民共和国境内",
        starts_on=date(2026, 12, 1),
        term_months=60,
        sublicensing=Sublicensing.WITH_CONSENT,
        upfront_fee_minor=50_000_000,
        entry_fee_minor=10_000_000,
        payment_note="全部款项以银行转账支付",
        milestones=(
            Milestone(
                name="样机验收",
                criterion="插入损耗不高于0.8 dB",
                amount_minor=30_000_000,
                due_on=date(2027, 6, 30),
            ),
            Milestone(name="中试完成", criterion="良率不低于95%", amount_minor=20_000_000),
        ),
        royalty_base=RoyaltyBase.SALES,
        royalty_form=RoyaltyForm.FALLING,
        royalty_steps=(
            RoyaltyStep(from_minor=0, rate_bp=500),
            RoyaltyStep(from_minor=1_000_000_000, rate_bp=350),
            RoyaltyStep(from_minor=5_000_000_000, rate_bp=225),
        ),
        royalty_count=RoyaltyCount.YEARLY,
        royalty_period=RoyaltyPeriod.HALF_YEAR,
        minimum_annual_royalty_minor=8_000_000,
        equity_bp=1250,
        valuation_minor=300_000_000,
        improvements=Ownership.MAKER,
        new_results=Ownership.JOINT,
        inspects_books=True,
        know_how="工艺参数表与封装夹具图纸",
        training="两次现场培训，每次三天",
        confidentiality_years=5,
        liability="逾期交付的，每日按该期款项的万分之三支付违约金",
        tax_borne_by=TaxBearer.LICENSOR,
        foreign_licensee=True,
        other="双方每季度召开一次技术例会",
    )
    return fitted(replace(terms, **changes))  # type: ignore[arg-type]


def sheet(terms: Terms, language: str, facts: Facts = FACTS) -> Sheet:
    content = build(terms, facts)
    roles = ROLES[terms.contract_kind]
    index = 1 if language == "en" else 0
    return Sheet(
        title=content.title_en if language == "en" else content.title,
        blocks=content.blocks,
        language=language,
        number=1,
        drawn_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        sha256="3f" * 32,
        parties=(
            SheetParty(role=roles.party_a[index], name="江城光电有限公司"),
            SheetParty(role=roles.party_b[index], name="武汉光谷大学"),
        ),
    )


def values_of(terms: Terms, language: str) -> list[str]:
    return [
        run.text
        for block in build(terms, FACTS).blocks
        for line in block.lines
        for run in line.runs(language)
        if run.source
    ]


def given(terms: Terms) -> set[str]:
    """Names of the fields in which the terms say something."""
    return {
        field.name
        for field in fields(terms)
        if getattr(terms, field.name) not in (None, "", (), 0, False)
    }


class TestEveryKind:
    @pytest.mark.parametrize("kind", KINDS)
    def test_leaves_no_agreed_term_out(self, kind):
        terms = full(kind)
        named = {source.removeprefix("terms.") for source in build(terms, FACTS).sources}
        assert given(terms) - named == set()

    @pytest.mark.parametrize("kind", KINDS)
    def test_quotes_no_field_that_is_silent(self, kind):
        terms = full(kind)
        named = {
            source.removeprefix("terms.")
            for source in build(terms, FACTS).sources
            if source.startswith("terms.")
        }
        assert named - given(terms) == {"fixed_total_minor"}

    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_prints_every_value(self, kind, language):
        terms = full(kind)
        found = words_of(press.press_pdf(sheet(terms, language)))
        missing = [
            text for text in values_of(terms, language) if "".join(text.split()) not in found
        ]
        assert missing == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_writes_every_value_for_office_programs(self, kind):
        terms = full(kind)
        document = Document(io.BytesIO(word.write(sheet(terms, "zh"))))
        texts = [one.text for one in document.paragraphs]
        texts += [cell.text for rows in document.tables for row in rows.rows for cell in row.cells]
        found = "\n".join(texts)
        assert [text for text in values_of(terms, "zh") if text not in found] == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_complete_with_bare_terms(self, kind):
        content = build(
            Terms(contract_kind=kind, subject="某项技术"), Facts(number="1", title="题")
        )
        assert "某项技术" in "".join(
            line.text("zh") for block in content.blocks for line in block.lines
        )
        titles = [
            block.line.text("zh") for block in content.blocks if block.kind is BlockKind.CLAUSE
        ]
        assert len(titles) == len(set(titles))
        assert {"期限", "价款及其支付", "保密", "违约责任", "争议解决", "生效与文本"} <= set(titles)

    @pytest.mark.parametrize("kind", KINDS)
    def test_says_every_line_in_both_languages(self, kind):
        for block in build(full(kind), FACTS).blocks:
            for line in block.lines:
                assert line.text("zh").strip()
                assert line.en

    def test_has_an_assembler_each(self):
        assert set(ASSEMBLERS) == set(KINDS) == set(ROLES)


class TestRights:
    def test_stand_with_numbers_dates_and_owner(self):
        found = words_of(press.press_pdf(sheet(full(ContractKind.LICENSE), "zh")))
        for text in (
            "ZL202010123456.7",
            "一种高效硅光耦合方法",
            "2020-02-01/2022-05-06/2040-02-01",
        ):
            assert text in found

    def test_of_a_patent_ask_for_recording_and_upkeep(self):
        with_patent = words_of(press.press_pdf(sheet(full(ContractKind.LICENSE), "zh")))
        without = Facts(number="1", title="题")
        bare = words_of(press.press_pdf(sheet(full(ContractKind.LICENSE), "zh", without)))
        assert "许可备案" in with_patent
        assert "按时缴纳年费" in with_patent
        assert "许可备案" not in bare


class TestSilence:
    """Where the terms are silent the text says what the law says, with its article."""

    @pytest.mark.parametrize(
        ("kind", "article"),
        [
            (ContractKind.DEVELOPMENT, "第八百五十九条"),
            (ContractKind.CONSULTING, "第八百八十五条"),
            (ContractKind.SERVICE, "第八百八十五条"),
            (ContractKind.TRANSFER, "第八百七十五条"),
            (ContractKind.LICENSE, "第八百七十五条"),
        ],
    )
    def test_on_results_names_the_article(self, kind, article):
        silent = full(kind, new_results=None, improvements=None)
        assert article in words_of(press.press_pdf(sheet(silent, "zh")))
        assert article not in words_of(press.press_pdf(sheet(full(kind), "zh")))

    def test_on_the_kind_of_license_makes_it_ordinary(self):
        silent = full(ContractKind.LICENSE, license_kind=None, sublicensing=None, term_months=None)
        found = words_of(press.press_pdf(sheet(silent, "zh")))
        for text in ("视为普通实施许可", "第八百六十七条", "实施不受期限限制"):
            assert text in found


class TestVariants:
    def test_name_the_open_license(self):
        terms = full(ContractKind.LICENSE, license_kind=LicenseKind.OPEN)
        content = build(terms, FACTS)
        assert content.title == "专利开放许可合同"
        assert "《专利法》第五十条至第五十二条" in words_of(press.press_pdf(sheet(terms, "zh")))

    def test_say_that_nothing_is_paid(self):
        terms = Terms(contract_kind=ContractKind.SERVICE, subject="检测", free_of_charge=True)
        assert "terms.free_of_charge" in build(terms, FACTS).sources

    def test_say_that_books_stay_closed_and_one_rate_holds(self):
        terms = full(
            ContractKind.LICENSE,
            inspects_books=False,
            royalty_form=None,
            royalty_steps=(RoyaltyStep(from_minor=0, rate_bp=300),),
            royalty_count=None,
            royalty_period=None,
            minimum_annual_royalty_minor=None,
        )
        found = words_of(press.press_pdf(sheet(terms, "zh")))
        assert "乙方不查阅甲方的会计账目" in found
        assert "基数的3%" in found
        silent = words_of(press.press_pdf(sheet(replace(terms, inspects_books=None), "zh")))
        assert "会计账目" not in silent

    def test_name_value_or_share_alone(self):
        only = full(ContractKind.TRANSFER, valuation_minor=None)
        assert "terms.equity_bp" in build(only, FACTS).sources
        value = full(ContractKind.TRANSFER, equity_bp=None)
        assert "terms.valuation_minor" in build(value, FACTS).sources


class TestInstallments:
    @pytest.mark.parametrize("kind", KINDS)
    def test_add_up_to_the_amount(self, kind):
        terms = full(kind)
        assert sum(part.amount_minor for part in installments(terms)) == terms.fixed_total_minor

    def test_are_none_where_nothing_is_paid(self):
        assert installments(Terms(contract_kind=ContractKind.SERVICE)) == ()
