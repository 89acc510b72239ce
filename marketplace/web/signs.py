"""Refuses requests with a NUL in them: no person types one, and PostgreSQL keeps none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, request

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.datastructures import MultiDict

NUL = "\x00"


def _all(sent: MultiDict[str, str]) -> list[str]:
    return [text for name, values in sent.lists() for text in (name, *values)]


def refuse_nul() -> None:
    """Answer 400 to a NUL in path, query or form."""
    values = [request.path, *_all(request.args)]
    if request.mimetype in ("application/x-www-form-urlencoded", "multipart/form-data"):
        values += _all(request.form)
        values += [sent.filename or "" for sent in request.files.values()]
    if any(NUL in value for value in values):
        abort(400)


def install(app: Flask) -> None:
    """Look before anything else reads the request."""
    app.before_request(refuse_nul)
