"""Booking the same time every week."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import UUID

from flask import render_template, url_for

from marketplace.bookings import permissions
from marketplace.bookings.forms.booking import SeriesForm, named, with_questions
from marketplace.bookings.models import PriceUnit
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.routes.blueprint import bp, organizations
from marketplace.bookings.services.series import SeriesWish, book_series
from marketplace.core.errors import RuleBroken
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.route("/resources/<uuid:resource_id>/series", methods=["GET", "POST"])
def book_weekly(resource_id: UUID) -> ResponseReturnValue:
    """Book every date of a weekly rule that can be had."""
    actor = current_actor()
    resource = find_resources.get_resource(db.session, resource_id, actor=actor)
    own = permissions.booking_organizations(actor, resource)
    if not own:
        return render_template("bookings/book_first.html", resource=resource)
    form: SeriesForm = with_questions(SeriesForm, resource, current_language())()
    form.organization_id.choices = named(organizations(own))
    if not form.is_submitted():
        form.key.data = secrets.token_hex(16)
    if form.accepted():
        try:
            series = book_series(
                db.session,
                actor=actor,
                wish=SeriesWish(
                    resource_id=resource_id,
                    organization_id=UUID(form.organization_id.data),
                    rule=form.to_rule(),
                    details=form.to_details(resource),
                    places=1 if form.places.data is None else form.places.data,
                    samples=form.samples.data,
                ),
                key=str(form.key.data or ""),
                now=now(),
            )
        except RuleBroken as broken:
            form.reject(broken)
        else:
            return see_other(url_for(".series", series_id=series.id))
    return form_page(
        "bookings/book_weekly.html",
        form,
        resource=resource,
        questions=form.question_fields(resource),
        by_sample=resource.price_unit is PriceUnit.SAMPLE,
        has_voucher_rate=any(row.rate.value == "voucher" for row in resource.prices),
    )


@bp.get("/booking-series/<uuid:series_id>")
def series(series_id: UUID) -> ResponseReturnValue:
    """Show what became of each date of a series."""
    found = find.get_series(db.session, series_id, actor=current_actor())
    return render_template(
        "bookings/series.html",
        series=found,
        bookings=find.bookings_of_series(db.session, series_id),
    )
