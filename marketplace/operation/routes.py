"""Addresses for machines: is it up?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from sqlalchemy import text

from marketplace.web.access import public
from marketplace.web.extensions import db, parts

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("operation", __name__)


@bp.get("/health")
@public
def health() -> ResponseReturnValue:
    """Answer 200 when the database answers; say beside it how search is."""
    db.session.execute(text("SELECT 1"))
    return {"database": "ok", "search": "ok" if _search_answers() else "away"}


def _search_answers() -> bool:
    try:
        return parts().search.health().ok
    except Exception:  # noqa: BLE001 — whatever is wrong with search, the site itself is up
        return False
