"""The tables of bookings, by noun."""

from marketplace.bookings.models.bookings import (
    COUNTING,
    ENDS,
    LOOSE,
    TIMED,
    Booking,
    BookingEvent,
    BookingSeries,
    BookingState,
)
from marketplace.bookings.models.people import (
    CalendarFeed,
    MemberRate,
    Qualification,
    QualificationState,
    WaitEntry,
    WaitState,
)
from marketplace.bookings.models.resources import (
    Allocation,
    AllocationKind,
    Approval,
    PriceUnit,
    RateKind,
    Resource,
    ResourceMode,
    ResourcePrice,
    ResourceStatus,
    Slot,
)

__all__ = [
    "COUNTING",
    "ENDS",
    "LOOSE",
    "TIMED",
    "Allocation",
    "AllocationKind",
    "Approval",
    "Booking",
    "BookingEvent",
    "BookingSeries",
    "BookingState",
    "CalendarFeed",
    "MemberRate",
    "PriceUnit",
    "Qualification",
    "QualificationState",
    "RateKind",
    "Resource",
    "ResourceMode",
    "ResourcePrice",
    "ResourceStatus",
    "Slot",
    "WaitEntry",
    "WaitState",
]
