"""The page of a facility, its photos and its history."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import render_template, send_file

from marketplace.codes.holidays import load_table
from marketplace.core.errors import NotFound
from marketplace.facilities import opening, permissions, queries
from marketplace.facilities.content import public_content
from marketplace.facilities.models import FacilityStatus, PilotService, VerificationKind
from marketplace.facilities.routes.blueprint import bp, wording
from marketplace.facilities.routes.editing import PAGES
from marketplace.facilities.rules import is_application, steps_served
from marketplace.facilities.services.files import may_open_photo
from marketplace.facilities.services.reviews import today_of
from marketplace.facilities.sheet import certificates_of, localized
from marketplace.facilities.wording import WEEKDAYS, amount_of
from marketplace.files.forms import store
from marketplace.web.access import current_actor, public
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.facilities.opening import Closed, Plan

#: Days for which the page says when it is open.
DAYS_SHOWN = 14


@bp.get("/facilities/<uuid:facility_id>")
@public
def show(facility_id: UUID) -> ResponseReturnValue:
    """Show a facility: facts first, then capability, instruments, hours, people."""
    actor = current_actor()
    language = current_language()
    try:
        facility = queries.get_facility(db.session, facility_id, actor=actor)
    except NotFound:
        gone = queries.find_gone(db.session, facility_id)
        if gone is None:
            raise
        return render_template("facilities/gone.html", facility=gone), 410
    organization = facility.organization
    plan = opening.plan_of(facility)
    today = today_of(now())
    return render_template(
        "facilities/show.html",
        facility=facility,
        organization=organization,
        local=localized(facility, language),
        words=wording(),
        can=permissions.steps_for(actor, facility, queries.districts_of(db.session, actor)),
        is_own=actor.is_member(facility.organization_id),
        is_shown=permissions.is_shown(facility.status, organization.status),
        applies=is_application(facility.filing_level, facility.filing_number),
        may_ask=permissions.may_ask(actor, facility, organization),
        contact_shown=permissions.may_see_contact(actor, facility),
        sees_history=permissions.may_see_history(actor, facility),
        instruments=[one for one in facility.instruments if one.retired_at is None],
        certificates=certificates_of(facility.certificates, today),
        services=[one for one in PilotService if one.value in facility.services],
        verifications=[one for one in VerificationKind if one.value in facility.verifications],
        steps=steps_served(facility.trl_from, facility.trl_to),
        amount_of=amount_of,
        week=opening.week_lines(plan),
        weekdays=WEEKDAYS,
        today=today,
        closed_days=_closed_days(plan, today),
    )


def _closed_days(plan: Plan, today: date) -> list[tuple[date, Closed, str]]:
    """Give the days of the next fortnight that are closed though the week says open."""
    holidays = load_table(db.session)
    found: list[tuple[date, Closed, str]] = []
    for number in range(DAYS_SHOWN):
        day = today + timedelta(days=number)
        why = plan.why_closed(day, holidays)
        if why is not None and why is not opening.Closed.WEEKLY:
            closure = plan.closure_on(day)
            found.append((day, why, closure.reason if closure else ""))
    return found


@bp.get("/facilities/<uuid:facility_id>/photos/<uuid:attachment_id>")
@public
def photo(facility_id: UUID, attachment_id: UUID) -> ResponseReturnValue:
    """Send a photo of the reviewed text, or to its operator and reviewers any."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    files = queries.list_files(db.session, facility_id, purpose="photo")
    file = next((one for one in files if one.id == attachment_id), None)
    if file is None or not may_open_photo(actor, facility, attachment_id):
        raise NotFound
    path = store().path(file.sha256)
    if not path.is_file():
        raise NotFound
    response = send_file(path, mimetype=file.media_type, etag=file.sha256, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = (
        "public, max-age=3600" if actor.is_visitor else "private, max-age=3600"
    )
    return response


@bp.get("/facilities/<uuid:facility_id>/history")
def history(facility_id: UUID) -> ResponseReturnValue:
    """Show the reviewed texts, each compared with the one before it."""
    actor = current_actor()
    facility = queries.get_facility(db.session, facility_id, actor=actor)
    if not permissions.may_see_history(actor, facility):
        raise NotFound
    unread = facility.status in (FacilityStatus.DRAFT, FacilityStatus.UNDER_REVIEW)
    return PAGES.history(facility, current=None if unread else public_content(facility))
