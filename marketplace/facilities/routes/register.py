"""The public register: counters, list, districts, gaps, and the register as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, render_template, request
from flask_babel import gettext

from marketplace.codes.districts import DISTRICTS, WUHAN
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.spreadsheets import CSV_TYPE, csv_pieces
from marketplace.facilities import register as books
from marketplace.facilities.districts import TILES
from marketplace.facilities.models import FacilityKind, FilingLevel
from marketplace.facilities.register import NamedField, Wanted
from marketplace.facilities.routes.blueprint import bp
from marketplace.facilities.rules import FILED_KINDS
from marketplace.web.access import public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.languages import current_language
from marketplace.web.templating import day, label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeVar

    from flask.typing import ResponseReturnValue

    from marketplace.codes.code import CodeList
    from marketplace.core.enums import LabelledEnum
    from marketplace.facilities.models import Facility

    Chosen = TypeVar("Chosen", bound=LabelledEnum)

#: Industries of the gap map: Wuhan's clusters.
CLUSTERS = tuple(one.code for one in INDUSTRIES if one.code.startswith("W"))
_WORDS = 80


def _chosen(name: str, enum: type[Chosen]) -> Chosen | None:
    value = request.args.get(name, "")
    return next((member for member in enum if member.value == value), None)


def _wanted() -> Wanted:
    return Wanted(
        kind=_chosen("kind", FacilityKind),
        level=_chosen("level", FilingLevel),
        filed=request.args.get("filed") == "1",
        district=_code("district"),
        industry=_code("industry"),
        discipline=_code("field"),
        named=_chosen("named", NamedField),
        words=request.args.get("q", "").strip()[:_WORDS],
    )


def _code(name: str) -> str:
    codes = {"district": DISTRICTS, "industry": INDUSTRIES, "field": FIELDS}[name]
    value = request.args.get(name, "")
    return value if value in codes else ""


@bp.get("/facilities/register")
@public
def register() -> ResponseReturnValue:
    """Show the counters and the list behind any of them."""
    wanted = _wanted()
    return render_template(
        "facilities/register.html",
        wanted=wanted,
        counts=books.counts(db.session),
        page=books.list_register(db.session, wanted, number=page_number()),
        chips=_chips(wanted),
        kinds=FacilityKind,
        levels=FilingLevel,
        districts=DISTRICTS.children(WUHAN),
        district_name=lambda code: DISTRICTS.label(code, current_language()),
        arguments=request.args,
    )


def _chips(wanted: Wanted) -> list[tuple[str, str]]:
    """Give (argument, shown text) of what is asked for, to be taken away one by one."""
    language = current_language()
    found = [
        ("kind", label(wanted.kind) if wanted.kind else ""),
        ("level", label(wanted.level) if wanted.level else ""),
        ("filed", gettext("On file") if wanted.filed else ""),
        ("district", DISTRICTS.label(wanted.district, language) if wanted.district else ""),
        ("industry", INDUSTRIES.label(wanted.industry, language) if wanted.industry else ""),
        ("field", FIELDS.label(wanted.discipline, language) if wanted.discipline else ""),
        ("named", label(wanted.named) if wanted.named else ""),
        ("q", wanted.words),
    ]
    return [(name, shown) for name, shown in found if shown]


@bp.get("/facilities/districts")
@public
def districts() -> ResponseReturnValue:
    """Show Wuhan's districts as tiles and as a table, each number leading to its list."""
    counts = books.counts(db.session)
    return render_template(
        "facilities/districts.html",
        counts=counts,
        tiles=TILES,
        kinds=FacilityKind,
        names={one.code: one.name(current_language()) for one in DISTRICTS.children(WUHAN)},
    )


@bp.get("/facilities/gaps")
@public
def gaps() -> ResponseReturnValue:
    """Show which fields have no centre or platform yet."""
    language = current_language()
    counts = books.counts(db.session)
    return render_template(
        "facilities/gaps.html",
        industries=_counted(counts.by_industry, INDUSTRIES),
        disciplines=_counted(counts.by_field, FIELDS),
        named=[(NamedField(gap.key), gap) for gap in books.named_gaps(db.session)],
        clusters=[
            (INDUSTRIES.label(gap.key, language), gap) for gap in books.gaps(db.session, CLUSTERS)
        ],
        kinds=[kind for kind in FacilityKind if kind in FILED_KINDS],
    )


def _counted(counts: Mapping[str, int], codes: CodeList) -> list[tuple[str, str, int]]:
    """Give (code, name, how many) of what at least one facility names, the most frequent first."""
    language = current_language()
    rows = [(code, codes.label(code, language), count) for code, count in counts.items()]
    return sorted(rows, key=lambda row: (-row[2], row[0]))


@bp.get("/facilities/register.csv")
@public
@limiter.limit("30/hour")
def register_csv() -> ResponseReturnValue:
    """Give the list as a file for spreadsheets."""
    rows = books.every_row(db.session, _wanted())
    response = Response(csv_pieces(_lines(rows)), content_type=f"{CSV_TYPE}; charset=utf-8")
    name = f"hanqiao-facilities-{day(now())}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _lines(rows: Sequence[Facility]) -> Iterator[list[str]]:
    language = current_language()
    yield [
        gettext(title)
        for title in (
            "Name of the facility",
            "Name in English",
            "Kind of facility",
            "Operator",
            "District",
            "Address",
            "Filing level",
            "Filing number",
            "Filed on (day)",
            "Readiness level at the start",
            "Readiness level at the end",
            "Industries",
            "Disciplines",
            "Instruments and lines",
            "Next free day",
            "Demo record",
        )
    ]
    for row in rows:
        instruments = [one.name for one in row.instruments if one.retired_at is None]
        yield [
            row.name,
            row.name_en,
            label(row.kind),
            row.organization.name,
            DISTRICTS.label(row.district_code, language) if row.district_code else "",
            row.address,
            label(row.filing_level) if row.filing_level and row.is_filed else "",
            row.filing_number,
            day(row.filed_on),
            str(row.trl_from or ""),
            str(row.trl_to or ""),
            "、".join(INDUSTRIES.label(code, language) for code in row.industry_codes),
            "、".join(FIELDS.label(code, language) for code in row.field_codes),
            "、".join(instruments),
            day(row.next_free_on),
            gettext("Yes") if row.is_demo else "",
        ]
