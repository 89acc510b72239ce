"""Sending the form of a held time: checked, priced, then approval, payment or confirmation."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.bookings import pricing, rules
from marketplace.bookings.models import (
    Approval,
    Booking,
    BookingState,
    MemberRate,
    Qualification,
    RateKind,
    Resource,
    Slot,
    WaitState,
)
from marketplace.bookings.queries.resources import get_resource
from marketplace.bookings.rules import KeyReused, PriceChanged, TimeRanOut
from marketplace.bookings.services import paying, records
from marketplace.bookings.services.holding import require_numbers_of, require_takes_bookings
from marketplace.bookings.services.locks import lock_booking
from marketplace.bookings.times import day_of
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.pricing import Quote
    from marketplace.core.actor import Actor

TEXT_LIMIT, ANSWER_LIMIT = 2000, 2000


@dataclass(frozen=True, kw_only=True)
class Details:
    """What the form of a held booking says; ``expected_minor`` is the sum that the page showed."""

    purpose: str
    expected_minor: int
    answers: Mapping[str, str] = field(default_factory=dict)
    safety_accepted: bool = False
    project_account: str = ""
    voucher_number: str = ""
    samples: int | None = None

    @property
    def digest(self) -> str:
        """Tell this form from another that is sent for the same booking."""
        values = [
            self.purpose,
            sorted(self.answers.items()),
            self.safety_accepted,
            self.project_account,
            self.voucher_number,
            self.samples,
        ]
        return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def rate_of(
    session: Session, resource: Resource, organization_id: UUID, *, voucher: str, day: date
) -> RateKind:
    """Give the rate for an organization: a voucher's, a member's, or the standard one."""
    if voucher:
        return RateKind.VOUCHER
    member = session.scalar(
        select(MemberRate.id).where(
            MemberRate.facility_id == resource.facility_id,
            MemberRate.organization_id == organization_id,
            MemberRate.valid_until >= day,
        )
    )
    return RateKind.MEMBER if member else RateKind.STANDARD


def quote_for(
    session: Session,
    booking: Booking,
    resource: Resource,
    *,
    voucher: str = "",
    samples: int | None = None,
) -> Quote:
    """Price a booking by today's list for its organization."""
    slot = session.get(Slot, booking.slot_id) if booking.slot_id else None
    return pricing.quote(
        resource,
        resource.prices,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        slot=slot,
        places=booking.places,
        samples=samples or booking.samples,
        rate=rate_of(
            session,
            resource,
            booking.organization_id,
            voucher=voucher,
            day=day_of(booking.starts_at),
        ),
    )


def submit(
    session: Session, *, actor: Actor, booking_id: UUID, details: Details, now: datetime
) -> Booking:
    """Send a held booking. Sent again with the same words, it stays as it is.

    Raises PriceChanged with the new sum, TimeRanOut after the hold, KeyReused for other words,
    RuleBroken naming the field for what is missing.
    """
    booking = lock_booking(session, booking_id, actor=actor)
    if booking.submitted_at is not None:
        if booking.submit_digest != details.digest:
            raise KeyReused
        return booking
    if booking.state is BookingState.EXPIRED or rules.has_run_out(booking, now):
        raise TimeRanOut
    if booking.state is not BookingState.HELD:
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=booking.state.label
        )
    resource = get_resource(session, booking.resource_id, actor=actor)
    require_takes_bookings(resource)
    rules.require_future(booking.starts_at, booking.ends_at, now)
    require_details(resource, details)
    require_qualified(session, resource, booking)
    require_numbers_of(booking.places, details.samples)
    found = quote_for(
        session, booking, resource, voucher=details.voucher_number, samples=details.samples
    )
    if found.total_minor != details.expected_minor:
        raise PriceChanged(found.total_minor)
    _keep(booking, resource, details, found, now)
    records.close_offer(session, booking, to=WaitState.TAKEN)
    if resource.approval is Approval.BY_APPROVAL:
        deadline = rules.request_deadline(resource, starts_at=booking.starts_at, now=now)
        records.step(booking, "request", now=now, deadline_at=deadline)
        records.note(
            session,
            booking=booking,
            event="request",
            topic="booking.requested",
            actor=actor,
            now=now,
            total_minor=booking.total_minor,
        )
        return booking
    records.step(booking, "reserve", now=now, deadline_at=rules.payment_deadline(resource, now=now))
    records.note(
        session,
        booking=booking,
        event="reserve",
        topic="booking.reserved",
        actor=actor,
        now=now,
        total_minor=booking.total_minor,
    )
    paying.ask_for_payment(session, actor=actor, booking=booking, resource=resource, now=now)
    return booking


def _keep(
    booking: Booking, resource: Resource, details: Details, found: Quote, now: datetime
) -> None:
    booking.purpose = details.purpose
    booking.answers = [
        {
            "key": row["key"],
            "text": row["text"],
            "text_en": row.get("text_en", ""),
            "answer": details.answers.get(row["key"], ""),
        }
        for row in resource.questions
    ]
    booking.project_account = details.project_account
    booking.voucher_number = details.voucher_number
    booking.samples = details.samples or booking.samples
    booking.safety_accepted_at = now if details.safety_accepted else None
    booking.rate = found.rate
    booking.price_minor, booking.deposit_minor = found.price_minor, found.deposit_minor
    booking.price_detail = found.detail()
    booking.free_cancel_hours = resource.free_cancel_hours
    booking.late_fee_percent = resource.late_fee_percent
    booking.submitted_at = now
    booking.submit_digest = details.digest


def require_details(resource: Resource, details: Details) -> None:
    """Refuse a form in which something that the resource asks for is missing."""
    if not details.purpose:
        raise RuleBroken(N_("Say what you want to do."), field="purpose")
    if len(details.purpose) > TEXT_LIMIT:
        raise RuleBroken(
            N_("The text has more than %(count)s characters."), field="purpose", count=TEXT_LIMIT
        )
    for number, row in enumerate(resource.questions):
        answer = details.answers.get(row["key"], "")
        if row.get("required") and not answer:
            raise RuleBroken(N_("The operator needs an answer here."), field=f"answer_{number}")
        if len(answer) > ANSWER_LIMIT:
            raise RuleBroken(
                N_("The text has more than %(count)s characters."),
                field=f"answer_{number}",
                count=ANSWER_LIMIT,
            )
    if resource.needs_project and not details.project_account:
        raise RuleBroken(N_("Name the project account that is billed."), field="project_account")
    if resource.safety_statement and not details.safety_accepted:
        raise RuleBroken(
            N_("Confirm that you have read the safety statement."), field="safety_accepted"
        )


def is_qualified(session: Session, resource: Resource, person_id: UUID, day: date) -> bool:
    """Whether the person may use the resource on a day."""
    if not resource.needs_qualification:
        return True
    found = session.scalar(
        select(Qualification).where(
            Qualification.resource_id == resource.id, Qualification.person_id == person_id
        )
    )
    return found is not None and found.holds_on(day)


def require_qualified(session: Session, resource: Resource, booking: Booking) -> None:
    """Refuse a booking of a person without the qualification for its day."""
    if not is_qualified(session, resource, booking.person_id, day_of(booking.ends_at)):
        raise RuleBroken(
            N_(
                "The person who comes needs the operator's qualification for this resource on "
                "that day. Ask for it on the resource's page."
            )
        )
