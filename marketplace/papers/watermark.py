"""Marks every page of a PDF with who opened it and when, so that a leaked copy tells its way."""

from __future__ import annotations

import io

import pikepdf

from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.papers.typesetting import fonts, press

MOST_PAGES = 2000


def stamp(pdf: bytes, text: str) -> bytes:
    """Lay the words over every page; raise RuleBroken for a damaged or locked file.

    A file that can't be marked must not be handed out unmarked: the caller lets the error through.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            if len(document.pages) > MOST_PAGES:
                raise RuleBroken(
                    N_("The file has more than %(most)s pages and can't be marked."),
                    most=MOST_PAGES,
                )
            return _stamped(document, text)
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise RuleBroken(
            N_("The PDF is damaged or locked and can't be marked. Ask its owner for a sound copy.")
        ) from error


def _stamped(document: pikepdf.Pdf, text: str) -> bytes:
    overlays: dict[tuple[int, int], pikepdf.Pdf] = {}
    try:
        for page in document.pages:
            left, bottom, right, top = (float(edge) for edge in page.trimbox)
            size = (round(right - left), round(top - bottom))
            if size not in overlays:
                overlays[size] = pikepdf.open(io.BytesIO(_overlay(size, text)))
            page.add_overlay(overlays[size].pages[0], None)
        written = io.BytesIO()
        document.save(written)
        return written.getvalue()
    finally:
        for overlay in overlays.values():
            overlay.close()


def _overlay(size: tuple[int, int], text: str) -> bytes:
    width, height = size
    return press.compiled(
        press.WATERMARK,
        {"width": max(width, 1), "height": max(height, 1), "text": text, "sans": fonts.SANS},
    )
