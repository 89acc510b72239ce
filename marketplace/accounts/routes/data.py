"""Taking one's own data along, and leaving."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, flash, render_template, url_for
from flask import session as cookie
from flask_babel import gettext

from marketplace.accounts.forms import PasswordForm
from marketplace.accounts.routes.blueprint import GUESSES, bp, locked_page
from marketplace.accounts.services import personal_data
from marketplace.accounts.services.closing import close_account
from marketplace.accounts.services.throttle import TooManyTries
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.transactions import keep_changes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/account/data")
def own_data() -> ResponseReturnValue:
    """Say what can be taken along, and what closing the account means."""
    return render_template("accounts/own_data.html")


@bp.post("/account/data")
@limiter.limit("20 per hour")
def export_data() -> ResponseReturnValue:
    """Give everything that is kept of this person as one JSON file; recorded, hence a POST."""
    found = personal_data.gather(db.session, actor=current_actor(), now=now())
    name = f"hanqiao-data-{now():%Y-%m-%d}.json"
    return Response(
        json.dumps(found, ensure_ascii=False, indent=2, default=str),
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.route("/account/close", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def close() -> ResponseReturnValue:
    """Close the account, after asking for the password."""
    form = PasswordForm()
    if not form.accepted():
        return form_page("accounts/close.html", form)
    try:
        close_account(db.session, actor=current_actor(), password=text(form.password), now=now())
    except TooManyTries as error:
        return locked_page("accounts/close.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/close.html", form)
    cookie.clear()
    flash(gettext("Your account is closed."))
    return see_other(url_for("home.index"))
