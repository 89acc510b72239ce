"""The platform's view: its own matching efficiency, the records behind it, and the weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.actor import PlatformRole
from marketplace.core.errors import RuleBroken
from marketplace.matching import preview, running
from marketplace.matching.finding import first_weights
from marketplace.matching.forms.weights import LABELS, WeightsForm, read
from marketplace.matching.models import Stage
from marketplace.matching.queries import figures
from marketplace.matching.routes.pages import reader
from marketplace.matching.services import weights as versions
from marketplace.web.access import current_actor, for_roles
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, parts
from marketplace.web.pages import see_other
from search.embedding import EmbeddingUnavailable
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("matching_platform", __name__, url_prefix="/platform/matching")

#: Words on matches that a number may stand for.
WORDS = ("judged", "fits", "misfits")


@bp.get("/")
@for_roles(PlatformRole.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """Show how many matches came how far, by month and version."""
    lines = figures.list_figures(db.session)
    return render_template(
        "matching/platform/index.html",
        lines=lines,
        total=figures.summed(lines),
        stages=list(Stage),
        active=versions.active(db.session),
    )


@bp.get("/records")
@for_roles(PlatformRole.ADMINISTRATOR)
def records() -> ResponseReturnValue:
    """Open a number to the matches behind it."""
    stage, word = request.args.get("stage", ""), request.args.get("word")
    chosen = figures.Slice(
        month=request.args.get("month") or None,
        version=whole_number(request.args.get("version")) or None,
        stage=Stage(stage) if stage in {one.value for one in Stage} else Stage.MADE,
        word=word if word in WORDS else None,
    )
    page = figures.list_records(db.session, chosen, page=page_number())
    return render_template(
        "matching/platform/records.html",
        page=page,
        chosen=chosen,
        words=figures.words_on(db.session, page.items),
        stages=list(Stage),
    )


@bp.route("/weights", methods=["GET", "POST"])
@for_roles(PlatformRole.ADMINISTRATOR)
def weights() -> ResponseReturnValue:
    """List the versions, try a new one on recent needs, and add it."""
    form = WeightsForm()
    active = versions.active(db.session)
    start = active.weights if active else first_weights()
    if not form.is_submitted():
        form.show(start, active)
    compared, silent = [], False
    if form.accepted():
        if "preview" not in request.form:
            try:
                added = versions.add(
                    db.session,
                    actor=current_actor(),
                    weights=form.to_weights(start),
                    push_from=form.to_push_from(),
                    note=form.note.data or "",
                    now=now(),
                )
            except RuleBroken as error:
                form.reject(error)
            else:
                flash(gettext("Version %(number)s is added.", number=added.number))
                return see_other(url_for(".weights"))
        else:
            try:
                compared = preview.compare(
                    db.session,
                    parts(),
                    present=start,
                    tried=form.to_weights(start),
                    reader=reader(),
                )
            except (SearchUnavailable, EmbeddingUnavailable):
                silent = True
    page = render_template(
        "matching/platform/weights.html",
        form=form,
        versions=[
            (version, [(label, read(version.weights, place)) for place, label in LABELS.items()])
            for version in figures.list_versions(db.session)
        ],
        compared=compared,
        silent=silent,
    )
    return page, 422 if form.errors or form.general_errors else 200


@bp.post("/weights/<int:number>/activate")
@for_roles(PlatformRole.ADMINISTRATOR)
def activate(number: int) -> ResponseReturnValue:
    """Use a version from now on; matching everything again is a step of its own."""
    versions.activate(db.session, actor=current_actor(), number=number, now=now())
    flash(gettext("Version %(number)s is used from now on.", number=number))
    return see_other(url_for(".weights"))


@bp.post("/rematch")
@for_roles(PlatformRole.ADMINISTRATOR)
def rematch() -> ResponseReturnValue:
    """Start the job that matches everything again."""
    job = running.rematch(db.session, actor=current_actor())
    return see_other(url_for("progress.show", job_id=job.id))
