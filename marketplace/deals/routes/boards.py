"""The board, the list with its file, the calendar and the funnel."""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.messages import N_
from marketplace.deals import permissions, rules
from marketplace.deals.models import DealRole, DealStage
from marketplace.deals.queries import boards as queries
from marketplace.deals.queries.deals import list_invitations
from marketplace.deals.queries.funnel import funnel as measured
from marketplace.deals.routes.blueprint import bp, licensee_name, name_of, title_of
from marketplace.exchange.tables import harmless
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import local

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal

#: Periods that the funnel offers, in days.
PERIODS = (90, 365, 1095)
FIRST_YEAR, LAST_YEAR = 2020, 2100
COLUMNS = (
    "number",
    "title",
    "stage",
    "stage_since",
    "days_in_stage",
    "licensor",
    "licensee",
    "manager",
    "value_fen",
    "currency",
    "next_step",
    "next_on",
    "opened_at",
)


def _stage() -> DealStage | None:
    try:
        return DealStage(request.args.get("stage", ""))
    except ValueError:
        return None


def _role() -> DealRole | None:
    try:
        return DealRole(request.args.get("role", ""))
    except ValueError:
        return None


def wanted() -> queries.Wanted:
    """Read from the address which deals are asked for."""
    sort = request.args.get("sort", "")
    return queries.Wanted(
        words=request.args.get("q", "").strip()[:100],
        stage=_stage(),
        role=_role(),
        stuck=request.args.get("stuck") == "1",
        ended=request.args.get("ended") == "1",
        sort=sort if sort in queries.SORTS else "touched",
        page=page_number(),
    )


def card(deal: Deal, clock: queries.Timers) -> dict[str, Any]:
    """Give what a card or a row shows of a deal."""
    actor = current_actor()
    role = permissions.role_of(actor, deal)
    hidden = licensee_name(deal)
    return {
        "deal": deal,
        "title": title_of(deal),
        "role": role,
        "licensor": name_of(deal.licensor),
        "licensee": hidden,
        "days": clock.days_in(deal),
        "stuck": clock.is_stuck(deal),
        "late": deal.next_on is not None and deal.next_on < local(clock.now).date(),
        "moves": rules.open_to(permissions.acting_role(actor, deal), deal.stage),
    }


def _tabs(here: str) -> list[tuple[str, str, bool]]:
    return [
        (gettext(label), url_for(endpoint), endpoint == here)
        for endpoint, label in (
            (".index", N_("Board of deals")),
            (".list_", N_("List of deals")),
            (".calendar", N_("Calendar of deals")),
            (".funnel", N_("Funnel of deals")),
        )
    ]


@bp.get("/")
def index() -> ResponseReturnValue:
    """Show the running deals by their stage."""
    actor = current_actor()
    asked = wanted()
    clock = queries.timers(db.session, now=now())
    columns = queries.board(db.session, actor=actor, wanted=asked)
    return render_template(
        "deals/board.html",
        columns=[(column, [card(deal, clock) for deal in column.deals]) for column in columns],
        limits=clock.days,
        wanted=asked,
        roles=[DealRole.LICENSOR, DealRole.LICENSEE, DealRole.MANAGER],
        invitations=list_invitations(db.session, actor=actor),
        views=_tabs(".index"),
        empty=not any(column.total for column in columns),
    )


@bp.get("/list")
def list_() -> ResponseReturnValue:
    """List deals with filters and sorts."""
    asked = wanted()
    clock = queries.timers(db.session, now=now())
    page = queries.list_deals(db.session, actor=current_actor(), wanted=asked, clock=clock)
    return render_template(
        "deals/list.html",
        page=page,
        cards=[card(deal, clock) for deal in page.items],
        wanted=asked,
        stages=list(DealStage),
        roles=[DealRole.LICENSOR, DealRole.LICENSEE, DealRole.MANAGER],
        sorts=queries.SORTS,
        limit=queries.EXPORT_LIMIT,
        views=_tabs(".list_"),
        export=url_for(".export") + "?" + request.query_string.decode(errors="replace"),
    )


@bp.get("/list.csv")
def export() -> ResponseReturnValue:
    """Give the same list as a file for a spreadsheet."""
    asked, clock = wanted(), queries.timers(db.session, now=now())
    deals = queries.export_deals(db.session, actor=current_actor(), wanted=asked, clock=clock)
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(COLUMNS)
    for deal in deals:
        rows.writerow([harmless(cell) for cell in _cells(deal, clock)])
    response = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=deals.csv"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _cells(deal: Deal, clock: queries.Timers) -> list[str]:
    shown = card(deal, clock)
    return [
        deal.reference,
        shown["title"],
        gettext(deal.stage.label),
        local(deal.stage_since).date().isoformat(),
        str(shown["days"]),
        shown["licensor"],
        shown["licensee"] or "",
        name_of(deal.manager) if deal.manager else "",
        "" if deal.value_minor is None else str(deal.value_minor),
        deal.currency,
        deal.next_step,
        deal.next_on.isoformat() if deal.next_on else "",
        local(deal.opened_at).date().isoformat(),
    ]


@bp.get("/calendar")
def calendar() -> ResponseReturnValue:
    """Show a month with the next steps and tasks of each day."""
    today = local(now()).date()
    year, _, month = request.args.get("month", "").partition("-")
    first = _first(whole_number(year), whole_number(month), today)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    start = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    days = queries.calendar(db.session, actor=current_actor(), first=start, last=end)
    return render_template(
        "deals/calendar.html",
        weeks=[days[at : at + 7] for at in range(0, len(days), 7)],
        first=first,
        today=today,
        before=(first - timedelta(days=1)).strftime("%Y-%m"),
        after=(last + timedelta(days=1)).strftime("%Y-%m"),
        title_of=title_of,
        views=_tabs(".calendar"),
    )


def _first(year: int, month: int, today: date) -> date:
    if FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12:  # noqa: PLR2004 — months of a year
        return date(year, month, 1)
    return today.replace(day=1)


@bp.get("/funnel")
def funnel() -> ResponseReturnValue:
    """Show how many deals reach each stage, and the median time there."""
    days = whole_number(request.args.get("days"))
    period = days if days in PERIODS else PERIODS[1]
    steps = measured(db.session, actor=current_actor(), since=now() - timedelta(days=period))
    if request.args.get("format") == "csv":
        return _funnel_file(steps)
    return render_template(
        "deals/funnel.html",
        steps=steps,
        period=period,
        periods=[(days, url_for(".funnel", days=days), days == period) for days in PERIODS],
        export=url_for(".funnel", days=period, format="csv"),
        views=_tabs(".funnel"),
    )


def _funnel_file(steps: list[Any]) -> Response:
    written = io.StringIO()
    rows = csv.writer(written)
    rows.writerow(("stage", "reached", "here_now", "share_percent", "median_days"))
    for step in steps:
        median = "" if step.median_days is None else f"{step.median_days:.1f}"
        rows.writerow(
            (gettext(step.stage.label), step.reached, step.here, step.share_percent, median)
        )
    response = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=funnel.csv"
    response.headers["Cache-Control"] = "private, no-store"
    return response
