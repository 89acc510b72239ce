"""What browsers send as text, read with care."""

from __future__ import annotations

from flask import request

#: Nobody pages further; a larger number is a slip or an attack on the database.
LAST_PAGE = 10_000
#: Digits of the largest number that every integer column holds.
MOST_DIGITS = 9


def whole_number(text: str | None, *, otherwise: int = 0) -> int:
    """Give the number that the text is in plain digits, ``otherwise`` for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return int(text)
    return otherwise


def page_number() -> int:
    """Give the asked page of a list, 1 for anything that is no page."""
    return min(max(whole_number(request.args.get("page"), otherwise=1), 1), LAST_PAGE)
