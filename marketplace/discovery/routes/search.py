"""The search pages, and completions for their box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, render_template, request
from flask_babel import gettext

from marketplace.discovery.answering import PUBLIC, cacheable
from marketplace.discovery.asking import open_engine
from marketplace.discovery.current import asking
from marketplace.discovery.presenting import present
from marketplace.indexing.parsing import args_of, parse
from marketplace.web.access import public
from marketplace.web.extensions import db, limiter, parts
from marketplace.web.languages import current_language
from search.documents import Kind
from search.engine import SearchUnavailable
from search.visibility import PUBLIC as PUBLIC_RECORDS

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("discovery", __name__)

#: Records that an export holds at most; said before the click.
EXPORT_LIMIT = 5000
#: Characters of a text that is completed.
SUGGEST_LIMIT = 40
SUGGESTIONS = 8


@bp.get("/technologies")
@public
def listings() -> ResponseReturnValue:
    """Search what is on offer."""
    return _page(Kind.LISTING)


@bp.get("/needs")
@public
def needs() -> ResponseReturnValue:
    """Search what is looked for."""
    return _page(Kind.NEED)


@bp.get("/facilities")
@public
def facilities() -> ResponseReturnValue:
    """Search places where technologies are proven, scaled up and tested."""
    return _page(Kind.FACILITY)


@bp.get("/managers")
@public
def managers() -> ResponseReturnValue:
    """Search people who broker technology."""
    return _page(Kind.MANAGER)


def _page(kind: Kind) -> ResponseReturnValue:
    parsed = parse(request.args, kind)
    answer = asking().ask(parsed.query)
    shown = present(
        db.session,
        answer,
        language=current_language(),
        notices=[gettext(notice.message) % notice.values for notice in parsed.notices],
    )
    body = render_template(
        "discovery/search.html",
        shown=shown,
        kept=args_of(parsed.query) | {"page": []},
        export_limit=EXPORT_LIMIT,
    )
    return cacheable(body, keep=not (answer.engine_down or answer.incomplete))


@bp.get("/suggest")
@public
@limiter.limit("180 per minute")
def suggest() -> ResponseReturnValue:
    """Complete what is being typed from public records alone, as JSON."""
    text = request.args.get("q", "").strip()
    scope = request.args.get("scope")
    kind = Kind(scope) if scope in set(Kind) else Kind.LISTING
    found = []
    if 0 < len(text) <= SUGGEST_LIMIT and text.isprintable():
        try:
            found = [
                {"text": one.text, "kind": one.kind}
                for one in open_engine(parts()).suggest(
                    kind, text, visible=PUBLIC_RECORDS, size=SUGGESTIONS
                )
            ]
        except SearchUnavailable:
            # The box works without completions; the page itself says that the engine is away.
            found = []
    response = jsonify(found)
    response.headers["Cache-Control"] = PUBLIC
    return response
