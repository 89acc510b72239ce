"""What reviewers see: the queue, and one text with all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from marketplace.core.actor import PlatformRole
from marketplace.facilities import permissions, queries
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.routes.editing import PAGES
from marketplace.facilities.services import reviews
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


REVIEWERS = (PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


@bp.get("/platform/facilities")
@for_roles(*REVIEWERS)
def review_queue() -> ResponseReturnValue:
    """List the texts that wait, the longest waiting first."""
    actor = current_actor()
    page = queries.QUEUE.page(db.session, number=page_number())
    return render_template(
        "facilities/review_queue.html",
        page=page,
        own={one.id for one in page.items if not permissions.may_review(actor, one)},
        moment=now(),
    )


@bp.route("/platform/facilities/<uuid:facility_id>", methods=["GET", "POST"])
@for_roles(*REVIEWERS)
def review(facility_id: UUID) -> ResponseReturnValue:
    """Show what changed since the last reviewed text; publish it or return it with reasons."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    return PAGES.review(
        facility,
        old=reviews.compared_with(db.session, facility),
        may_review=permissions.may_review(actor, facility),
    )
