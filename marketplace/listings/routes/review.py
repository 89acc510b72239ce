"""What reviewers see: the queue, and one text with all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole
from marketplace.core.errors import NotFound
from marketplace.listings import permissions, queries
from marketplace.listings.routes.blueprint import bp
from marketplace.listings.routes.wizard import PAGES
from marketplace.listings.services import publishing, reviews
from marketplace.organizations.models import Organization
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import see_other
from marketplace.web.ticked import versions_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


REVIEWERS = (PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


@bp.route("/platform/listings", methods=["GET", "POST"])
@for_roles(*REVIEWERS)
def review_queue() -> ResponseReturnValue:
    """List the texts that wait, the longest waiting first; many can be published together."""
    organization_id = request.args.get("organization", type=UUID)
    organization = db.session.get(Organization, organization_id) if organization_id else None
    if organization_id and organization is None:
        raise NotFound
    if request.method == "POST":
        return _publish_together(organization)
    actor = current_actor()
    page = queries.list_waiting(
        db.session,
        organization_id=organization_id,
        number=page_number(),
    )
    own = {one.id for one in page.items if not permissions.may_review(actor, one)}
    every = 0
    if page.total > len(page.items):
        found = queries.waiting_for(
            db.session, actor=actor, organization_id=organization_id, until=now()
        )
        every = len(found)
    return render_template(
        "listings/review_queue.html",
        page=page,
        organization=organization,
        own=own,
        every=every,
        moment=now(),
    )


def _publish_together(organization: Organization | None) -> ResponseReturnValue:
    which = request.form.get("which")
    if which == "every":
        job = publishing.start_publishing(
            db.session,
            actor=current_actor(),
            organization_id=organization.id if organization else None,
            subject=organization.name if organization else "",
            now=now(),
        )
        return see_other(url_for("progress.show", job_id=job.id))
    versions = versions_of("shown" if which == "page" else "listing")
    became = publishing.publish_many(
        db.session, actor=current_actor(), versions=versions, now=now()
    )
    if became.done:
        flash(gettext("%(count)s technologies published.", count=len(became.done)), "success")
    if became.left:
        flash(
            gettext(
                "%(count)s were left: changed meanwhile, incomplete, or of your own organization.",
                count=became.left,
            ),
            "warning",
        )
    if not versions:
        flash(gettext("Tick at least one technology first."), "error")
    return see_other(
        url_for(".review_queue", organization=organization.id if organization else None)
    )


@bp.route("/platform/listings/<uuid:listing_id>", methods=["GET", "POST"])
@for_roles(*REVIEWERS)
def review(listing_id: UUID) -> ResponseReturnValue:
    """Show what changed since the last reviewed text; publish it or return it with reasons."""
    actor = current_actor()
    listing = queries.get_listing(db.session, listing_id, actor=actor)
    return PAGES.review(
        listing,
        old=reviews.compared_with(db.session, listing),
        may_review=permissions.may_review(actor, listing),
    )
