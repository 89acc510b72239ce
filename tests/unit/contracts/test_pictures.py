"""Contracts as they look: set as PDF, drawn as pictures, and measured in pixels."""

from __future__ import annotations

from string import whitespace
from unicodedata import normalize

import numpy as np
import pypdfium2
import pytest

from marketplace.papers.typesetting import Sheet, SheetParty, press
from marketplace.terms.kinds import ContractKind
from tests.unit.contracts.test_builder import full, sheet

DPI = 60
MM = DPI / 25.4
#: Millimetres: white on each side, above the running head, and between text and footer.
SIDE, TOP, TEXT_ENDS, FOOTER_BEGINS = 26, 12, 263.5, 266
LANGUAGES = ("zh", "en")


def pages(made: bytes) -> list[np.ndarray]:
    """Draw each page as grey values, 255 is white."""
    document = pypdfium2.PdfDocument(made)
    return [np.squeeze(page.render(scale=DPI / 72, grayscale=True).to_numpy()) for page in document]


def rows(picture: np.ndarray, first: float, last: float) -> np.ndarray:
    return picture[round(first * MM) : round(last * MM)]


def is_white(part: np.ndarray) -> bool:
    return bool((part > 250).all())


def ends_at(picture: np.ndarray) -> float:
    """Give where the text above the footer ends, in millimetres from the top."""
    inked = np.flatnonzero((rows(picture, 0, TEXT_ENDS) < 200).any(axis=1))
    return float(inked[-1] / MM)


def characters(shown: Sheet) -> set[str]:
    words = (
        run.text
        for block in shown.blocks
        for line in block.lines
        for run in line.runs(shown.language)
    )
    return set(normalize("NFKC", "".join(words))) - set(whitespace)


@pytest.fixture(
    scope="module", params=[(kind, lang) for kind in ContractKind for lang in LANGUAGES]
)
def drawn(request):
    kind, language = request.param
    shown = sheet(full(kind), language)
    made = press.press_pdf(shown)
    return made, pages(made), characters(shown)


class TestContract:
    def test_keeps_its_margins(self, drawn):
        for picture in drawn[1]:
            width = picture.shape[1]
            assert is_white(picture[:, : round(SIDE * MM)])
            assert is_white(picture[:, width - round(SIDE * MM) :])
            assert is_white(rows(picture, 0, TOP))
            assert is_white(rows(picture, TEXT_ENDS, FOOTER_BEGINS))

    def test_draws_every_character(self, drawn):
        """A character without a glyph is a box in the picture and missing in the PDF's text."""
        document = pypdfium2.PdfDocument(drawn[0])
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert drawn[2] - set(normalize("NFKC", text)) == set()

    def test_ends_with_more_than_a_line_on_each_page(self, drawn):
        for picture in drawn[1]:
            assert ends_at(picture) > 60
            assert (rows(picture, 27, TEXT_ENDS) < 128).mean() > 0.001


class TestSignatures:
    def test_stand_on_the_page_of_the_text_where_there_is_room(self):
        content = sheet(full(ContractKind.SERVICE), "zh")
        parties = (
            SheetParty(role="甲方", name="江城光电有限公司"),
            SheetParty(role="技术经理人", name="郑经理", is_person=True),
        )
        short = Sheet(title="短合同", blocks=content.blocks[:8], language="zh", parties=parties)
        assert len(pages(press.press_pdf(short))) == 1

    def test_are_never_torn_apart(self):
        """However long the text is, the boxes of both sides stand whole on one page."""
        content = sheet(full(ContractKind.LICENSE), "zh")
        for length in range(len(content.blocks) - 12, len(content.blocks)):
            made = press.press_pdf(
                Sheet(
                    title="许可合同",
                    blocks=content.blocks[:length],
                    language="zh",
                    sha256="3f" * 32,
                    parties=content.parties,
                )
            )
            words = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(made)]
            assert sum("签署页" in page for page in words) == 1
            last = next(page for page in words if "签署页" in page)
            assert last.count("签署时间") == 2
