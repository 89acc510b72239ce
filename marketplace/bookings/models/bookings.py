"""Bookings, what happened to them, and series of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.accounts.models import User
from marketplace.bookings.models.resources import RateKind, Resource, Slot
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.organizations.models import Organization


class BookingState(LabelledEnum):
    """How far a booking has come; the steps between stand in ``rules.LIFECYCLE``."""

    HELD = "held", N_("Held for you")
    PENDING_APPROVAL = "pending_approval", N_("Waits for approval")
    AWAITING_PAYMENT = "awaiting_payment", N_("Waits for payment")
    CONFIRMED = "confirmed", N_("Confirmed")
    IN_SERVICE = "in_service", N_("In use")
    COMPLETED = "completed", N_("Completed")
    EXPIRED = "expired", N_("Time ran out")
    REJECTED = "rejected", N_("Request declined")
    CANCELLED_BY_BUYER = "cancelled_by_buyer", N_("Cancelled by the user")
    CANCELLED_BY_PROVIDER = "cancelled_by_provider", N_("Cancelled by the operator")
    NO_SHOW = "no_show", N_("Nobody came")


#: States that end by themselves at ``deadline_at``.
TIMED = (BookingState.HELD, BookingState.PENDING_APPROVAL, BookingState.AWAITING_PAYMENT)
#: States that may have run out without anybody having written it down; no money is on its way.
LOOSE = (BookingState.HELD, BookingState.PENDING_APPROVAL)
#: States in which a booking takes capacity.
COUNTING = (*TIMED, BookingState.CONFIRMED, BookingState.IN_SERVICE)
ENDS = tuple(state for state in BookingState if state not in COUNTING)
_ENDS = ", ".join(f"'{state.value}'" for state in ENDS)
_TIMED = ", ".join(f"'{state.value}'" for state in TIMED)


class BookingSeries(Entity, Model):
    """Bookings of one weekly rule; ``results`` says for each date what became of it.

    ``rule`` is {"weekdays" 1–7, "starts", "ends" "HH:MM", "first_on", "last_on"}; rows of
    ``results`` are {"on", "booking_id" or None, "reason", "values"}.
    """

    __tablename__ = "booking_series"
    __table_args__ = (
        UniqueConstraint("person_id", "idempotency_key", name="one_series_per_key"),
        Index(None, "organization_id"),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    rule: Mapped[dict[str, Any]]
    results: Mapped[list[dict[str, Any]]]
    idempotency_key: Mapped[str] = mapped_column(String(64))
    request_digest: Mapped[str] = mapped_column(String(64), repr=False)

    resource: Mapped[Resource] = relationship(init=False, lazy="raise", viewonly=True)


class Booking(Entity, Model):
    """A time of a resource for an organization, with the price and rules of the moment it was sent.

    ``deadline_at`` is when the present state ends by itself. Money is fen.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="booking_ends_after_its_start"),
        CheckConstraint("places BETWEEN 1 AND 1000", name="booking_takes_places"),
        CheckConstraint("samples BETWEEN 1 AND 100000", name="booking_samples_in_range"),
        CheckConstraint(
            "price_minor BETWEEN 0 AND 10000000000000 AND deposit_minor >= 0",
            name="booking_price_in_range",
        ),
        CheckConstraint(
            "fee_minor >= 0 AND fee_minor <= price_minor", name="booking_fee_within_price"
        ),
        CheckConstraint(f"(state IN ({_ENDS})) = (ended_at IS NOT NULL)", name="ended_is_dated"),
        CheckConstraint(
            f"(state IN ({_TIMED})) = (deadline_at IS NOT NULL)", name="waiting_has_a_deadline"
        ),
        CheckConstraint(
            "state NOT IN ('rejected', 'cancelled_by_provider') OR end_reason <> ''",
            name="refusal_has_a_reason",
        ),
        CheckConstraint(
            "(proposed_starts_at IS NULL) = (proposed_ends_at IS NULL)"
            " AND (proposed_starts_at IS NULL OR proposed_starts_at < proposed_ends_at)",
            name="proposal_is_a_time",
        ),
        CheckConstraint("early_from < starts_at", name="early_is_before_the_start"),
        UniqueConstraint("person_id", "idempotency_key", name="one_booking_per_key"),
        Index(None, "resource_id", "starts_at"),
        Index(None, "organization_id", "starts_at"),
        Index(None, "person_id", "starts_at"),
        Index(None, "slot_id", postgresql_where=text("slot_id IS NOT NULL")),
        Index(None, "series_id", postgresql_where=text("series_id IS NOT NULL")),
        Index("booking_deadlines", "deadline_at", postgresql_where=text("deadline_at IS NOT NULL")),
        Index(
            "booking_requests",
            "provider_id",
            "deadline_at",
            postgresql_where=text("state = 'pending_approval'"),
        ),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    #: Whose facility it is, and who uses it.
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: Who comes, and is told; handing over changes it.
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(String(64))
    request_digest: Mapped[str] = mapped_column(String(64), repr=False)
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"), default=None)
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking_series.id"), default=None)
    state: Mapped[BookingState] = mapped_column(default=BookingState.HELD)
    deadline_at: Mapped[datetime | None] = mapped_column(default=None)
    places: Mapped[int] = mapped_column(default=1)
    samples: Mapped[int | None] = mapped_column(default=None)
    purpose: Mapped[str] = mapped_column(default="")
    #: Rows of {"key", "text", "text_en", "answer"} as they were asked.
    answers: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    project_account: Mapped[str] = mapped_column(String(80), default="")
    safety_accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    #: The listing whose readiness the use is meant to raise.
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"), default=None)
    rate: Mapped[RateKind] = mapped_column(default=RateKind.STANDARD)
    voucher_number: Mapped[str] = mapped_column(String(60), default="")
    price_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    deposit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    #: {"unit", "quantity", "unit_minor", "rate"}: how the price came about.
    price_detail: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    free_cancel_hours: Mapped[int] = mapped_column(default=0)
    late_fee_percent: Mapped[int] = mapped_column(default=0)
    #: What a cancellation or no-show cost.
    fee_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    submit_digest: Mapped[str] = mapped_column(String(64), default="", repr=False)
    approved_at: Mapped[datetime | None] = mapped_column(default=None)
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    confirmed_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    end_reason: Mapped[str] = mapped_column(default="")
    proposed_slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"), default=None)
    proposed_starts_at: Mapped[datetime | None] = mapped_column(default=None)
    proposed_ends_at: Mapped[datetime | None] = mapped_column(default=None)
    proposal_note: Mapped[str] = mapped_column(default="")
    #: From when on the user's side lets the use begin before the booked time.
    early_from: Mapped[datetime | None] = mapped_column(default=None)
    #: Since when the booking lies outside opening hours that were changed under it.
    outside_since: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    resource: Mapped[Resource] = relationship(init=False, lazy="raise", viewonly=True)
    slot: Mapped[Slot | None] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[slot_id]
    )
    organization: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[organization_id]
    )
    person: Mapped[User] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[person_id]
    )

    @property
    def reference(self) -> str:
        """The short name that people say on the phone."""
        return self.id.hex[:8].upper()

    @property
    def total_minor(self) -> int:
        """What is paid: price and deposit."""
        return self.price_minor + self.deposit_minor

    @property
    def counts(self) -> bool:
        """Whether it takes capacity."""
        return self.state in COUNTING


class BookingEvent(Model):
    """One dated line of a booking's history; only ever added."""

    __tablename__ = "booking_event"
    __table_args__ = (Index(None, "booking_id", "number"), {"info": {"append_only": True}})

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, init=False)
    booking_id: Mapped[UUID] = mapped_column(ForeignKey("booking.id"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    state: Mapped[BookingState]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    note: Mapped[str] = mapped_column(default="")
