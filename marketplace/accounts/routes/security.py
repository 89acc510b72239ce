"""Password, address and the browsers that are signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, g, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.forms import ChangeEmailForm, ChangePasswordForm
from marketplace.accounts.queries import list_sign_ins
from marketplace.accounts.routes.blueprint import GUESSES, MAILS, bp, locked_page
from marketplace.accounts.services import credentials, sign_ins
from marketplace.accounts.services.throttle import TooManyTries
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.transactions import keep_changes

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("/account/security")
def security() -> ResponseReturnValue:
    """Show how the account is kept safe, and where it is signed in."""
    return render_template(
        "accounts/security.html",
        user=g.user,
        sign_ins=list_sign_ins(db.session, g.user.id),
        present=g.sign_in,
    )


@bp.route("/account/password", methods=["GET", "POST"])
@limiter.limit(GUESSES, methods=["POST"])
def change_password() -> ResponseReturnValue:
    """Set a new password."""
    form = ChangePasswordForm()
    if not form.accepted():
        return form_page("accounts/change_password.html", form)
    try:
        credentials.change_password(
            db.session,
            actor=current_actor(),
            password=text(form.password),
            new_password=text(form.new_password),
            kept_sign_in=g.sign_in.id,
            now=now(),
        )
    except TooManyTries as error:
        return locked_page("accounts/change_password.html", form, error)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/change_password.html", form)
    flash(gettext("The new password is set. Other browsers were signed out."))
    return see_other(url_for(".security"))


@bp.route("/account/email", methods=["GET", "POST"])
@limiter.limit(MAILS, methods=["POST"])
def change_email() -> ResponseReturnValue:
    """Ask for another address."""
    form = ChangeEmailForm()
    if not form.accepted():
        return form_page("accounts/change_email.html", form, user=g.user)
    try:
        credentials.ask_to_change_email(
            db.session,
            actor=current_actor(),
            email=text(form.email),
            password=text(form.password),
            now=now(),
        )
    except TooManyTries as error:
        return locked_page("accounts/change_email.html", form, error, user=g.user)
    except RuleBroken as error:
        keep_changes()
        form.reject(error)
        return form_page("accounts/change_email.html", form, user=g.user)
    return render_template("accounts/mail_sent.html", email=text(form.email))


@bp.post("/account/sign-ins/<uuid:sign_in_id>/end")
def end_sign_in(sign_in_id: UUID) -> ResponseReturnValue:
    """Sign another browser out."""
    sign_ins.end_sign_in(db.session, actor=current_actor(), sign_in_id=sign_in_id, now=now())
    flash(gettext("That browser is signed out."))
    return see_other(url_for(".security"))


@bp.post("/account/sign-ins/end-others")
def end_other_sign_ins() -> ResponseReturnValue:
    """Sign all other browsers out."""
    sign_ins.end_all(db.session, user_id=g.user.id, now=now(), but=g.sign_in.id)
    flash(gettext("All other browsers are signed out."))
    return see_other(url_for(".security"))
