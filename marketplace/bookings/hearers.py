"""What bookings do by themselves, and whom their facts concern."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app

from marketplace.accounts.models import User
from marketplace.bookings.models import (
    Booking,
    BookingState,
    Qualification,
    QualificationState,
    Resource,
)
from marketplace.bookings.permissions import OPERATORS
from marketplace.bookings.queries.outside import facilities_booked_on as booked_on
from marketplace.bookings.services import ending, outside, suspending
from marketplace.bookings.times import local_text
from marketplace.core.messages import N_
from marketplace.facilities.models import Facility
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.telling import tell_people
from marketplace.organizations.models import Organization
from marketplace.payments.models import Payment, Purpose

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work

_GROUP = NoticeGroup.BOOKINGS


def _topics(*rows: tuple[str, str]) -> dict[str, Topic]:
    return {key: Topic(key, _GROUP, message) for key, message in rows}


#: Fact → what the person who comes is told.
TO_USER = _topics(
    (
        "booking.reserved",
        N_("%(resource)s on %(when)s is kept for you. Pay until %(until)s."),
    ),
    ("booking.approved", N_("Your request for %(resource)s on %(when)s is approved.")),
    (
        "booking.rejected",
        N_("Your request for %(resource)s on %(when)s was declined: %(reason)s"),
    ),
    ("booking.proposed", N_("The operator of %(resource)s proposes another time than %(when)s.")),
    ("booking.confirmed", N_("Your booking of %(resource)s on %(when)s is confirmed.")),
    (
        "booking.expired",
        N_("The time ran out: your booking of %(resource)s on %(when)s has ended."),
    ),
    (
        "booking.called_off",
        N_("The operator called off your booking of %(resource)s on %(when)s: %(reason)s"),
    ),
    (
        "booking.revived",
        N_(
            "Your payment came late, but the place was still free: %(resource)s on %(when)s is "
            "confirmed."
        ),
    ),
    (
        "booking.offered",
        N_("A place became free: %(resource)s on %(when)s is kept for you until %(until)s."),
    ),
    ("booking.handed_over", N_("A colleague handed %(resource)s on %(when)s over to you.")),
    ("booking.no_show", N_("Nobody came to %(resource)s on %(when)s, says the operator.")),
)
#: Fact → what the operator's people are told.
TO_OPERATOR = _topics(
    ("booking.requested", N_("%(organization)s asks for %(resource)s on %(when)s.")),
    ("booking.confirmed", N_("%(organization)s comes to %(resource)s on %(when)s.")),
    ("booking.cancelled", N_("%(organization)s cancelled %(resource)s on %(when)s.")),
    ("booking.moved", N_("%(organization)s moved its booking of %(resource)s to %(when)s.")),
    (
        "booking.proposal_declined",
        N_("%(organization)s keeps its time for %(resource)s: %(when)s."),
    ),
    (
        "booking.revived",
        N_("A late payment came: %(organization)s has %(resource)s on %(when)s after all."),
    ),
    (
        "booking.early",
        N_("%(organization)s can come earlier: %(resource)s, booked for %(when)s."),
    ),
    (
        "booking.handed_over",
        N_("Somebody else of %(organization)s comes to %(resource)s: %(when)s."),
    ),
)
NOT_HONORED_USER = Topic(
    "booking.late_user",
    _GROUP,
    N_(
        "Your payment for %(resource)s on %(when)s came after the place was gone. It goes back in "
        "full."
    ),
)
NOT_HONORED_OPERATOR = Topic(
    "booking.late_operator",
    _GROUP,
    N_(
        "A payment of %(organization)s for %(resource)s on %(when)s came after the place was gone. "
        "It goes back in full."
    ),
)
OPERATOR_SUSPENDED = Topic(
    "booking.operator_suspended",
    _GROUP,
    N_(
        "The operator of %(resource)s is suspended. Your booking on %(when)s stands for now; you "
        "may cancel it without cost."
    ),
)
FACILITY_SUSPENDED = Topic(
    "booking.facility_suspended",
    _GROUP,
    N_(
        "The facility of %(resource)s is suspended. Your booking on %(when)s stands for now; you "
        "may cancel it without cost."
    ),
)
HOURS_CHANGED = Topic(
    "booking.hours_changed",
    _GROUP,
    N_(
        "The opening hours of %(facility)s changed: your booking of %(resource)s on %(when)s lies "
        "outside them now. It stands; you may move it, or cancel without cost."
    ),
)
HOURS_FIT = Topic(
    "booking.hours_fit",
    _GROUP,
    N_("%(facility)s is open again at the time of your booking of %(resource)s on %(when)s."),
)
QUALIFICATION_ASKED = Topic(
    "qualification.asked", _GROUP, N_("%(person)s asks to be qualified for %(resource)s.")
)
QUALIFICATION_GRANTED = Topic(
    "qualification.granted", _GROUP, N_("You are qualified for %(resource)s until %(until)s.")
)
QUALIFICATION_ENDED = Topic(
    "qualification.ended",
    _GROUP,
    N_("You are not, or no longer, qualified for %(resource)s: %(reason)s"),
)


def path(endpoint: str, **values: Any) -> str:  # noqa: ANN401 — address parts
    """Give the path of a page on this site, without language."""
    return current_app.url_map.bind("").build(endpoint, values)


def _values(work: Work, booking: Booking) -> dict[str, Any]:
    resource = work.session.get_one(Resource, booking.resource_id)
    organization = work.session.get_one(Organization, booking.organization_id)
    return {
        "resource": both(resource.name, resource.name_en),
        "organization": both(organization.name, organization.name_en),
        "when": local_text(booking.starts_at),
        "until": local_text(booking.deadline_at) if booking.deadline_at else "",
        "reason": booking.end_reason,
    }


def operators(work: Work, organization_id: UUID) -> list[UUID]:
    """Give the people who run an operator's bookings."""
    return members_of(work.session, [organization_id], now=work.now, roles=OPERATORS)


def tell_of_booking(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """Tell the two sides what concerns them."""
    booking = work.session.get(Booking, UUID(id))
    if booking is None:
        return
    values = _values(work, booking)
    key = f"{booking.id}:{booking.version}"
    # A request that ran out before it was sent concerns nobody.
    if fact == "booking.expired" and booking.submitted_at is None:
        return
    link = path("bookings.show", booking_id=booking.id)
    if fact in TO_USER:
        tell_people(work, [booking.person_id], TO_USER[fact], key, values, link)
    if fact in TO_OPERATOR:
        people = operators(work, booking.provider_id)
        topic = TO_OPERATOR[fact]
        tell_people(
            work, people, Topic(f"{topic.key}.operator", _GROUP, topic.message), key, values, link
        )


def tell_of_late_payment(work: Work, *, payment_id: str, **_rest: object) -> None:
    """Tell both sides that money came too late and goes back."""
    payment = work.session.get(Payment, UUID(payment_id))
    if payment is None or payment.purpose is not Purpose.BOOKING:
        return
    booking = work.session.get(Booking, payment.purpose_id)
    if booking is None:
        return
    values, link = _values(work, booking), path("bookings.show", booking_id=booking.id)
    key = str(payment.id)
    tell_people(work, [booking.person_id], NOT_HONORED_USER, key, values, link)
    people = operators(work, booking.provider_id)
    tell_people(work, people, NOT_HONORED_OPERATOR, key, values, link)


def tell_of_qualification(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the operator of a question, or the person of the decision."""
    row = work.session.get(Qualification, UUID(id))
    if row is None:
        return
    resource = work.session.get_one(Resource, row.resource_id)
    values: dict[str, Any] = {
        "resource": both(resource.name, resource.name_en),
        "until": row.valid_until.isoformat() if row.valid_until else "",
        "reason": row.note,
    }
    key = f"{row.id}:{row.version}"
    if row.state is QualificationState.ASKED:
        values["person"] = work.session.get_one(User, row.person_id).name
        tell_people(
            work,
            operators(work, resource.organization_id),
            QUALIFICATION_ASKED,
            key,
            values,
            path("bookings.qualifications", resource_id=resource.id),
        )
        return
    granted = row.state is QualificationState.GRANTED
    tell_people(
        work,
        [row.person_id],
        QUALIFICATION_GRANTED if granted else QUALIFICATION_ENDED,
        key,
        values,
        path("bookings.resource", resource_id=resource.id),
    )


def sweep(work: Work) -> None:
    """End holds, requests and unpaid bookings whose time ran out."""
    ending.sweep(work.session, now=work.now)


def follow_operator(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Call off what is not paid yet at a suspended operator; tell those whose bookings stand."""
    for booking in suspending.follow(work.session, organization_id=UUID(id), now=work.now):
        if booking.state is BookingState.CONFIRMED:
            tell_people(
                work,
                [booking.person_id],
                OPERATOR_SUSPENDED,
                str(booking.id),
                _values(work, booking),
                path("bookings.show", booking_id=booking.id),
            )


def follow_facility(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Do the same at a suspended facility."""
    for booking in suspending.follow_facility(work.session, facility_id=UUID(id), now=work.now):
        if booking.state is BookingState.CONFIRMED:
            tell_people(
                work,
                [booking.person_id],
                FACILITY_SUSPENDED,
                str(booking.id),
                _values(work, booking),
                path("bookings.show", booking_id=booking.id),
            )


def follow_hours(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Tell the users whom changed opening hours shut out, and those whom they let in again."""
    shut, back = outside.follow(work.session, facility_id=UUID(id), now=work.now)
    for topic, bookings in ((HOURS_CHANGED, shut), (HOURS_FIT, back)):
        for booking in bookings:
            resource = work.session.get_one(Resource, booking.resource_id)
            facility = work.session.get_one(Facility, resource.facility_id)
            tell_people(
                work,
                [booking.person_id],
                topic,
                f"{booking.id}:{booking.version}",
                {**_values(work, booking), "facility": both(facility.name, facility.name_en)},
                path("bookings.show", booking_id=booking.id),
            )


def follow_holiday(work: Work, *, on: str, **_facts: object) -> None:
    """Look at every facility that expects somebody on a day whose holiday changed."""
    for facility_id in booked_on(work.session, date.fromisoformat(on)):
        follow_hours(work, id=str(facility_id))


_FACTS = sorted({*TO_USER, *TO_OPERATOR})
HEARERS: dict[str, Hearer] = {
    **{f"bookings.tell.{fact}": partial(tell_of_booking, fact) for fact in _FACTS},
    "bookings.late_payment": tell_of_late_payment,
    "bookings.tell.qualification": tell_of_qualification,
    "bookings.sweep": sweep,
    "bookings.follow_operator": follow_operator,
    "bookings.follow_facility": follow_facility,
    "bookings.follow_hours": follow_hours,
    "bookings.follow_holiday": follow_holiday,
}
HEARS: dict[str, tuple[str, ...]] = {
    **{fact: (f"bookings.tell.{fact}",) for fact in _FACTS},
    "booking.started": (),
    "booking.completed": (),
    "booking.not_early": (),
    "facility.hours_changed": ("bookings.follow_hours",),
    "facility.suspended": ("bookings.follow_facility",),
    "holidays.changed": ("bookings.follow_holiday",),
    "payment.not_honored": ("bookings.late_payment",),
    "qualification.asked": ("bookings.tell.qualification",),
    "qualification.decided": ("bookings.tell.qualification",),
    "organization.changed": ("bookings.follow_operator",),
}
PERIODIC = {"bookings.sweep": "* * * * *"}
