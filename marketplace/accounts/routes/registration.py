"""Registering, and setting a new password by mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.forms import AskResetForm, NewAccountForm, RegisterForm, ResetForm
from marketplace.accounts.models import TokenPurpose
from marketplace.accounts.routes.blueprint import MAILS, bp
from marketplace.accounts.services import credentials
from marketplace.accounts.services import registration as services
from marketplace.accounts.session import remember
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.web.access import public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import Form as ConfirmForm
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


def _link_is_over() -> ResponseReturnValue:
    return render_template("accounts/link_over.html"), 410


@bp.route("/register", methods=["GET", "POST"])
@public
@limiter.limit(MAILS, methods=["POST"])
def register() -> ResponseReturnValue:
    """Ask for an account; the answer goes to the mailbox and is the same for every address."""
    form = RegisterForm()
    if not form.accepted():
        return form_page("accounts/register.html", form)
    services.ask_to_register(
        db.session, email=text(form.email), name=text(form.name), language=current_language()
    )
    return render_template("accounts/mail_sent.html", email=text(form.email))


@bp.route("/register/<token>", methods=["GET", "POST"])
@public
def complete_registration(token: str) -> ResponseReturnValue:
    """Choose the password behind the mailed link; the account is made by that."""
    try:
        asked = services.get_registration(db.session, token, at=now())
    except NotFound:
        return _link_is_over()
    form = NewAccountForm(data={"name": asked.name})
    if not form.accepted():
        return form_page("accounts/new_account.html", form, email=asked.email, invitation=None)
    try:
        user = services.complete_registration(
            db.session,
            token=token,
            name=text(form.name),
            password=text(form.password),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("accounts/new_account.html", form, email=asked.email, invitation=None)
    remember(db.session, user, at=now())
    flash(gettext("Welcome. Your account is ready."))
    return see_other(url_for("desk.index"))


@bp.route("/password/forgotten", methods=["GET", "POST"])
@public
@limiter.limit(MAILS, methods=["POST"])
def ask_reset() -> ResponseReturnValue:
    """Ask for a link to set a new password; the answer is the same for every address."""
    form = AskResetForm()
    if not form.accepted():
        return form_page("accounts/ask_reset.html", form)
    credentials.ask_to_reset(db.session, email=text(form.email))
    return render_template("accounts/mail_sent.html", email=text(form.email))


@bp.route("/password/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> ResponseReturnValue:
    """Set a new password behind the mailed link."""
    try:
        credentials.get_token(db.session, token, TokenPurpose.RESET_PASSWORD, at=now())
    except NotFound:
        return _link_is_over()
    form = ResetForm()
    if not form.accepted():
        return form_page("accounts/reset_password.html", form)
    try:
        credentials.reset_password(db.session, token=token, password=text(form.password), now=now())
    except RuleBroken as error:
        form.reject(error)
        return form_page("accounts/reset_password.html", form)
    flash(gettext("The new password is set. Sign in with it."))
    return see_other(url_for(".sign_in"))


@bp.route("/email/<token>", methods=["GET", "POST"])
@public
def confirm_email(token: str) -> ResponseReturnValue:
    """Confirm a changed address; a button, because mail scanners open links."""
    try:
        link = credentials.get_token(db.session, token, TokenPurpose.CHANGE_EMAIL, at=now())
    except NotFound:
        return _link_is_over()
    form = ConfirmForm()
    if not form.accepted():
        return form_page("accounts/confirm_email.html", form, email=link.email)
    credentials.confirm_email(db.session, token=token, now=now())
    flash(gettext("The new address is confirmed."))
    return see_other(url_for(".sign_in"))
