"""Set pages hold every word, with the Chinese glyphs inside the file."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from docx import Document

from marketplace.core.errors import RuleBroken
from marketplace.papers import watermark
from marketplace.papers.content import (
    BlockKind,
    Filled,
    clause,
    fields,
    heading,
    item,
    note,
    paragraph,
    table,
)
from marketplace.papers.typesetting import Sheet, SheetParty, document, press, word
from marketplace.papers.typesetting.sheet import SheetSignature, chinese_number, laid_out
from tests.pdf_words import words_of

AMOUNT = Filled("人民币 1,000,000.00 元", "CNY 1,000,000.00", "terms.upfront_minor")
BLOCKS = (
    heading("鉴于", "Whereas"),
    paragraph("甲方拥有下述技术。", "Party A owns the technology."),
    clause("价款", "Price"),
    paragraph("总额为{amount}。", "The total is {amount}.", amount=AMOUNT),
    item("第一期；", "First;"),
    item("第二期。", "Second."),
    note("《民法典》第八百四十六条", "Civil Code 846"),
    clause("附表", "Annex"),
    fields((("金额", "Amount"), AMOUNT)),
    table((("序号", "No."), ("金额", "Sum")), [(Filled("1", "1", "m.position"), AMOUNT)]),
)


def sheet(language="zh", **values):
    return Sheet(
        title="许可合同" if language == "zh" else "License contract",
        blocks=BLOCKS,
        language=language,
        number=2,
        drawn_at=datetime(2026, 11, 20, 12, tzinfo=UTC),
        sha256="3f" * 32,
        check_url="https://hanqiao.example/check/" + "3f" * 32,
        is_translation=language == "en",
        parties=(
            SheetParty(
                role="甲方",
                name="武汉光谷大学",
                code="12420000441626842D",
                address="珞喻路1037号",
                signature=SheetSignature("张伟", datetime(2026, 11, 20, 12, tzinfo=UTC)),
            ),
            SheetParty(role="技术经理人", name="李经理", is_person=True),
        ),
        **values,
    )


class TestChineseNumber:
    @pytest.mark.parametrize(
        ("number", "written"),
        [
            (0, "零"),
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (35, "三十五"),
            (99, "九十九"),
        ],
    )
    def test_writes_articles_as_contracts_do(self, number, written):
        assert chinese_number(number) == written


class TestLaidOut:
    def test_numbers_articles_paragraphs_and_entries(self):
        labels = [part.label for part in laid_out(BLOCKS, "zh")]
        assert labels == ["", "", "第一条", "1.1", "（1）", "（2）", "", "第二条", "", ""]
        english = [part.label for part in laid_out(BLOCKS, "en")]
        assert english[2:6] == ["Article 1", "1.1", "(1)", "(2)"]

    def test_knows_every_kind(self):
        assert {part.kind for part in laid_out(BLOCKS, "zh")} == set(BlockKind)


class TestPdf:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_holds_every_word(self, language):
        found = words_of(press.press_pdf(sheet(language)))
        for part in laid_out(BLOCKS, language):
            for run in part.runs:
                assert "".join(run.text.split()) in found
            for row in part.rows:
                for cell in row:
                    assert "".join("".join(run.text for run in cell).split()) in found
        for text in ("12420000441626842D", "张伟", "2026-11-2020:00:00", "3f" * 32, "李经理"):
            assert text in found

    def test_embeds_its_fonts(self):
        with pikepdf.open(io.BytesIO(press.press_pdf(sheet()))) as made:
            embedded = [
                "/FontFile3" in font["/DescendantFonts"][0]["/FontDescriptor"]
                for page in made.pages
                for font in page["/Resources"]["/Font"].values()
            ]
        assert embedded
        assert all(embedded)

    def test_says_when_a_later_number_stands(self):
        assert "已被新版本取代" in words_of(press.press_pdf(sheet(is_superseded=True)))
        assert "已被新版本取代" not in words_of(press.press_pdf(sheet()))

    def test_never_reads_typed_words_as_markup(self):
        typed = '#panic("x") *bold* $x$ @ref <label> \\ `raw` [ ] { } "'
        found = words_of(document("题", [paragraph("{x}", "{x}", x=Filled(typed, typed, "a"))]))
        assert "".join(typed.split()) in found

    def test_sets_other_documents_without_parties(self):
        found = words_of(document("尽职免责材料", BLOCKS, subtitle="2026年", remark="系统生成"))
        assert "尽职免责材料" in found
        assert "系统生成" in found
        assert "签署页" not in found


class TestDocx:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_holds_every_word(self, language):
        written = Document(io.BytesIO(word.write(sheet(language, remark="附注"))))
        texts = [one.text for one in written.paragraphs]
        texts += [cell.text for rows in written.tables for row in rows.rows for cell in row.cells]
        found = "\n".join(texts)
        for part in laid_out(BLOCKS, language):
            assert "".join(run.text for run in part.runs) in found
            for row in part.rows:
                for cell in row:
                    assert "".join(run.text for run in cell) in found
        assert "张伟" in found
        footer = written.sections[0].footer.paragraphs[0]
        assert "3f" * 32 in footer.text
        assert "NUMPAGES" in footer._p.xml

    def test_writes_a_document_without_parties(self):
        plain = Sheet(title="说明", blocks=BLOCKS[:2], language="zh")
        texts = [one.text for one in Document(io.BytesIO(word.write(plain))).paragraphs]
        assert texts == ["说明", "鉴于", "甲方拥有下述技术。"]


class TestWatermark:
    def test_marks_every_page_and_keeps_the_text(self):
        long = [*BLOCKS] * 8
        made = document("长文", long)
        marked = watermark.stamp(made, "王芳 2026-11-25 10:00")
        opened = pypdfium2.PdfDocument(marked)
        pages = ["".join(page.get_textpage().get_text_range().split()) for page in opened]
        opened.close()
        assert len(pages) > 1
        assert all("王芳2026-11-2510:00" in page for page in pages)
        assert "总额为" in pages[0]

    def test_refuses_a_damaged_file(self):
        with pytest.raises(RuleBroken, match="damaged"):
            watermark.stamp(b"%PDF-1.7 broken", "x")

    def test_refuses_a_locked_file(self):
        locked = io.BytesIO()
        with pikepdf.open(io.BytesIO(document("题", BLOCKS[:1]))) as made:
            made.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
        with pytest.raises(RuleBroken):
            watermark.stamp(locked.getvalue(), "x")

    def test_refuses_too_many_pages(self, monkeypatch):
        monkeypatch.setattr(watermark, "MOST_PAGES", 0)
        with pytest.raises(RuleBroken, match="pages"):
            watermark.stamp(document("题", BLOCKS[:1]), "x")
