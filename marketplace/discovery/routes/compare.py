"""Two to four listings side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, render_template, request

from marketplace.discovery import comparing, rules
from marketplace.discovery.answering import cacheable
from marketplace.web.access import current_actor, public
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

bp = Blueprint("comparing", __name__)


@bp.get("/compare")
@public
def index() -> ResponseReturnValue:
    """Align the facts of the listings that the address names."""
    wanted = _ids(request.args.getlist("id"))
    listings = comparing.load(db.session, wanted[: rules.COMPARED_MOST], actor=current_actor())
    table = comparing.table(listings, language=current_language())
    body = render_template(
        "discovery/compare.html",
        table=table,
        most=rules.COMPARED_MOST,
        least=rules.COMPARED_LEAST,
        too_many=len(wanted) > rules.COMPARED_MOST,
        lost=min(len(wanted), rules.COMPARED_MOST) - len(listings),
    )
    return cacheable(body)


def _ids(values: Sequence[str]) -> list[UUID]:
    """Read ids in order, each once; what is no id names no listing."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(value)] = None
        except ValueError:
            continue
    return list(found)
