"""What can be booked: resources with prices, published slots, and the time that is taken."""

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
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.facilities.models import Facility

MOST_LANES = 50
MOST_CAPACITY = 1000


class ResourceMode(LabelledEnum):
    """How the time of a resource is offered."""

    SLOTS = "slots", N_("Published slots")
    FREE = "free", N_("Any free time")


class Approval(LabelledEnum):
    """Who decides on a request."""

    BY_APPROVAL = "by_approval", N_("The operator approves each request")
    INSTANT = "instant", N_("Booked at once")


class PriceUnit(LabelledEnum):
    """What a price is counted by."""

    SLOT = "slot", N_("per booking")
    HOUR = "hour", N_("per hour")
    SAMPLE = "sample", N_("per sample")


class RateKind(LabelledEnum):
    """For whom a price holds."""

    STANDARD = "standard", N_("Standard rate")
    MEMBER = "member", N_("Member rate")
    VOUCHER = "voucher", N_("Innovation voucher rate")


class ResourceStatus(LabelledEnum):
    """Whether a resource takes bookings."""

    OPEN = "open", N_("Takes bookings")
    PAUSED = "paused", N_("Paused")
    RETIRED = "retired", N_("Given up")


class AllocationKind(LabelledEnum):
    """What a piece of time is taken by."""

    BOOKING = "booking", N_("Booking")
    SLOT = "slot", N_("Published slot")
    MAINTENANCE = "maintenance", N_("Maintenance")
    BLACKOUT = "blackout", N_("Blocked by the operator")


class Resource(Entity, Model):
    """A bookable unit of a facility: a line, an instrument, a room.

    ``units`` are lanes that can be used side by side. Times are minutes; money is fen.
    """

    __tablename__ = "resource"
    __table_args__ = (
        CheckConstraint(f"units BETWEEN 1 AND {MOST_LANES}", name="resource_has_units"),
        CheckConstraint(
            "buffer_before_minutes BETWEEN 0 AND 1440 AND buffer_after_minutes BETWEEN 0 AND 1440",
            name="resource_buffers_in_range",
        ),
        CheckConstraint(
            "minimum_notice_hours BETWEEN 0 AND 2160 AND horizon_days BETWEEN 1 AND 730",
            name="resource_window_in_range",
        ),
        CheckConstraint("daily_cap BETWEEN 1 AND 100", name="resource_cap_in_range"),
        CheckConstraint(
            "step_minutes IN (15, 30, 60) AND minimum_minutes BETWEEN 15 AND maximum_minutes"
            " AND maximum_minutes <= 44640",
            name=means(
                "resource_lengths_in_order",
                N_("The longest booking is shorter than the shortest one."),
                field="maximum_hours",
            ),
        ),
        CheckConstraint(
            "deposit_minor >= 0 AND deposit_minor <= 100000000000", name="deposit_in_range"
        ),
        CheckConstraint(
            "free_cancel_hours BETWEEN 0 AND 2160 AND late_fee_percent BETWEEN 0 AND 100",
            name="cancellation_rule_in_range",
        ),
        CheckConstraint(
            "request_hours BETWEEN 1 AND 720 AND payment_minutes BETWEEN 30 AND 20160",
            name="requests_and_payments_expire",
        ),
        CheckConstraint("(status = 'retired') = (retired_at IS NOT NULL)", name="retired_is_dated"),
        Index(None, "facility_id"),
        Index(None, "organization_id"),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    #: The facility's operator, kept here so that permissions need no join.
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[ResourceMode]
    instrument_id: Mapped[UUID | None] = mapped_column(ForeignKey("instrument.id"), default=None)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    status: Mapped[ResourceStatus] = mapped_column(default=ResourceStatus.OPEN)
    approval: Mapped[Approval] = mapped_column(default=Approval.BY_APPROVAL)
    units: Mapped[int] = mapped_column(default=1)
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    minimum_notice_hours: Mapped[int] = mapped_column(default=24)
    horizon_days: Mapped[int] = mapped_column(default=90)
    #: Bookings that one organization may have on one day; None sets no limit.
    daily_cap: Mapped[int | None] = mapped_column(default=None)
    step_minutes: Mapped[int] = mapped_column(default=30)
    minimum_minutes: Mapped[int] = mapped_column(default=60)
    maximum_minutes: Mapped[int] = mapped_column(default=480)
    #: A booking may run through the night and closed days; its start and end lie in opening hours.
    overnight: Mapped[bool] = mapped_column(default=False)
    price_unit: Mapped[PriceUnit] = mapped_column(default=PriceUnit.SLOT)
    deposit_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Cancelling is free until so many hours before the start, then costs a share of the price.
    free_cancel_hours: Mapped[int] = mapped_column(default=48)
    late_fee_percent: Mapped[int] = mapped_column(default=50)
    #: How long a request waits for the operator, and then the place for its payment; a hosted
    #: payment page lives half an hour at least.
    request_hours: Mapped[int] = mapped_column(default=48)
    payment_minutes: Mapped[int] = mapped_column(default=30)
    #: Rows of {"key", "text", "text_en", "required"}.
    questions: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    needs_qualification: Mapped[bool] = mapped_column(default=False)
    needs_project: Mapped[bool] = mapped_column(default=False)
    safety_statement: Mapped[str] = mapped_column(default="")
    safety_statement_en: Mapped[str] = mapped_column(default="")
    retired_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    facility: Mapped[Facility] = relationship(init=False, lazy="raise", viewonly=True)
    prices: Mapped[list[ResourcePrice]] = relationship(
        init=False,
        lazy="raise",
        order_by="(ResourcePrice.rate, ResourcePrice.from_quantity)",
        cascade="all, delete-orphan",
    )

    @property
    def is_open(self) -> bool:
        """Whether the operator takes bookings on it now."""
        return self.status is ResourceStatus.OPEN


class ResourcePrice(Entity, Model):
    """A price per unit that holds from a quantity on; quantities are bookings, hours, samples."""

    __tablename__ = "resource_price"
    __table_args__ = (
        CheckConstraint(
            "unit_minor BETWEEN 0 AND 100000000000",
            name=means(
                "price_in_range",
                N_("A price lies between 0 and 1 billion yuan."),
                field="prices",
            ),
        ),
        CheckConstraint("from_quantity >= 1", name="price_step_is_positive"),
        UniqueConstraint(
            "resource_id",
            "rate",
            "from_quantity",
            name=means(
                "one_price_per_step",
                N_("Two prices hold from the same quantity."),
                field="prices",
            ),
        ),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    unit_minor: Mapped[int] = mapped_column(BigInteger)
    rate: Mapped[RateKind] = mapped_column(default=RateKind.STANDARD)
    from_quantity: Mapped[int] = mapped_column(default=1)


class Slot(Entity, Model):
    """A published time with places; ``taken`` counts those of bookings that count."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint(
            "taken >= 0 AND taken <= capacity",
            name=means(
                "slot_not_oversold",
                N_("More places are booked than you would leave. Cancel bookings first."),
                field="capacity",
            ),
        ),
        CheckConstraint(
            f"capacity BETWEEN 1 AND {MOST_CAPACITY}",
            name=means(
                "slot_capacity_in_range",
                N_("A slot has between 1 and 1,000 places."),
                field="capacity",
            ),
        ),
        CheckConstraint("starts_at < ends_at", name="slot_ends_after_its_start"),
        CheckConstraint("price_minor BETWEEN 0 AND 100000000000", name="slot_price_in_range"),
        Index(None, "resource_id", "starts_at"),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    #: A price of its own for one place; None follows the resource.
    price_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None)

    resource: Mapped[Resource] = relationship(init=False, lazy="raise", viewonly=True)

    @property
    def free(self) -> int:
        """Places that nobody has, 0 when the slot is closed."""
        return 0 if self.closed_at else self.capacity - self.taken


class Allocation(Entity, Model):
    """A lane's time that is taken, buffers included; no two active ones of a lane overlap."""

    __tablename__ = "allocation"
    __table_args__ = (
        ExcludeConstraint(
            ("resource_id", "="),
            ("lane", "="),
            ("during", "&&"),
            where=text("active"),
            using="gist",
            name="lane_taken_once",
        ),
        CheckConstraint(f"lane BETWEEN 1 AND {MOST_LANES}", name="allocation_lane_in_range"),
        CheckConstraint(
            "NOT isempty(during) AND lower(during) IS NOT NULL AND upper(during) IS NOT NULL",
            name="allocation_has_a_span",
        ),
        CheckConstraint(
            "(kind = 'booking') = (booking_id IS NOT NULL)"
            " AND (kind = 'slot') = (slot_id IS NOT NULL)",
            name="allocation_names_its_cause",
        ),
        Index(None, "booking_id"),
        Index(None, "slot_id"),
    )

    resource_id: Mapped[UUID] = mapped_column(ForeignKey("resource.id"))
    lane: Mapped[int]
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    kind: Mapped[AllocationKind]
    booking_id: Mapped[UUID | None] = mapped_column(ForeignKey("booking.id"), default=None)
    slot_id: Mapped[UUID | None] = mapped_column(ForeignKey("slot.id"), default=None)
    note: Mapped[str] = mapped_column(String(300), default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
