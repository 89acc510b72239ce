"""The city's board, and the deals behind its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from flask_babel import gettext

from marketplace.city import queries
from marketplace.city.queries import NONE, Band, Dimension
from marketplace.city.targets import MANAGERS, list_targets
from marketplace.codes.districts import DISTRICTS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.actor import PlatformRole
from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces
from marketplace.deals.models import DealStage
from marketplace.facilities.settings import CENTERS, PLATFORMS
from marketplace.terms.kinds import ContractKind
from marketplace.web.access import for_roles, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.templating import day, local

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask.typing import ResponseReturnValue

bp = Blueprint("city", __name__, url_prefix="/city")

READERS = (PlatformRole.CITY_OFFICER, PlatformRole.ADMINISTRATOR)


def _records(key: str) -> str:
    """Give where the records behind a target stand."""
    return {
        CENTERS: url_for("facilities.register", kind="concept_center", filed="1"),
        PLATFORMS: url_for("facilities.register", kind="pilot_platform", filed="1"),
        MANAGERS: url_for("discovery.managers"),
    }[key]


def label_of(dimension: Dimension, key: str) -> str:
    """Give a value of a dimension as a person reads it."""
    if key == NONE:
        return str(gettext("not known yet"))
    if dimension is Dimension.DISTRICT:
        return DISTRICTS.label(key, current_language())
    if dimension is Dimension.INDUSTRY:
        return INDUSTRIES.label(key, current_language())
    enums: dict[Dimension, Any] = {
        Dimension.STAGE: DealStage,
        Dimension.KIND: ContractKind,
        Dimension.BAND: Band,
    }
    return str(gettext(enums[dimension](key).label))


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """Show the targets of 2027 and how far they are, to everybody."""
    targets = list_targets(db.session, local(now()).date())
    return render_template(
        "city/index.html",
        targets=[(target, _records(target.key)) for target in targets],
        outcome=queries.outcome(db.session),
    )


@bp.get("/targets.csv")
@public
def targets_csv() -> ResponseReturnValue:
    """Give the same as a file."""
    lines = [
        [
            gettext("Target"),
            gettext("Reached"),
            gettext("Target value"),
            gettext("Expected by now"),
        ],
        *(
            [gettext(one.label), str(one.reached), str(one.wanted), str(one.expected)]
            for one in list_targets(db.session, local(now()).date())
        ),
    ]
    return _file(lines, "targets")


@bp.get("/deals")
@for_roles(*READERS)
def deals() -> ResponseReturnValue:
    """Count deals by stage, kind, district, industry and amount."""
    boards = [
        (
            dimension,
            [
                (count, label_of(dimension, count.key))
                for count in queries.count_deals(db.session, dimension)
            ],
        )
        for dimension in Dimension
    ]
    return render_template("city/deals.html", boards=boards, outcome=queries.outcome(db.session))


def _dimension() -> Dimension:
    try:
        return Dimension(request.args.get("by", ""))
    except ValueError:
        abort(404)


@bp.get("/deals.csv")
@for_roles(*READERS)
def deals_csv() -> ResponseReturnValue:
    """Give one table of counts as a file."""
    dimension = _dimension()
    lines = [
        [gettext(dimension.label), gettext("Deals"), gettext("Signed contracts (CNY)")],
        *(
            [label_of(dimension, one.key), str(one.deals), _yuan(one.minor)]
            for one in queries.count_deals(db.session, dimension)
        ),
    ]
    return _file(lines, f"deals-by-{dimension.value}")


@bp.get("/deals/records")
@for_roles(*READERS)
def records() -> ResponseReturnValue:
    """Show the deals behind a figure; parties stand there once the contract is registered."""
    dimension = _dimension() if "by" in request.args else None
    key = request.args.get("value", "")
    return render_template(
        "city/records.html",
        page=queries.list_deals(db.session, dimension, key, number=page_number()),
        dimension=dimension,
        value=label_of(dimension, key) if dimension and _is_known(dimension, key) else "",
    )


def _is_known(dimension: Dimension, key: str) -> bool:
    return key == NONE or key in {one.key for one in queries.count_deals(db.session, dimension)}


def _yuan(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _file(lines: Sequence[Sequence[str]] | Iterator[Sequence[str]], name: str) -> Response:
    response = Response(csv_pieces(lines), content_type=f"{CSV_TYPE}; charset=utf-8")
    file = f"hanqiao-{name}-{day(now())}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
