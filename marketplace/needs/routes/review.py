"""The reviewers' queue: what changed, publish or return."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole, require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.needs import content as contents
from marketplace.needs import permissions
from marketplace.needs.coach import coach
from marketplace.needs.content import LABELS
from marketplace.needs.forms.decisions import ReviewForm
from marketplace.needs.queries import needs as find
from marketplace.needs.routes.blueprint import bp, wording
from marketplace.needs.services import publishing, review
from marketplace.organizations.models import Organization
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other
from marketplace.web.ticked import versions_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/platform/needs", methods=["GET", "POST"])
@for_roles(PlatformRole.REVIEWER)
def queue() -> ResponseReturnValue:
    """Show what waits, oldest first; ticked ones can be published together."""
    organization_id = request.args.get("organization", type=UUID)
    organization = db.session.get(Organization, organization_id) if organization_id else None
    if organization_id and organization is None:
        raise NotFound
    if request.method == "POST":
        return _publish_together(organization)
    page = find.list_waiting_for_review(
        db.session, organization_id=organization_id, number=page_number()
    )
    actor = current_actor()
    every = 0
    if page.total > len(page.items):
        every = len(
            find.waiting_for(db.session, actor=actor, organization_id=organization_id, until=now())
        )
    return render_template(
        "needs/queue.html",
        page=page,
        organization=organization,
        own={need.id for need in page.items if not permissions.may_review(actor, need)},
        every=every,
    )


def _publish_together(organization: Organization | None) -> ResponseReturnValue:
    organization_id = organization.id if organization else None
    which = request.form.get("which")
    if which == "every":
        job = publishing.start_publishing(
            db.session,
            actor=current_actor(),
            organization_id=organization_id,
            subject=organization.name if organization else "",
            now=now(),
        )
        return see_other(url_for("progress.show", job_id=job.id))
    versions = versions_of("shown" if which == "all" else "need")
    became = publishing.publish_many(
        db.session, actor=current_actor(), versions=versions, now=now()
    )
    if became.done:
        flash(gettext("%(count)s needs published.", count=len(became.done)), "success")
    if became.left:
        flash(
            gettext(
                "%(count)s were left: changed meanwhile, incomplete, or of your own organization.",
                count=became.left,
            ),
            "warning",
        )
    if not versions:
        flash(gettext("Tick at least one need first."), "error")
    return see_other(url_for(".queue", organization=organization_id))


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
    revision = find.last_revision(db.session, need_id)
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
