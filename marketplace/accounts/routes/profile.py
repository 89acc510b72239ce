"""One's own page: name, preferences, organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, g, url_for
from flask_babel import gettext

from marketplace.accounts.forms import ProfileForm
from marketplace.accounts.queries import list_own_memberships
from marketplace.accounts.routes.blueprint import bp
from marketplace.accounts.services.preferences import change_preferences
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/account", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    """Show and change what one prefers."""
    form = ProfileForm(obj=g.user)
    if not form.accepted():
        memberships = list_own_memberships(db.session, g.user.id, at=now())
        return form_page("accounts/profile.html", form, user=g.user, memberships=memberships)
    change_preferences(
        db.session,
        actor=current_actor(),
        name=text(form.name),
        language=text(form.language),
        personal_matching=bool(form.personal_matching.data),
    )
    flash(gettext("Saved."))
    return see_other(url_for(".profile"))
