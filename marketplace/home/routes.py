"""The first page, the plain text pages, and the switch of appearance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from marketplace.home import queries
from marketplace.web.access import public
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.pages import own_address, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("home", __name__)

THEMES = ("system", "light", "dark")


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Show what is on offer, what is asked for, and one search box."""
    today = local(now()).date()
    return render_template(
        "home/index.html",
        counts=queries.count_all(db.session),
        closing=queries.list_closing_needs(db.session, today=today),
        newest=queries.list_newest_listings(db.session),
    )


@bp.get("/about")
@public
def about() -> ResponseReturnValue:
    """Say what Hanqiao is."""
    return render_template("home/about.html")


@bp.get("/help")
@public
def help() -> ResponseReturnValue:  # noqa: A001 — the endpoint's name
    """Show the first steps of every role, and the glossary."""
    return render_template("home/help.html")


@bp.get("/fees")
@public
def fees() -> ResponseReturnValue:
    """Say what is free and what is not."""
    return render_template("home/fees.html")


@bp.get("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """State what standard the pages keep."""
    return render_template("home/accessibility.html")


@bp.get("/privacy")
@public
def privacy() -> ResponseReturnValue:
    """Say which personal data are kept, why, and for how long."""
    return render_template("home/privacy.html")


@bp.get("/terms")
@public
def terms() -> ResponseReturnValue:
    """State the terms of use."""
    return render_template("home/terms.html")


@bp.route("/appearance", methods=["GET", "POST"])
@public
def appearance() -> ResponseReturnValue:
    """Choose light, dark, or what the device says; kept in a cookie of its own."""
    if request.method == "GET":
        return render_template("home/appearance.html", back=request.args.get("back", ""))
    chosen = request.form.get("theme", "system")
    response = see_other(own_address(request.form.get("back"), otherwise=request.path))
    response.set_cookie(
        "theme",
        chosen if chosen in THEMES else "system",
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings().base_url.startswith("https://"),
        httponly=True,
    )
    return response
