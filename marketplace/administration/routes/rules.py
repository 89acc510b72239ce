"""Figures that law and practice set, with their sources and history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, url_for
from flask_babel import gettext

from marketplace.accounts.queries import names_of
from marketplace.administration.forms import RuleForm
from marketplace.administration.routes.blueprint import ADMINISTRATORS, bp
from marketplace.codes import rules as figures
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/rules")
@ADMINISTRATORS
def rules() -> ResponseReturnValue:
    """List every figure with its present value, its source and whether it is confirmed."""
    return render_template("administration/rules.html", rules=figures.list_rules(db.session))


@bp.route("/rules/<key>", methods=["GET", "POST"])
@ADMINISTRATORS
def rule(key: str) -> ResponseReturnValue:
    """Show one figure with what it was before, and change it."""
    shown = figures.get_rule(db.session, key)
    form = RuleForm(
        value=str(shown.value),
        seen=str(shown.value),
        source=shown.source,
        confirmed=shown.confirmed,
    )
    if form.takes(
        lambda: figures.change_rule(
            db.session,
            actor=current_actor(),
            key=key,
            typed=text(form.value),
            source=text(form.source),
            confirmed=bool(form.confirmed.data),
            reason=text(form.reason),
            now=now(),
            seen=text(form.seen),
        )
    ):
        flash(gettext("The figure is changed and holds from now on."), "success")
        return see_other(url_for(".rule", key=key))
    changes = figures.list_changes(db.session, key)
    people = names_of(db.session, [change.changed_by for change in changes])
    return form_page("administration/rule.html", form, rule=shown, changes=changes, people=people)
