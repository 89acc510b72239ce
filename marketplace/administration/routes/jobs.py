"""The queue of jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.administration import work
from marketplace.administration.routes.blueprint import ADMINISTRATORS, bp
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/jobs")
@ADMINISTRATORS
def jobs() -> ResponseReturnValue:
    """List jobs by state; the set-aside ones first."""
    asked = request.args.get("status", "failed")
    status = asked if asked in work.STATES else "failed"
    return render_template(
        "administration/jobs.html",
        status=status,
        counts=work.count_by_state(db.session),
        found=work.list_jobs(db.session, status, number=page_number()),
        beat=work.last_heartbeat(db.session),
    )


@bp.post("/jobs/<int:job_id>/again")
@ADMINISTRATORS
def run_job_again(job_id: int) -> ResponseReturnValue:
    """Queue a set-aside job anew."""
    work.run_again(db.session, actor=current_actor(), job_id=job_id, now=now())
    flash(gettext("The job waits for a worker again."))
    return see_other(url_for(".jobs"))


@bp.post("/jobs/<int:job_id>/cancel")
@ADMINISTRATORS
def cancel_job(job_id: int) -> ResponseReturnValue:
    """Take a waiting job out of the queue."""
    work.cancel(db.session, actor=current_actor(), job_id=job_id, now=now())
    flash(gettext("The job is cancelled."))
    return see_other(url_for(".jobs", status="todo"))
