"""Writes a sheet as DOCX for people who edit texts in their own office program."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from marketplace.papers.content import BlockKind
from marketplace.papers.typesetting.sheet import laid_out, stamp_time, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.papers.content import Run
    from marketplace.papers.typesetting.sheet import Part, Sheet, SheetParty

_LATIN, _CHINESE = "Times New Roman", "SimSun"
_MUTED = RGBColor(0x55, 0x60, 0x6E)


def write(sheet: Sheet) -> bytes:
    """Give the document's bytes."""
    document = Document()
    _prepare(document, sheet)
    title = _paragraph(document, sheet.title, size=18, bold=True)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if sheet.is_translation:
        remark = _paragraph(document, word("translation", sheet.language), size=8, muted=True)
        remark.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if sheet.parties:
        _parties(document, sheet)
    for part in laid_out(sheet.blocks, sheet.language):
        _part(document, part)
    if sheet.remark:
        _paragraph(document, sheet.remark, size=8, muted=True)
    if sheet.parties:
        _paragraph(document, word("signatures", sheet.language), size=12, bold=True)
        for party in sheet.parties:
            _signature(document, party, sheet.language)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _prepare(document: Any, sheet: Sheet) -> None:  # noqa: ANN401 — python-docx has no types
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(27)
    section.top_margin, section.bottom_margin = Mm(27), Mm(25)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _LATIN, Pt(10.5)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _CHINESE)
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.line_spacing = 1.4
    document.core_properties.title = sheet.title
    document.core_properties.author = ""
    _footer(section.footer.paragraphs[0], sheet)


def _footer(paragraph: Any, sheet: Sheet) -> None:  # noqa: ANN401 — see above
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between = word("page", sheet.language).split("{page}")
    between, after = between.split("{pages}")
    for text, code in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _styled(paragraph.add_run(text), size=8, muted=True)
        if code:
            _field(paragraph.add_run(), code)
    if sheet.sha256:
        text = f"\n{word('hash', sheet.language)}  {sheet.sha256}"
        _styled(paragraph.add_run(text), size=6.5, muted=True)
    if sheet.check_url:
        _styled(paragraph.add_run(f"\n{sheet.check_url}"), size=6.5, muted=True)


def _field(run: Any, code: str) -> None:  # noqa: ANN401 — see above
    """Let the office program count pages."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)  # noqa: SLF001 — the library has no other way to a field
    _styled(run, size=8, muted=True)


def _styled(run: Any, *, size: float = 10.5, bold: bool = False, muted: bool = False) -> None:  # noqa: ANN401 — see above
    run.font.size, run.bold = Pt(size), bold
    if muted:
        run.font.color.rgb = _MUTED


def _paragraph(
    document: Any,  # noqa: ANN401 — see above
    text: str,
    *,
    size: float = 10.5,
    bold: bool = False,
    muted: bool = False,
) -> Any:  # noqa: ANN401 — see above
    paragraph = document.add_paragraph()
    _styled(paragraph.add_run(text), size=size, bold=bold, muted=muted)
    return paragraph


def _say(paragraph: Any, runs: Sequence[Run], *, bold: bool = False) -> None:  # noqa: ANN401 — see above
    for piece in runs:
        run = paragraph.add_run(piece.text)
        run.underline, run.bold = bool(piece.source), bold


def _part(document: Any, part: Part) -> None:  # noqa: ANN401 — see above
    if part.rows:
        _rows(document, part)
        return
    paragraph = document.add_paragraph()
    if part.kind in (BlockKind.CLAUSE, BlockKind.HEADING):
        paragraph.paragraph_format.space_before = Pt(12)
        paragraph.paragraph_format.keep_with_next = True
        if part.label:
            paragraph.add_run(f"{part.label}  ").bold = True
        _say(paragraph, part.runs, bold=True)
        return
    indent = {BlockKind.ITEM: 14, BlockKind.NOTE: 10}.get(part.kind, 0)
    paragraph.paragraph_format.left_indent = Mm(indent)
    if part.label:
        paragraph.add_run(f"{part.label}  ")
    _say(paragraph, part.runs)
    if part.kind is BlockKind.NOTE:
        for run in paragraph.runs:
            _styled(run, size=8, muted=True)


def _rows(document: Any, part: Part) -> None:  # noqa: ANN401 — see above
    table = document.add_table(rows=0, cols=len(part.rows[0]))
    table.style = "Table Grid"
    for number, row in enumerate(part.rows):
        for place, (cell, runs) in enumerate(zip(table.add_row().cells, row, strict=True)):
            head = number == 0 if part.kind is BlockKind.TABLE else place == 0
            _say(cell.paragraphs[0], runs, bold=head)
    document.add_paragraph()


def _parties(document: Any, sheet: Sheet) -> None:  # noqa: ANN401 — see above
    table = document.add_table(rows=0, cols=2)
    table.style = "Table Grid"
    for party in sheet.parties:
        role, facts = table.add_row().cells
        role.paragraphs[0].add_run(party.role).bold = True
        facts.paragraphs[0].add_run(party.name).bold = True
        for name, value in (("code", party.code), ("address", party.address)):
            if value:
                line = facts.add_paragraph().add_run(f"{word(name, sheet.language)}  {value}")
                _styled(line, size=8, muted=True)
    document.add_paragraph()


def _signature(document: Any, party: SheetParty, language: str) -> None:  # noqa: ANN401 — see above
    seal = "" if party.is_person else word("seal", language)
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_together = True
    paragraph.add_run(f"{party.role}{seal}  {party.name}\n").bold = True
    signature = party.signature
    name = signature.name if signature else "________________"
    at = stamp_time(signature.at) if signature else "________________"
    paragraph.add_run(f"{word('signer', language)}  {name}\n")
    paragraph.add_run(f"{word('signed_on', language)}  {at}")
