"""Discovery's own parts in a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

from marketplace.discovery.asking import Asking
from marketplace.discovery.vectors import QueryVectors
from marketplace.web.access import current_actor
from marketplace.web.extensions import db, parts

if TYPE_CHECKING:
    from flask import Flask

_KEY = "hanqiao.query_vectors"


def install(app: Flask) -> None:
    """Give the application its memory of query vectors; models load when first used."""
    app.extensions[_KEY] = QueryVectors(lambda: app.extensions["hanqiao.parts"].embedders)


def query_vectors() -> QueryVectors:
    """Give the running application's memory of query vectors."""
    return cast("QueryVectors", current_app.extensions[_KEY])


def asking() -> Asking:
    """Ask in the name of whoever reads the page."""
    return Asking(db.session, current_actor(), parts(), query_vectors())
