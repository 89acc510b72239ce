"""What a manager may expect of running deals, with how each fee was worked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template
from flask_babel import gettext

from marketplace.core.errors import NotFound
from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces
from marketplace.deals.routes.blueprint import licensee_name, title_of
from marketplace.performance.queries.expected import Basis, Outlook, find_outlook
from marketplace.performance.routes.blueprint import bp, today
from marketplace.web.access import current_actor
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask.typing import ResponseReturnValue

COLUMNS = (
    "deal",
    "title",
    "stage",
    "client",
    "basis",
    "currency",
    "base_minor",
    "share_basis_points",
    "share_minor",
    "fixed_minor",
    "floor_minor",
    "cap_minor",
    "expected_fee_minor",
)


def _outlook() -> Outlook:
    found = find_outlook(db.session, actor=current_actor(), today=today())
    if found is None:
        raise NotFound
    return found


@bp.get("/commissions/expected")
def expected() -> ResponseReturnValue:
    """List the expected fee of each running deal, and the sums by stage."""
    outlook = _outlook()
    return render_template(
        "performance/expected.html",
        outlook=outlook,
        bases=[(basis, outlook.total(basis)) for basis in Basis],
        stages=outlook.by_stage(),
        title_of=title_of,
        taker_of=licensee_name,
    )


@bp.get("/commissions/expected.csv")
def expected_csv() -> ResponseReturnValue:
    """Give the same as a file."""
    lines: Iterable[Sequence[str]] = (
        [
            row.deal.reference,
            title_of(row.deal),
            gettext(row.deal.stage.label),
            row.mandate.client.name,
            gettext(row.basis.label),
            row.currency,
            *(
                "" if value is None else str(value)
                for value in (
                    row.working.base_minor,
                    row.mandate.success_fee_bp,
                    row.working.share_minor,
                    row.working.fixed_minor,
                    row.mandate.floor_minor,
                    row.mandate.cap_minor,
                    row.fee_minor,
                )
            ),
        ]
        for row in _outlook().rows
    )
    response = Response(
        csv_pieces([list(COLUMNS), *lines]), content_type=f"{CSV_TYPE}; charset=utf-8"
    )
    response.headers["Content-Disposition"] = "attachment; filename=expected-fees.csv"
    response.headers["Cache-Control"] = "private, no-store"
    return response
