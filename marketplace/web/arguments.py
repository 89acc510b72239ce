"""What stands behind the question mark of an address, read with care."""

from __future__ import annotations

from flask import request

#: Nobody pages further; a larger number is a slip or an attack on the database.
LAST_PAGE = 10_000


def page_number() -> int:
    """Give the asked page of a list, 1 for anything that is no page."""
    asked = request.args.get("page", "")
    if asked.isascii() and asked.isdigit() and len(asked) <= len(str(LAST_PAGE)):
        return min(max(int(asked), 1), LAST_PAGE)
    return 1
