"""Compresses pages for browsers that take it; a proxy in front may do the same, then this rests."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

#: Below this many bytes compression gains nothing.
SMALLEST = 1024
TEXTS = ("text/html", "application/json", "image/svg+xml", "text/css", "text/calendar")


def _compress(response: Response) -> Response:
    if (
        response.direct_passthrough
        or response.is_streamed
        or response.mimetype not in TEXTS
        or "Content-Encoding" in response.headers
        or response.status_code < 200  # noqa: PLR2004 — HTTP's informational answers
        or (response.content_length or 0) < SMALLEST
    ):
        return response
    response.vary.add("Accept-Encoding")
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted:
        response.set_data(brotli.compress(response.get_data(), quality=4))
        response.headers["Content-Encoding"] = "br"
    elif "gzip" in accepted:
        response.set_data(gzip.compress(response.get_data(), 5))
        response.headers["Content-Encoding"] = "gzip"
    return response


def install(app: Flask) -> None:
    """Compress every answer that gains from it."""
    app.after_request(_compress)
