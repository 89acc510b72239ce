"""Signing in and out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, g, request, url_for
from flask import session as cookie
from flask_babel import gettext

from marketplace.accounts.forms import CodeForm, SignInForm
from marketplace.accounts.models import User
from marketplace.accounts.routes.blueprint import GUESSES, bp, locked_page
from marketplace.accounts.services.sign_in import check_password, check_second_step
from marketplace.accounts.services.throttle import TooManyTries
from marketplace.accounts.session import forget, remember
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, own_address, see_other
from marketplace.web.transactions import keep_changes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: The cookie's note that the password was right and a code is awaited.
PENDING = "second_step"
PATIENCE = timedelta(minutes=10)


def _wanted() -> str:
    return own_address(request.args.get("next"), otherwise="")


def _welcome(user: User, wanted: str) -> ResponseReturnValue:
    remember(db.session, user, at=now())
    return see_other(own_address(wanted, otherwise=url_for("desk.index")))


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit(GUESSES, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    """Ask for address and password."""
    if not current_actor().is_visitor:
        return see_other(own_address(_wanted(), otherwise=url_for("desk.index")))
    form = SignInForm()
    if not form.accepted():
        return form_page("accounts/sign_in.html", form)
    try:
        user = check_password(
            db.session, email=text(form.email), password=text(form.password), now=now()
        )
    except TooManyTries as error:
        return locked_page("accounts/sign_in.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/sign_in.html", form)
    if not user.has_second_step:
        return _welcome(user, _wanted())
    cookie[PENDING] = {
        "user": str(user.id),
        "until": (now() + PATIENCE).isoformat(),
        "next": _wanted(),
    }
    return see_other(url_for(".sign_in_code"))


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@limiter.limit(GUESSES, methods=["POST"])
def sign_in_code() -> ResponseReturnValue:
    """Ask for the second step's code."""
    pending = cookie.get(PENDING)
    if not pending or datetime.fromisoformat(pending["until"]) < now():
        cookie.pop(PENDING, None)
        return see_other(url_for(".sign_in"))
    user = db.session.get(User, UUID(pending["user"]))
    if user is None or not user.is_open or not user.has_second_step:
        cookie.pop(PENDING, None)
        return see_other(url_for(".sign_in"))
    form = CodeForm()
    if not form.accepted():
        return form_page("accounts/sign_in_code.html", form)
    try:
        check_second_step(db.session, user=user, code=text(form.code), now=now())
    except TooManyTries as error:
        return locked_page("accounts/sign_in_code.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/sign_in_code.html", form)
    return _welcome(user, pending["next"])


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Sign this browser out."""
    forget(g.sign_in, at=now())
    flash(gettext("You are signed out."))
    return see_other(url_for("home.index"))
