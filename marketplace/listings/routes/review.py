"""What reviewers see: the queue, and one text with all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole
from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.listings import permissions, queries
from marketplace.listings.content import PARTS, author_content
from marketplace.listings.diffs import changes
from marketplace.listings.forms.decisions import ReviewForm
from marketplace.listings.routes.blueprint import bp, wording
from marketplace.listings.routes.wizard import remarks_on
from marketplace.listings.services import reviews
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.listings.models import Listing

REVIEWERS = (PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


@bp.get("/platform/listings")
@for_roles(*REVIEWERS)
def review_queue() -> ResponseReturnValue:
    """List the texts that wait, the longest waiting first."""
    page = queries.list_waiting(db.session, number=page_number())
    return render_template("listings/review_queue.html", page=page, moment=now())


@bp.route("/platform/listings/<uuid:listing_id>", methods=["GET", "POST"])
@for_roles(*REVIEWERS)
def review(listing_id: UUID) -> ResponseReturnValue:
    """Show what changed since the last reviewed text; publish it or return it with reasons."""
    actor = current_actor()
    listing = queries.get_listing(db.session, listing_id, actor=actor)
    form = ReviewForm()
    if not form.is_submitted():
        form.seen.data = str(listing.version)
    elif form.accepted():
        try:
            return _decide(listing, form)
        except EditedElsewhere as error:
            form.general_errors.append(gettext(error.message))
            form.seen.data = str(listing.version)
        except RuleBroken as error:
            form.reject(error)
    content = author_content(listing)
    old = reviews.compared_with(db.session, listing)
    return form_page(
        "listings/review.html",
        form,
        listing=listing,
        changes=changes(old, content, wording()),
        is_first=not old,
        parts=PARTS,
        remarks=remarks_on(listing, content),
        is_waiting=reviews.is_waiting(listing),
        may_review=permissions.may_review(actor, listing),
        revisions=queries.list_revisions(db.session, listing_id),
    )


def _decide(listing: Listing, form: ReviewForm) -> ResponseReturnValue:
    seen = whole_number(form.seen.data)
    actor = current_actor()
    if request.form.get("decision") == "publish":
        reviews.publish_listing(
            db.session, actor=actor, listing_id=listing.id, seen=seen, now=now()
        )
        flash(gettext("Published: %(title)s", title=listing.title), "success")
    else:
        # Authors read the reasons in their own language: prepared ones are kept as message ids.
        prepared = [reviews.PREPARED_REASONS[int(number)] for number in form.prepared.data or []]
        reviews.return_listing(
            db.session,
            actor=actor,
            listing_id=listing.id,
            reason="\n".join([*prepared, text(form.reason)]),
            seen=seen,
            now=now(),
        )
        flash(gettext("Returned with your reasons: %(title)s", title=listing.title), "success")
    return see_other(url_for(".review_queue"))
