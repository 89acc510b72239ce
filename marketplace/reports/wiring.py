"""Puts uses, reports, proofs and ratings on the pages of bookings, facilities and listings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, url_for

from marketplace.bookings import permissions as booking_permissions
from marketplace.bookings import rules
from marketplace.bookings.models import Booking, BookingState
from marketplace.bookings.settings import EARLY_MINUTES
from marketplace.codes.rules import number
from marketplace.core.messages import N_
from marketplace.papers import registry
from marketplace.papers.models import PaperKind
from marketplace.reports import queries
from marketplace.reports.models import ReportState
from marketplace.reports.services import reports
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.panels import fill
from marketplace.web.queues import register_queue

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.facilities.models import Facility
    from marketplace.listings.models import Listing

#: Ratings shown on a facility's page.
RATINGS = 5


def of_booking(booking: Booking, actor: Actor) -> str | None:
    """Show the record of use and the report on the booking's page."""
    use = queries.use_of(db.session, booking.id)
    report = queries.report_of(db.session, booking.id)
    if use is None and report is None:
        return None
    return render_template(
        "reports/_booking.html",
        booking=booking,
        use=use,
        report=report,
        is_user=booking_permissions.may_use(actor, booking),
        is_operator=booking_permissions.may_operate(actor, booking.provider_id),
    )


def _may_begin_at(booking: Booking, minutes: int) -> datetime:
    """Give the earliest moment at which the use may begin, with the user's word if it is given."""
    opens = rules.opens_at(booking, minutes)
    return min(opens, booking.early_from or opens)


def steps_of_booking(booking: Booking, actor: Actor) -> str | None:
    """Offer the next steps of a use to the side whose they are."""
    operates = booking_permissions.may_operate(actor, booking.provider_id)
    uses = booking_permissions.may_use(actor, booking)
    report = queries.report_of(db.session, booking.id)
    minutes = number(db.session, EARLY_MINUTES)
    waits = operates and booking.state is BookingState.CONFIRMED
    ready = _may_begin_at(booking, minutes) <= now()
    return render_template(
        "reports/_steps.html",
        booking=booking,
        report=report,
        operates=operates,
        may_begin=waits and ready,
        begins_at=rules.opens_at(booking, minutes) if waits and not ready else None,
        may_miss=operates
        and booking.state is BookingState.CONFIRMED
        and now() >= booking.starts_at,
        may_record=operates
        and (booking.state is BookingState.IN_SERVICE or (waits and booking.starts_at <= now())),
        may_report=operates
        and booking.state in reports.REPORTED
        and (report is None or report.state is ReportState.DRAFT),
        may_rate=uses
        and booking.state is BookingState.COMPLETED
        and queries.rating_of(db.session, booking.id) is None,
    )


def ratings_of(facility: Facility, _actor: Actor) -> str | None:
    """Show what users say of a facility."""
    stars = queries.stars_of(db.session, facility.id)
    if not stars.count:
        return None
    rows = queries.list_ratings(db.session, facility.id, most=RATINGS)
    return render_template("reports/_ratings.html", stars=stars, rows=rows)


def management_of(facility: Facility, actor: Actor) -> str | None:
    """Lead the operator to the board of use."""
    if not booking_permissions.may_operate(actor, facility.organization_id):
        return None
    return render_template("reports/_manage.html", facility=facility)


def proofs_of(listing: Listing, _actor: Actor) -> str | None:
    """Show everybody which levels were proven by reports that reviewers accepted."""
    proofs = queries.accepted_proofs(db.session, listing.id)
    return render_template("reports/_proofs.html", proofs=proofs) if proofs else None


def _may_see(session: Session, actor: Actor, report_id: UUID) -> bool:
    return queries.is_readable(session, report_id, actor=actor)


def install(_app: Flask) -> None:
    """Fill the places, say who reads and signs reports, and open the reviewers' queue."""
    fill("booking.show", of_booking)
    fill("booking.steps", steps_of_booking)
    fill("facility.rating", ratings_of)
    fill("facility.manage", management_of)
    fill("listing.show", proofs_of)
    registry.register(
        PaperKind.REPORT,
        object_kind=reports.OBJECT_KIND,
        may_see=_may_see,
        signed=reports.signed,
        address=lambda report_id: url_for("reports.show", report_id=report_id),
    )
    register_queue(
        "proofs",
        N_("Test reports to judge"),
        count=lambda session, _actor: queries.count_waiting_proofs(session),
        endpoint="reports.proofs_waiting",
    )
