"""The blueprint that all pages of accounts share, and what they have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template
from flask_babel import gettext

from marketplace.core.messages import N_
from marketplace.web.clock import now
from marketplace.web.templating import moment
from marketplace.web.transactions import keep_changes

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.accounts.services.throttle import TooManyTries
    from marketplace.web.forms import Form

bp = Blueprint("accounts", __name__)

#: Tries a browser has at a form that can be guessed at, whatever the address typed into it.
GUESSES = "30 per minute; 200 per hour"
#: Mails that one network address may ask for.
MAILS = "20 per hour"

TRY_LATER = N_("Too many failed tries. Try again after %(time)s (Beijing time).")


def locked_page(
    template: str,
    form: Form,
    error: TooManyTries,
    **values: object,
) -> ResponseReturnValue:
    """Show the form with the time from which it may be tried again; status 429."""
    keep_changes()
    form.general_errors.append(gettext(TRY_LATER, time=moment(error.until)))
    response = make_response(render_template(template, form=form, **values), 429)
    response.headers["Retry-After"] = str(max(1, int((error.until - now()).total_seconds())))
    return response
