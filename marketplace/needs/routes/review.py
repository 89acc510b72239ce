"""The reviewers' queue: what changed, publish or return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole, require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.drafting.together import QueuePage
from marketplace.needs import content as contents
from marketplace.needs import permissions
from marketplace.needs.coach import coach
from marketplace.needs.content import LABELS
from marketplace.needs.forms.decisions import ReviewForm
from marketplace.needs.queries import needs as find
from marketplace.needs.routes.blueprint import bp, wording
from marketplace.needs.services import review
from marketplace.needs.services.publishing import PUBLISHING
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


WAITING = QueuePage(
    endpoint=".queue",
    template="needs/queue.html",
    ticked="need",
    told=N_("%(count)s needs published."),
    untold=N_("Tick at least one need first."),
    publishing=PUBLISHING,
    may_review=permissions.may_review,
)


@bp.route("/platform/needs", methods=["GET", "POST"])
@for_roles(PlatformRole.REVIEWER)
def queue() -> ResponseReturnValue:
    """Show what waits, oldest first; ticked ones can be published together."""
    return WAITING.answer(find.QUEUE)


@bp.route("/platform/needs/<uuid:need_id>", methods=["GET", "POST"])
@for_roles(PlatformRole.REVIEWER)
def judge(need_id: UUID) -> ResponseReturnValue:
    """Show a text against the last reviewed one; publish it or return it with reasons."""
    actor = current_actor()
    need = find.get_need(db.session, need_id, actor=actor)
    if not review.is_waiting(need):
        flash(gettext("This need was judged already."), "warning")
        return see_other(url_for(".queue"))
    form = ReviewForm(data={"version": str(need.version)})
    if form.accepted():
        require(permissions.may_review(actor, need))
        version = whole_number(text(form.version))
        try:
            if request.form.get("decision") == "publish":
                review.publish_need(
                    db.session, actor=actor, need_id=need_id, version=version, now=now()
                )
            else:
                review.return_need(
                    db.session,
                    actor=actor,
                    need_id=need_id,
                    version=version,
                    reason=text(form.reason),
                    now=now(),
                )
        except RuleBroken as error:
            # The page now shows the text as it is; the next click speaks of that one.
            form.version.data = str(need.version)
            form.reject(error)
        else:
            flash(gettext("Done. The author is told."), "success")
            return see_other(url_for(".queue"))
    revision = find.REVISIONS.last(db.session, need_id)
    before = None if revision is None else contents.from_json(revision.content)
    if need.pending is not None:
        before = contents.content_of(need)
    content = contents.working_content(need)
    page = render_template(
        "needs/judge.html",
        form=form,
        need=need,
        before=before,
        changes=wording().changes(before, content),
        labels=LABELS,
        questions=coach(
            content,
            current_language(),
            names=(need.organization.name, need.organization.name_en),
        ),
        may_review=permissions.may_review(actor, need),
    )
    return page, 422 if form.is_submitted() else 200
