"""Exports of search results: the choice of a form, the file, or the job that makes it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.messages import N_
from marketplace.exchange.exporting import (
    DIRECT,
    MEDIA_TYPES,
    MOST,
    ExportFormat,
    Results,
    Writer,
)
from marketplace.indexing.parsing import args_of, parse
from marketplace.indexing.visibility import visible_for
from marketplace.progress import services as progress
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter, parts, settings
from marketplace.web.languages import current_language
from marketplace.web.pages import see_other
from search.documents import Kind
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from flask import Blueprint
    from flask.typing import ResponseReturnValue

    from search.documents import Document
    from search.queries import Query

HEARER = "exchange.export"
TITLE = N_("Export of search results")
_EXPORTED = (Kind.LISTING.value, Kind.NEED.value)
#: Records that are named one by one at most; a collection holds no more.
RECORDS = 500


def _query() -> Query:
    kind = request.args.get("kind", Kind.LISTING.value)
    if kind not in _EXPORTED:
        abort(404)
    return parse(request.args, Kind(kind)).query


def _kept(query: Query) -> dict[str, Any]:
    """Give the arguments that name the query in an address."""
    args: dict[str, Any] = {**args_of(query), "kind": query.kind.value}
    args.pop("page", None)
    return args


def _form(args: Mapping[str, str] | None = None) -> ExportFormat | None:
    wanted = (request.args if args is None else args).get("format")
    if wanted is None:
        return None
    try:
        return ExportFormat(wanted)
    except ValueError:
        abort(404)


@public
@limiter.limit("60/minute")
def export() -> ResponseReturnValue:
    """Offer the forms with what each will hold, or send the file."""
    query, form = _query(), _form()
    try:
        results = Results(parts().search, parts().embedders, query, visible_for(current_actor()))
        total = results.total()
        if form is None or total > DIRECT:
            return _offer(query, total)
        content = _file(results.documents(DIRECT), form, query.kind)
    except SearchUnavailable:
        return render_template("exchange/export_down.html", kind=query.kind.value), 503
    return _sent(content, form, query.kind)


def export_records() -> ResponseReturnValue:
    """Send the named records (of a collection, say) that the reader may find, as a file."""
    kind = request.form.get("kind", "")
    if kind not in _EXPORTED:
        abort(404)
    form = _form(request.form)
    if form is None:
        abort(404)
    wanted = list(dict.fromkeys(request.form.getlist("id")))[:RECORDS]
    visible = visible_for(current_actor())
    try:
        found = parts().search.fetch(Kind(kind), wanted)
    except SearchUnavailable:
        return render_template("exchange/export_down.html", kind=kind), 503
    documents = [found[one] for one in wanted if one in found and visible.allows(found[one])]
    return _sent(_file(documents, form, Kind(kind)), form, Kind(kind))


def _sent(content: bytes, form: ExportFormat, kind: Kind) -> Response:
    response = Response(content, mimetype=MEDIA_TYPES[form])
    response.headers.set("Content-Disposition", "attachment", filename=_file_name(kind, form))
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _offer(query: Query, total: int) -> ResponseReturnValue:
    return render_template(
        "exchange/export.html",
        query=query,
        kept=_kept(query),
        total=total,
        direct=DIRECT,
        most=MOST,
        forms=ExportFormat,
    )


def _file(documents: Iterable[Document], form: ExportFormat, kind: Kind) -> bytes:
    writer = Writer(
        db.session,
        base_url=settings().base_url,
        language=current_language(),
        translate=gettext,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export"
        writer.write(path, form, kind, documents)
        return path.read_bytes()


def _file_name(kind: Kind, form: ExportFormat) -> str:
    return f"hanqiao-{kind.value}s-{now():%Y%m%d}.{form.value}"


@limiter.limit("10/minute")
def start_export() -> ResponseReturnValue:
    """Start the job that makes a long file."""
    query, form = _query(), _form()
    if form is None:
        abort(404)
    job = progress.start(
        db.session,
        kind=HEARER,
        title=TITLE,
        subject=query.text or gettext("Everything published"),
        hearer=HEARER,
        actor=current_actor(),
        query=url_for("exchange.export", **_kept(query)).partition("?")[2],
        document_kind=query.kind.value,
        form=form.value,
        language=current_language(),
        name=_file_name(query.kind, form),
    )
    return see_other(url_for("progress.show", job_id=job.id))


def bind(blueprint: Blueprint) -> None:
    """Bind the addresses."""
    blueprint.add_url_rule("/export", "export", export)
    blueprint.add_url_rule("/export/records", "export_records", export_records, methods=["POST"])
    blueprint.add_url_rule("/export/job", "start_export", start_export, methods=["POST"])
