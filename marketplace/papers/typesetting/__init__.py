"""Typesetting of papers and other documents as PDF (Chinese glyphs embedded) and DOCX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.papers.content import from_json
from marketplace.papers.typesetting import press, word
from marketplace.papers.typesetting.press import press_pdf
from marketplace.papers.typesetting.sheet import Sheet, SheetParty, SheetSignature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.papers.content import Block
    from marketplace.papers.models import Paper, PaperParty

__all__ = ["Sheet", "SheetParty", "document", "docx", "pdf", "press", "sheet_of"]


def document(
    title: str,
    blocks: Sequence[Block],
    *,
    language: str = "zh",
    subtitle: str = "",
    remark: str = "",
) -> bytes:
    """Set any document of blocks as PDF: a diligence file, a claim, a report, a sheet."""
    return press_pdf(
        Sheet(title=title, blocks=blocks, language=language, subtitle=subtitle, remark=remark)
    )


def pdf(paper: Paper, *, language: str, check_url: str) -> bytes:
    """Set a paper with its parties and signatures as PDF (loaded by ``papers.queries``)."""
    return press_pdf(sheet_of(paper, language=language, check_url=check_url))


def docx(paper: Paper, *, language: str, check_url: str) -> bytes:
    """Give the same as an editable document; what is signed is the hash, not this file."""
    return word.write(sheet_of(paper, language=language, check_url=check_url))


def sheet_of(paper: Paper, *, language: str, check_url: str) -> Sheet:
    """Gather what is shown of a paper in a language."""
    return Sheet(
        title=paper.title_en if language == "en" else paper.title,
        blocks=from_json(paper.body),
        language=language,
        number=paper.number,
        parties=[_party(party, language) for party in paper.parties],
        sha256=paper.sha256,
        check_url=check_url,
        is_superseded=not paper.is_current,
        is_translation=language == "en",
        drawn_at=paper.drawn_at,
    )


def _party(party: PaperParty, language: str) -> SheetParty:
    signature = party.signature
    return SheetParty(
        role=party.role_en if language == "en" else party.role,
        name=party.shown_name(language),
        code=party.code,
        address=party.address,
        is_person=party.person_id is not None,
        signature=SheetSignature(signature.name, signature.at) if signature else None,
    )
