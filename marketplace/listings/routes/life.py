"""Steps after publication, each one button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, url_for
from flask_babel import gettext

from marketplace.core.actor import require
from marketplace.listings import permissions, queries
from marketplace.listings.forms.decisions import WithdrawForm
from marketplace.listings.routes.blueprint import bp
from marketplace.listings.services import life, reviews
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.post("/listings/<uuid:listing_id>/renew")
def renew(listing_id: UUID) -> ResponseReturnValue:
    """Confirm that the listing still holds."""
    life.renew_listing(db.session, actor=current_actor(), listing_id=listing_id, now=now())
    flash(gettext("Renewed. It is shown for another half year."), "success")
    return see_other(url_for(".show", listing_id=listing_id))


@bp.post("/listings/<uuid:listing_id>/recall")
def recall(listing_id: UUID) -> ResponseReturnValue:
    """Take the text back from the reviewers."""
    reviews.recall_listing(db.session, actor=current_actor(), listing_id=listing_id, now=now())
    flash(gettext("Taken back. You can go on writing."), "success")
    return see_other(url_for(".check", listing_id=listing_id))


@bp.post("/listings/<uuid:listing_id>/reopen")
def reopen(listing_id: UUID) -> ResponseReturnValue:
    """Make a withdrawn listing a draft again."""
    life.reopen_listing(db.session, actor=current_actor(), listing_id=listing_id, now=now())
    flash(gettext("It is a draft again."), "success")
    return see_other(url_for(".check", listing_id=listing_id))


@bp.route("/listings/<uuid:listing_id>/withdraw", methods=["GET", "POST"])
def withdraw(listing_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, then take the listing back."""
    actor = current_actor()
    listing = queries.get_listing(db.session, listing_id, actor=actor)
    require("withdraw" in permissions.steps_for(actor, listing))
    form = WithdrawForm()
    if not form.accepted():
        return form_page("listings/withdraw.html", form, listing=listing)
    life.withdraw_listing(
        db.session, actor=actor, listing_id=listing_id, reason=text(form.reason), now=now()
    )
    flash(gettext("Withdrawn. Its address says so to whoever opens it."), "success")
    if actor.is_member(listing.organization_id):
        return see_other(url_for(".index", organization_id=listing.organization_id))
    return see_other(url_for(".show", listing_id=listing_id))
