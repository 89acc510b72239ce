"""What reviewers see: the queue, and one text with all that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole
from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.facilities import permissions, queries
from marketplace.facilities.content import OUTLINE, PARTS, author_content
from marketplace.facilities.forms.decisions import ReviewForm
from marketplace.facilities.routes.blueprint import bp, wording
from marketplace.facilities.routes.editing import remarks_on
from marketplace.facilities.rules import REVIEW
from marketplace.facilities.services import reviews
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.facilities.models import Facility

REVIEWERS = (PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR)


@bp.get("/platform/facilities")
@for_roles(*REVIEWERS)
def review_queue() -> ResponseReturnValue:
    """List the texts that wait, the longest waiting first."""
    actor = current_actor()
    page = queries.list_waiting(db.session, number=page_number())
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
    form = ReviewForm()
    if not form.is_submitted():
        form.seen.data = str(facility.version)
    elif form.accepted():
        try:
            return _decide(facility, form)
        except EditedElsewhere as error:
            form.general_errors.append(gettext(error.message))
            form.seen.data = str(facility.version)
        except RuleBroken as error:
            form.reject(error)
    content = author_content(facility)
    old = reviews.compared_with(db.session, facility)
    return form_page(
        "facilities/review.html",
        form,
        facility=facility,
        changes=OUTLINE.changes(old, content, wording().lines),
        is_first=not old,
        parts=PARTS,
        remarks=remarks_on(facility, content),
        is_waiting=REVIEW.is_waiting(facility),
        may_review=permissions.may_review(actor, facility),
        proof=content["filing_proof_id"],
        photos=content["photos"],
        revisions=queries.list_revisions(db.session, facility_id),
    )


def _decide(facility: Facility, form: ReviewForm) -> ResponseReturnValue:
    seen = whole_number(form.seen.data)
    actor = current_actor()
    if request.form.get("decision") == "publish":
        reviews.publish_facility(
            db.session, actor=actor, facility_id=facility.id, seen=seen, now=now()
        )
        flash(gettext("Published: %(title)s", title=facility.name), "success")
    else:
        # Authors read the reasons in their own language: prepared ones are kept as message ids.
        prepared = [reviews.PREPARED_REASONS[int(number)] for number in form.prepared.data or []]
        reviews.return_facility(
            db.session,
            actor=actor,
            facility_id=facility.id,
            reason="\n".join([*prepared, text(form.reason)]),
            seen=seen,
            now=now(),
        )
        flash(gettext("Returned with your reasons: %(title)s", title=facility.name), "success")
    return see_other(url_for(".review_queue"))
