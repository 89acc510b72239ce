"""The table of holidays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, request, url_for
from flask_babel import gettext

from marketplace.administration.forms import HolidayForm
from marketplace.administration.routes.blueprint import ADMINISTRATORS, bp
from marketplace.codes import services
from marketplace.codes.models import HolidayKind
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.pages import form_page, see_other
from marketplace.web.templating import local

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.route("/holidays", methods=["GET", "POST"])
@ADMINISTRATORS
def holidays() -> ResponseReturnValue:
    """Show the days of a year and add one."""
    form = HolidayForm()
    day = form.on.data if form.accepted() else None
    if day is None:
        return _page(form)
    try:
        holiday = services.add_holiday(
            db.session,
            actor=current_actor(),
            on=day,
            kind=HolidayKind(text(form.kind)),
            name=text(form.name),
            source=text(form.source),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return _page(form)
    flash(gettext("The day is in the table."))
    return see_other(url_for(".holidays", year=holiday.on.year))


@bp.post("/holidays/<uuid:holiday_id>/remove")
@ADMINISTRATORS
def remove_holiday(holiday_id: UUID) -> ResponseReturnValue:
    """Take a day out of the table."""
    day = services.remove_holiday(
        db.session, actor=current_actor(), holiday_id=holiday_id, now=now()
    )
    flash(gettext("The day is out of the table."))
    return see_other(url_for(".holidays", year=day.year))


def _page(form: HolidayForm) -> ResponseReturnValue:
    this_year = local(now()).year
    asked = request.args.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else this_year  # noqa: PLR2004 — digits of a year
    years = sorted({*services.list_years(db.session), this_year, year})
    return form_page(
        "administration/holidays.html",
        form,
        year=year,
        year_tabs=[(str(each), url_for(".holidays", year=each), each == year) for each in years],
        days=services.list_holidays(db.session, year),
    )
