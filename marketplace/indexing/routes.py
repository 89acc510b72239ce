"""The administrator's page of the search index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext

from marketplace.core import jobs
from marketplace.core.actor import PlatformRole
from marketplace.indexing import status
from marketplace.web.access import current_actor, for_roles
from marketplace.web.extensions import db, parts
from marketplace.web.pages import see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("indexing", __name__, url_prefix="/platform/search")


@bp.get("")
@for_roles(PlatformRole.ADMINISTRATOR)
def index() -> ResponseReturnValue:
    """Show how the index stands."""
    return render_template("indexing/index.html", status=status.status_of(db.session, parts()))


@bp.post("/rebuild")
@for_roles(PlatformRole.ADMINISTRATOR)
def rebuild() -> ResponseReturnValue:
    """Build the index anew in the background; the old one answers meanwhile."""
    job = status.start_rebuild(db.session, actor=current_actor())
    return see_other(url_for("progress.show", job_id=job.id))


@bp.post("/check")
@for_roles(PlatformRole.ADMINISTRATOR)
def check() -> ResponseReturnValue:
    """Queue the comparison that runs every night."""
    jobs.ask(db.session, "indexing.check", long=True)
    flash(gettext("The comparison was queued; rows that differ are copied again."))
    return see_other(url_for(".index"))
