"""The audit trail as a page and as a file."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Response, render_template, request, stream_with_context, url_for

from marketplace.administration.kinds import KINDS
from marketplace.administration.routes.blueprint import ADMINISTRATORS, bp
from marketplace.administration.trail import (
    TrailFilter,
    list_entries,
    list_kinds,
    names_of,
    stream_entries,
)
from marketplace.exchange.tables import harmless
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

COLUMNS = (
    "number",
    "at",
    "actor_id",
    "action",
    "object_kind",
    "object_id",
    "details",
    "previous_hash",
    "hash",
)


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(request.args.get(name, ""))
    except ValueError:
        return None


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _asked() -> TrailFilter:
    return TrailFilter(
        action=request.args.get("action", "").strip()[:60],
        object_kind=request.args.get("kind", "").strip()[:60],
        object_id=_uuid("object"),
        actor_id=_uuid("actor"),
        since=_day("since"),
        until=_day("until"),
    )


@bp.get("/audit")
@ADMINISTRATORS
def audit() -> ResponseReturnValue:
    """List what was done, by whom, to what."""
    asked = _asked()
    found = list_entries(db.session, asked, number=page_number())
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name != "page"}
    return render_template(
        "administration/audit.html",
        asked=asked,
        found=found,
        names=names_of(db.session, found.items),
        kinds=list_kinds(db.session),
        labels=KINDS,
        download=url_for(".audit_file", **kept),
    )


@bp.get("/audit.csv")
@ADMINISTRATORS
def audit_file() -> ResponseReturnValue:
    """Give the chosen entries as CSV (UTF-8 with BOM, formulas made harmless)."""
    asked = _asked()

    def rows() -> Iterator[str]:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(COLUMNS)
        yield "\ufeff" + buffer.getvalue()
        for entry in stream_entries(db.session, asked):
            buffer.seek(0)
            buffer.truncate()
            writer.writerow([_cell(getattr(entry, name)) for name in COLUMNS])
            yield buffer.getvalue()

    name = f"hanqiao-audit-{local(now()):%Y-%m-%d}.csv"
    return Response(
        stream_with_context(rows()),
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _cell(value: object) -> str:
    if isinstance(value, dict):
        value = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return harmless("" if value is None else str(value))
