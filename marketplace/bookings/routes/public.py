"""What everybody may look at: a resource's calendar, and secret calendar addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response, render_template
from flask_babel import force_locale

from marketplace.accounts.models import User
from marketplace.accounts.queries import actor_of
from marketplace.bookings import calendar, ics, permissions, times
from marketplace.bookings.models import ResourceMode
from marketplace.bookings.queries import bookings as find
from marketplace.bookings.queries import resources as find_resources
from marketplace.bookings.queries import sheet as sheets
from marketplace.bookings.routes.blueprint import bp, carried_listing, shown_day, shown_view
from marketplace.bookings.services.people import token_hash
from marketplace.core.errors import NotFound
from marketplace.facilities.models import Facility
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db, limiter
from marketplace.web.languages import LOCALES

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue


@bp.get("/resources/<uuid:resource_id>")
@public
def resource(resource_id: UUID) -> ResponseReturnValue:
    """Show a resource's calendar, prices and rules."""
    actor, moment = current_actor(), now()
    found = find_resources.get_resource(db.session, resource_id, actor=actor)
    hours = find_resources.opening(db.session, found.facility)
    view, on = shown_view(), shown_day()
    first, last = calendar.span_of(view, on)
    days = calendar.days(db.session, found, hours, first=first, last=last, now=moment)
    if view == "week":
        # Days that are over take the room of those that can be booked, on phones above all.
        days = [day for day in days if day.on >= times.day_of(moment)] or days
    earlier, later = calendar.beside(view, on)
    qualification = (
        None if actor.is_visitor else find.my_qualification(db.session, resource_id, actor=actor)
    )
    listing = carried_listing()
    return render_template(
        "bookings/resource.html",
        listing=listing,
        carry={"listing": listing.id} if listing else {},
        resource=found,
        view=view,
        on=on,
        today=times.day_of(moment),
        days=days,
        rows=calendar.times(days),
        earlier=earlier,
        later=later,
        is_free=found.mode is ResourceMode.FREE,
        may_book=bool(permissions.booking_organizations(actor, found)),
        may_operate=permissions.may_operate(actor, found.organization_id),
        qualification=qualification,
    )


@bp.get("/calendars/<token>.ics")
@public
@limiter.limit("60 per minute")
def feed(token: str) -> ResponseReturnValue:
    """Give the calendar behind a secret address; who lost the right sees no more of it."""
    found = find.find_feed(db.session, token_hash(token))
    if found is None:
        raise NotFound
    moment = now()
    maker = db.session.get_one(User, found.made_by)
    actor = actor_of(db.session, maker, at=moment)
    facility = db.session.get(Facility, found.facility_id) if found.facility_id else None
    if not maker.is_open or (
        facility is not None and not permissions.may_operate(actor, facility.organization_id)
    ):
        raise NotFound
    rows = sheets.feed_bookings(
        db.session,
        person_id=found.person_id,
        facility_id=found.facility_id,
        since=moment - 30 * times.DAY,
    )
    shown = [row for row in rows if permissions.may_see(actor, row)]
    name = "汉桥" if facility is None else facility.name
    with force_locale(LOCALES[found.language]):
        body = ics.calendar_of(
            shown,
            name=name,
            language=found.language,
            of_operator=facility is not None,
            now=moment,
        )
    answer = make_response(body)
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = 'attachment; filename="hanqiao.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
