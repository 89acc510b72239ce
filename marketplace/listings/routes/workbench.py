"""An organization's own listings: tabs, views, staleness, steps for many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext, ngettext

from marketplace.core.errors import NotFound
from marketplace.core.messages import N_
from marketplace.drafting.services import own_organization
from marketplace.listings import permissions, queries, rules
from marketplace.listings.forms.decisions import DraftForm
from marketplace.listings.models import ListingKind
from marketplace.listings.routes.blueprint import bp
from marketplace.listings.services import drafts, life, reviews
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import say, text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.listings.models import Listing

#: Tabs in the order shown, with their names.
TAB_NAMES: dict[str, str] = {
    "all": N_("All"),
    "draft": N_("Drafts"),
    "under_review": N_("Under review"),
    "returned": N_("Returned"),
    "published": N_("Published"),
    "asked": N_("About to expire"),
    "expired": N_("Expired"),
    "withdrawn": N_("Withdrawn"),
}
#: Days of views that the workbench counts.
VIEW_DAYS = 30
#: Listings that one step may touch; more is the work of an import.
MOST = 200


@bp.get("/organizations/<uuid:organization_id>/listings")
def index(organization_id: UUID) -> ResponseReturnValue:
    """List the organization's own listings under the chosen tab."""
    organization = own_organization(db.session, current_actor(), organization_id)
    tab = request.args.get("tab", "all")
    words = request.args.get("q", "").strip()[:100]
    page = queries.list_own(
        db.session,
        organization_id,
        tab=tab,
        words=words,
        number=page_number(),
    )
    since = (now() - timedelta(days=VIEW_DAYS)).date()
    return render_template(
        "listings/index.html",
        organization=organization,
        tab=tab if tab in TAB_NAMES else "all",
        tabs=TAB_NAMES,
        counts=queries.count_tabs(db.session, organization_id),
        words=words,
        page=page,
        views=queries.count_views(db.session, [row.id for row in page.items], since=since),
        stale=_stale_days(page.items),
        may_draft=permissions.may_draft(current_actor(), organization_id),
        is_verified=organization_id in current_actor().verified,
    )


def _stale_days(listings: object) -> dict[UUID, int]:
    """Give the days for which stale listings were not touched."""
    moment, found = now(), {}
    for listing in listings:  # type: ignore[attr-defined]
        touched = listing.touched_at
        if touched and rules.is_stale(touched, now=moment, days=settings().listing_stale_days):
            found[listing.id] = (moment - touched).days
    return found


@bp.route("/organizations/<uuid:organization_id>/listings/new", methods=["GET", "POST"])
def create(organization_id: UUID) -> ResponseReturnValue:
    """Start a draft; the wizard goes on from there."""
    organization = own_organization(db.session, current_actor(), organization_id)
    form = DraftForm()
    if not form.accepted():
        return form_page("listings/create.html", form, organization=organization)
    listing = drafts.draft_listing(
        db.session,
        actor=current_actor(),
        organization_id=organization_id,
        title=text(form.title),
        kind=ListingKind(form.kind.data),
        language=form.language.data,
        now=now(),
    )
    flash(gettext("Draft saved. Every step saves itself while you write."), "success")
    return see_other(url_for(".edit", listing_id=listing.id, step="basics"))


@bp.post("/organizations/<uuid:organization_id>/listings/steps")
def take_steps(organization_id: UUID) -> ResponseReturnValue:
    """Take one step for all ticked listings; each that can't take it is named with the reason."""
    own_organization(db.session, current_actor(), organization_id)
    ids = []
    for value in request.form.getlist("id")[:MOST]:
        try:
            ids.append(UUID(value))
        except ValueError:
            raise NotFound from None
    back = url_for(".index", organization_id=organization_id, tab=request.form.get("tab", "all"))
    step = request.form.get("step", "")
    if not ids:
        flash(gettext("Tick at least one listing first."), "warning")
        return see_other(back)
    done, refused = life.in_bulk(db.session, ids, lambda one: _take(step, one))
    if done:
        flash(ngettext("Done for %(num)s listing.", "Done for %(num)s listings.", done), "success")
    for listing_id, error in refused:
        listing = queries.get_own_listing(db.session, listing_id, actor=current_actor())
        flash(f"{listing.title}: {say(error.message, error.values)}", "warning")
    return see_other(back)


def _take(step: str, listing_id: UUID) -> Listing:
    actor, moment = current_actor(), now()
    if step == "send":
        return reviews.send_for_review(db.session, actor=actor, listing_id=listing_id, now=moment)
    if step == "renew":
        return life.renew_listing(db.session, actor=actor, listing_id=listing_id, now=moment)
    if step == "withdraw":
        return life.withdraw_listing(
            db.session,
            actor=actor,
            listing_id=queries.get_own_listing(db.session, listing_id, actor=actor).id,
            reason=request.form.get("reason", ""),
            now=moment,
        )
    raise NotFound
