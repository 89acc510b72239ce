"""Answers of public pages: kept for a minute by anybody's cache, unless they are somebody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response, request

from marketplace.web.access import current_actor

if TYPE_CHECKING:
    from flask import Response

PUBLIC = "public, max-age=60, stale-while-revalidate=300"
PRIVATE = "private, no-store"


def cacheable(body: str, *, keep: bool = True) -> Response:
    """Answer with a page; ``keep`` is False when the next reader should get a better one."""
    response = make_response(body)
    if not current_actor().is_visitor or not keep:
        response.headers["Cache-Control"] = PRIVATE
        return response
    response.headers["Cache-Control"] = PUBLIC
    response.add_etag()
    response.make_conditional(request)
    return response
