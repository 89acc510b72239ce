"""Switching the second step on and off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from flask import flash, g, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.forms import CodeForm, PasswordForm
from marketplace.accounts.routes.blueprint import GUESSES, bp, locked_page
from marketplace.accounts.services import second_step as services
from marketplace.accounts.services.sign_in import require_password
from marketplace.accounts.services.throttle import TooManyTries
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import site_title
from marketplace.web.transactions import keep_changes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.post("/account/second-step/begin")
def begin_second_step() -> ResponseReturnValue:
    """Make the secret that the authenticator scans on the next page."""
    services.begin(db.session, actor=current_actor())
    return see_other(url_for(".second_step"))


@bp.route("/account/second-step", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def second_step() -> ResponseReturnValue:
    """Show the secret as a picture and as text, and ask for a first code."""
    user = g.user
    if user.has_second_step or user.totp_secret is None:
        return see_other(url_for(".security"))
    address = services.address(user, issuer=site_title())
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=2)
    secret = " ".join(user.totp_secret[i : i + 4] for i in range(0, len(user.totp_secret), 4))
    form = CodeForm()
    if not form.accepted():
        return form_page("accounts/second_step.html", form, picture=picture, secret=secret)
    try:
        codes = services.confirm(db.session, actor=current_actor(), code=text(form.code), now=now())
    except RuleBroken as error:
        form.reject(error)
        return form_page("accounts/second_step.html", form, picture=picture, secret=secret)
    return render_template("accounts/recovery_codes.html", codes=codes)


@bp.route("/account/second-step/codes", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def renew_codes() -> ResponseReturnValue:
    """Replace the recovery codes, after asking for the password."""
    form = PasswordForm()
    if not form.accepted():
        return form_page("accounts/renew_codes.html", form)
    try:
        require_password(db.session, actor=current_actor(), password=text(form.password), now=now())
        codes = services.renew_recovery_codes(db.session, actor=current_actor())
    except TooManyTries as error:
        return locked_page("accounts/renew_codes.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/renew_codes.html", form)
    return render_template("accounts/recovery_codes.html", codes=codes)


@bp.route("/account/second-step/off", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def end_second_step() -> ResponseReturnValue:
    """Switch the second step off, after asking for the password."""
    form = PasswordForm()
    if not form.accepted():
        return form_page("accounts/end_second_step.html", form)
    try:
        user = require_password(
            db.session, actor=current_actor(), password=text(form.password), now=now()
        )
    except TooManyTries as error:
        return locked_page("accounts/end_second_step.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/end_second_step.html", form)
    services.switch_off(db.session, user=user, actor=current_actor(), now=now())
    flash(gettext("The second step is off."))
    return see_other(url_for(".security"))
