"""What reviewers see: the queue, and one text with all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.drafting.together import QueuePage
from marketplace.listings import permissions, queries
from marketplace.listings.routes.blueprint import bp
from marketplace.listings.routes.wizard import PAGES
from marketplace.listings.services import reviews
from marketplace.listings.services.publishing import PUBLISHING
from marketplace.web.access import current_actor, for_roles
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


REVIEWERS = (PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


WAITING = QueuePage(
    endpoint=".review_queue",
    template="listings/review_queue.html",
    ticked="listing",
    told=N_("%(count)s technologies published."),
    untold=N_("Tick at least one technology first."),
    publishing=PUBLISHING,
    may_review=permissions.may_review,
)


@bp.route("/platform/listings", methods=["GET", "POST"])
@for_roles(*REVIEWERS)
def review_queue() -> ResponseReturnValue:
    """List the texts that wait, the longest waiting first; many can be published together."""
    return WAITING.answer(queries.QUEUE)


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
