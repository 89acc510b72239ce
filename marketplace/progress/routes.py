"""Pages of long jobs: my jobs, one job, its progress, its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request, send_file, url_for
from flask_babel import gettext
from sqlalchemy import func, select

from marketplace.progress import queries, rules, services
from marketplace.progress.permissions import may_cancel
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.extensions import db, settings
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.progress.models import LongJob

bp = Blueprint("progress", __name__, url_prefix="/jobs")

MINUTE_S = 60
HOUR_S = 3600


@dataclass(frozen=True)
class Shown:
    """What the progress fragment says of a job at this moment."""

    job: LongJob
    percent: int | None
    rate: str
    time_left: str
    poll_seconds: int
    may_cancel: bool


def shown(job: LongJob) -> Shown:
    """Work out rate, time left and the next question's time by the database's clock."""
    now = db.session.scalar(select(func.clock_timestamp()))
    seconds = (now - job.phase_at).total_seconds() if now and job.phase_at else 0.0
    rate = rules.rate(job.done, seconds)
    left = rules.seconds_left(job.done, job.total, seconds)
    return Shown(
        job=job,
        percent=rules.percent(job.done, job.total),
        rate="" if rate is None else gettext("%(rate)s a second", rate=f"{rate:,.0f}"),
        time_left="" if left is None else _duration(left),
        poll_seconds=rules.poll_seconds(job.created_at, now) if now else MINUTE_S,
        may_cancel=job.may_be_cancelled and may_cancel(current_actor(), job),
    )


def _duration(seconds: int) -> str:
    if seconds < MINUTE_S:
        return str(gettext("about %(count)s seconds left", count=max(1, seconds)))
    if seconds < HOUR_S:
        return str(gettext("about %(count)s minutes left", count=round(seconds / MINUTE_S)))
    return str(gettext("about %(count)s hours left", count=round(seconds / HOUR_S, 1)))


@bp.get("")
def index() -> ResponseReturnValue:
    """List the actor's jobs, the newest first."""
    number = page_number()
    page = queries.list_jobs(db.session, actor=current_actor(), number=number)
    return render_template("progress/index.html", page=page)


@bp.get("/<uuid:job_id>")
def show(job_id: UUID) -> ResponseReturnValue:
    """Show one job; the page asks for its progress while it runs."""
    job = queries.get_job(db.session, job_id, actor=current_actor())
    return render_template("progress/show.html", shown=shown(job))


@bp.get("/<uuid:job_id>/progress")
def progress(job_id: UUID) -> ResponseReturnValue:
    """Give the progress alone, for the polling page."""
    job = queries.get_job(db.session, job_id, actor=current_actor())
    if request.headers.get("X-Requested-With") != "fetch":
        return see_other(url_for(".show", job_id=job_id))
    return render_template("progress/_progress.html", shown=shown(job))


@bp.post("/<uuid:job_id>/cancel")
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Ask the job to stop."""
    services.cancel(db.session, actor=current_actor(), job_id=job_id)
    return see_other(url_for(".show", job_id=job_id))


@bp.get("/<uuid:job_id>/file")
def file(job_id: UUID) -> ResponseReturnValue:
    """Send the file that the job left."""
    job = queries.get_job(db.session, job_id, actor=current_actor())
    path = services.result_path(settings().home, job)
    if path is None or not path.exists():
        abort(404)
    response = send_file(
        path,
        mimetype=job.result_type,
        as_attachment=True,
        download_name=job.result_name,
        max_age=0,
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
