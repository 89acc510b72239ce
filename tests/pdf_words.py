"""Reads the words out of a PDF."""

from __future__ import annotations

import pypdfium2


def words_of(pdf: bytes) -> str:
    """Give all words without blanks and breaks, as line ends fall anywhere."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        found = "\n".join(page.get_textpage().get_text_range() for page in opened)
    finally:
        opened.close()
    return "".join(found.split())
