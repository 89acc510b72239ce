"""Pages of imports: send a file, agree on its columns, look at the preview, import."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import RuleBroken
from marketplace.exchange import exporting_routes, layouts, permissions, queries, services
from marketplace.exchange.fields import FIELDS, ImportKind
from marketplace.exchange.forms import UploadForm, mapping_from
from marketplace.exchange.models import ImportState
from marketplace.exchange.tables import CSV_TYPE, XLSX_TYPE
from marketplace.exchange.templating import write_template
from marketplace.progress.models import LongJob
from marketplace.progress.routes import shown
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, settings
from marketplace.web.forms import say
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.exchange.models import FileImport

bp = Blueprint("exchange", __name__)

ENDINGS = {"csv": CSV_TYPE, "xlsx": XLSX_TYPE}


@bp.get("/imports")
def index() -> ResponseReturnValue:
    """List the imports of the actor's organizations."""
    number = page_number()
    page = queries.list_imports(db.session, actor=current_actor(), number=number)
    return render_template("exchange/index.html", page=page, kinds=ImportKind)


@bp.route("/imports/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Receive a file."""
    actor = current_actor()
    organizations = queries.list_organizations(db.session, actor=actor)
    if not organizations:
        return render_template("exchange/nobody.html")
    form = UploadForm(
        kind=request.args.get("kind", ImportKind.RESULTS.value),
        organization_id=request.args.get("organization"),
    )
    form.offer(organizations)
    if not form.accepted():
        return form_page("exchange/create.html", form, kinds=ImportKind)
    upload = form.file.data
    try:
        row = services.receive(
            db.session,
            actor=actor,
            kind=form.chosen_kind(),
            organization_id=form.chosen_organization(),
            name=upload.filename or "",
            stream=upload.stream,
            home=settings().home,
            language=current_language(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("exchange/create.html", form, kinds=ImportKind)
    return see_other(url_for(".columns", import_id=row.id))


@bp.get("/imports/template/<kind>.<ending>")
def template(kind: str, ending: str) -> ResponseReturnValue:
    """Give a template file in the language of the page."""
    language = current_language()
    if kind not in set(ImportKind) or ending not in ENDINGS:
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template"
        write_template(path, ImportKind(kind), language, ending)
        content = path.read_bytes()
    response = Response(content, mimetype=ENDINGS[ending])
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"hanqiao-{kind}-{language}.{ending}"
    )
    return response


@bp.route("/imports/<uuid:import_id>/columns", methods=["GET", "POST"])
def columns(import_id: UUID) -> ResponseReturnValue:
    """Agree on which column says what, then check the file."""
    actor = current_actor()
    row = queries.get_import(db.session, import_id, actor=actor)
    if row.state not in (ImportState.UPLOADED, ImportState.CHECKED):
        return see_other(url_for(".show", import_id=import_id))
    if request.method == "GET":
        return _columns_page(row, dict(row.mapping), publish=row.publish)
    if "no_header" in request.form:
        services.drop_header(row, home=settings().home)
        return see_other(url_for(".columns", import_id=import_id))
    mapping = mapping_from(request.form, row.columns)
    publish = "publish" in request.form
    try:
        services.agree(row, actor=actor, mapping=mapping, publish=publish)
        job = services.start_check(db.session, row, actor=actor, home=settings().home, now=now())
    except RuleBroken as error:
        db.session.rollback()
        row = queries.get_import(db.session, import_id, actor=actor)
        said = say(error.message, error.values)
        return _columns_page(row, mapping, publish=publish, error=said), 422
    if job is not None:
        return see_other(url_for("progress.show", job_id=job.id))
    return see_other(url_for(".show", import_id=import_id))


def _columns_page(
    row: FileImport, mapping: Mapping[str, object], *, publish: bool, error: str = ""
) -> str:
    layout = services.first_rows(row, settings().home)
    samples = {column: layouts.shown(layout, column) for column in layout.columns}
    return render_template(
        "exchange/columns.html",
        row=row,
        mapping=mapping,
        samples=samples,
        fields=FIELDS[row.kind],
        onward=permissions.onward(current_actor(), row.organization_id),
        publish=publish,
        error=error,
    )


@bp.get("/imports/<uuid:import_id>")
def show(import_id: UUID) -> ResponseReturnValue:
    """Show the preview of a checked file, or how its import goes."""
    actor = current_actor()
    row = queries.get_import(db.session, import_id, actor=actor)
    if row.state is ImportState.UPLOADED:
        return see_other(url_for(".columns", import_id=import_id))
    job = None
    if row.state is not ImportState.CHECKED and row.job_id is not None:
        job = db.session.get(LongJob, row.job_id)
    return render_template(
        "exchange/show.html",
        row=row,
        shown=shown(job) if job is not None else None,
        goes_on=services.is_broken_off(db.session, row),
    )


@bp.post("/imports/<uuid:import_id>/run")
def run(import_id: UUID) -> ResponseReturnValue:
    """Start the import, or go on with one that was stopped."""
    actor = current_actor()
    row = queries.get_import(db.session, import_id, actor=actor)
    job = services.start_import(db.session, row, actor=actor, now=now())
    return see_other(url_for("progress.show", job_id=job.id))


@bp.post("/imports/<uuid:import_id>/discard")
def discard(import_id: UUID) -> ResponseReturnValue:
    """Forget a file that was not imported."""
    row = queries.get_import(db.session, import_id, actor=current_actor())
    services.discard(db.session, row, home=settings().home)
    flash(gettext("The file was removed; nothing of it was imported."))
    return see_other(url_for(".index"))


exporting_routes.bind(bp)
