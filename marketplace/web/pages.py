"""Answers: pages, redirects, and one error page per status."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from marketplace.core.errors import Denied, EditedElsewhere, NotFound, RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.extensions import db
from marketplace.web.forms import Form, say

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

log = logging.getLogger(__name__)
#: What was refused to whom: for those who watch over the site.
security = logging.getLogger("hanqiao.security")

#: Statuses with a page of their own; others get the page of their class.
PAGES = (400, 401, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)


def form_page(template: str, form: Form, **values: Any) -> ResponseReturnValue:  # noqa: ANN401 — template values
    """Show a form: 200 at first, 422 when it was sent and refused."""
    status = 422 if form.is_submitted() else 200
    return render_template(template, form=form, **values), status


def see_other(address: str) -> Response:
    """Send the browser on after a change, so that a reload repeats nothing."""
    return redirect(address, code=303)


def flash_refusal(error: RuleBroken, category: str = "error") -> None:
    """Undo what a refused step had begun, and say on the next page why it was refused.

    A redirect is an answer that went well, and is committed: without the undoing, half of a
    refused step would be kept.
    """
    db.session.rollback()
    flash(say(error.message, error.values), category)


def own_address(address: str | None, *, otherwise: str) -> str:
    """Give the address if it stays on this site, so that a link can't lead people away."""
    if not address or any(ord(sign) < 33 for sign in address) or "\\" in address:  # noqa: PLR2004 — control signs and blanks
        return otherwise
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//"):
        return otherwise
    return address


def error_page(status: int, *, message: str = "", headers: Any = None) -> Response:  # noqa: ANN401 — header pairs
    """Render the page of a status; if even that fails, answer with plain HTML."""
    reference = secrets.token_hex(4)
    page = status if status in PAGES else 500 if status >= 500 else 400  # noqa: PLR2004 — HTTP's classes
    try:
        body = render_template(f"errors/{page}.html", message=message, reference=reference)
    except Exception:
        log.exception("the error page %s could not be rendered (%s)", page, reference)
        body = (
            "<!doctype html><html lang=zh-Hans><meta charset=utf-8><title>汉桥</title>"
            f"<h1>{status}</h1><p>服务暂时不可用，请稍后再试。编号 {reference}</p>"
            f"<p lang=en>The service is not available at the moment. Reference {reference}</p>"
        )
    if status >= 500:  # noqa: PLR2004 — HTTP's class of server errors
        log.error("answered %s to %s %s (%s)", status, request.method, request.path, reference)
    response = make_response(body, status)
    for name, value in headers or []:
        if name.lower() in ("retry-after", "allow"):
            response.headers[name] = value
    response.headers["Cache-Control"] = "no-store"
    return response


def note_refusal(status: int, why: str) -> None:
    """Write a line about a refused request; what was sent stands in it as one quoted word."""
    security.warning(
        "refused %s %s: %s %r person=%s address=%s",
        status,
        why,
        request.method,
        request.path[:200],
        current_actor().user_id,
        request.remote_addr,
    )


def _install_refusals(app: Flask) -> None:
    @app.errorhandler(NotFound)
    def not_found(_error: NotFound) -> Response:
        # A visitor's wrong address is a wrong address; a member's may be somebody else's object.
        if not current_actor().is_visitor:
            note_refusal(404, "unknown or foreign object")
        return error_page(404)

    @app.errorhandler(Denied)
    def denied(_error: Denied) -> Response:
        note_refusal(403, "not allowed")
        return error_page(403)

    @app.errorhandler(CSRFError)
    def csrf_missing(error: CSRFError) -> Response:
        note_refusal(400, str(error.description))
        return error_page(
            400,
            message=gettext(
                "The page was open for too long or was not sent from this site. "
                "Go back, reload the page and send it again."
            ),
        )


def install(app: Flask) -> None:
    """Answer every error with its page."""
    _install_refusals(app)

    @app.errorhandler(EditedElsewhere)
    @app.errorhandler(RuleBroken)
    def rule_broken(error: RuleBroken) -> Response:
        return error_page(409, message=say(error.message, error.values))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        if error.response is not None:
            return make_response(error.response)
        if error.code in (401, 403, 413, 429):
            note_refusal(error.code, error.name)
        return error_page(error.code or 500, headers=error.get_headers())

    @app.errorhandler(OperationalError)
    def database_gone(error: OperationalError) -> Response:
        log.error("the database did not answer: %s", error.orig)
        return error_page(503)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        log.error("unexpected error on %s %s", request.method, request.path, exc_info=error)
        db.session.rollback()
        return error_page(500)


def home() -> str:
    """Give the address of the home page."""
    return url_for("home.index")
