"""Steps of a booking, who may take them, its windows of time and what leaving costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.bookings.models import TIMED, BookingState
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from marketplace.bookings.models import Booking, Resource
    from marketplace.bookings.queries.offers import Offer

#: How long capacity is kept while the form is filled in.
HOLD = timedelta(minutes=15)
#: How long a place from the wait list is kept, at most.
OFFER = timedelta(hours=4)
#: How long before the booked time a use may begin when both sides want it.
MOST_EARLY = timedelta(hours=24)
#: What is waited beyond the shown payment time for money that is on its way.
GRACE = timedelta(minutes=5)
#: A slot or block farther away than this is a slip of the keyboard.
FARTHEST = timedelta(days=730)
MOST_OCCURRENCES = 60
KEY_LIMIT = 64


class Party(StrEnum):
    """On whose behalf a step is taken."""

    BUYER = "buyer"
    PROVIDER = "provider"
    SYSTEM = "system"


_S = BookingState
LIFECYCLE: Lifecycle[BookingState] = Lifecycle(
    {
        "request": ({_S.HELD}, _S.PENDING_APPROVAL),
        "reserve": ({_S.HELD}, _S.AWAITING_PAYMENT),
        "approve": ({_S.PENDING_APPROVAL}, _S.AWAITING_PAYMENT),
        "reject": ({_S.PENDING_APPROVAL}, _S.REJECTED),
        "propose": ({_S.PENDING_APPROVAL}, _S.PENDING_APPROVAL),
        "accept_proposal": ({_S.PENDING_APPROVAL}, _S.AWAITING_PAYMENT),
        "decline_proposal": ({_S.PENDING_APPROVAL}, _S.PENDING_APPROVAL),
        "settle": ({_S.AWAITING_PAYMENT}, _S.CONFIRMED),
        # Money that came after the time had run out books again while there is room.
        "revive": ({_S.EXPIRED}, _S.CONFIRMED),
        "expire": (set(TIMED), _S.EXPIRED),
        "cancel": ({*TIMED, _S.CONFIRMED}, _S.CANCELLED_BY_BUYER),
        "call_off": ({*TIMED, _S.CONFIRMED, _S.IN_SERVICE}, _S.CANCELLED_BY_PROVIDER),
        "start": ({_S.CONFIRMED}, _S.IN_SERVICE),
        "complete": ({_S.IN_SERVICE}, _S.COMPLETED),
        "no_show": ({_S.CONFIRMED}, _S.NO_SHOW),
    }
)
_BUYER, _PROVIDER, _SYSTEM = Party.BUYER, Party.PROVIDER, Party.SYSTEM
ACTORS: dict[str, frozenset[Party]] = {
    "request": frozenset({_BUYER}),
    "reserve": frozenset({_BUYER}),
    "approve": frozenset({_PROVIDER}),
    "reject": frozenset({_PROVIDER}),
    "propose": frozenset({_PROVIDER}),
    "accept_proposal": frozenset({_BUYER}),
    "decline_proposal": frozenset({_BUYER}),
    "settle": frozenset({_SYSTEM}),
    "revive": frozenset({_SYSTEM}),
    "expire": frozenset({_SYSTEM}),
    "cancel": frozenset({_BUYER}),
    "call_off": frozenset({_PROVIDER, _SYSTEM}),
    "start": frozenset({_PROVIDER}),
    "complete": frozenset({_PROVIDER}),
    "no_show": frozenset({_PROVIDER}),
}


@dataclass(frozen=True)
class Alternative:
    """A time near the wanted one that is free now."""

    resource_id: UUID
    starts_at: datetime
    ends_at: datetime
    slot_id: UUID | None = None


class SlotTaken(RuleBroken):
    """Somebody else was first; ``alternatives`` are the nearest free times.

    ``full`` is the wanted slot when not even one of its places is left.
    """

    def __init__(
        self,
        message: str = N_("This time has just been taken. Nothing was booked for you."),
        *,
        full: Offer | None = None,
        alternatives: Sequence[Alternative] = (),
    ) -> None:
        super().__init__(message)
        self.full = full
        self.alternatives = tuple(alternatives)


class PriceChanged(RuleBroken):
    """The price is no longer what the page showed; ``total_minor`` is what it is now."""

    def __init__(self, total_minor: int) -> None:
        super().__init__(
            N_("The price has changed since you opened the page. Look at it and send again.")
        )
        self.total_minor = total_minor


class KeyReused(RuleBroken):
    """The same form was sent before with other contents."""

    def __init__(self) -> None:
        super().__init__(
            N_("This form was sent before with other contents. Open the page again to start anew.")
        )


class TimeRanOut(StepNotAllowed):
    """The state ended by itself before the step was taken."""

    def __init__(self) -> None:
        super().__init__(
            N_("The time for this step has run out and the place was given back. Choose again.")
        )


def has_run_out(booking: Booking, now: datetime) -> bool:
    """Whether the state has ended by itself, though nobody may have written it down yet."""
    return booking.deadline_at is not None and booking.deadline_at <= now


def request_deadline(resource: Resource, *, starts_at: datetime, now: datetime) -> datetime:
    """Say when an unanswered request ends: after the operator's time, and before the start."""
    return min(now + timedelta(hours=resource.request_hours), starts_at)


def payment_deadline(resource: Resource, *, now: datetime) -> datetime:
    """Say until when an approved booking is to be paid."""
    return now + timedelta(minutes=resource.payment_minutes)


def offer_deadline(*, starts_at: datetime, now: datetime) -> datetime:
    """Say how long a place from the wait list is kept."""
    return min(now + OFFER, starts_at)


def require_future(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Refuse a time that is over, turned around or absurdly far away."""
    if ends_at <= starts_at:
        raise RuleBroken(N_("The end lies before the start."), field="ends")
    if starts_at <= now:
        raise RuleBroken(N_("This time has already begun or is over."), field="starts")
    if ends_at > now + FARTHEST:
        raise RuleBroken(N_("Choose a time within the next two years."), field="starts")


def require_takes_bookings(*, is_open: bool, is_published: bool, is_verified: bool) -> None:
    """Refuse a resource that is paused, or whose facility or operator may not take bookings."""
    if not is_open or not is_published:
        raise RuleBroken(N_("This resource takes no bookings at the moment."))
    if not is_verified:
        raise RuleBroken(
            N_("The operator can't take bookings at the moment: its verification is suspended.")
        )


def require_window(
    resource: Resource | Offer, *, starts_at: datetime, ends_at: datetime, now: datetime
) -> None:
    """Refuse a time in the past, too soon or too far ahead."""
    require_future(starts_at, ends_at, now)
    if starts_at < now + timedelta(hours=resource.minimum_notice_hours):
        raise RuleBroken(
            N_("Bookings are taken at least %(hours)s hours ahead."),
            field="starts",
            hours=resource.minimum_notice_hours,
        )
    if starts_at > now + timedelta(days=resource.horizon_days):
        raise RuleBroken(
            N_("Bookings are taken at most %(days)s days ahead."),
            field="starts",
            days=resource.horizon_days,
        )


def require_length(resource: Resource, *, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a free time whose length or grid does not fit the resource."""
    length = ends_at - starts_at
    if length < timedelta(minutes=resource.minimum_minutes):
        raise RuleBroken(
            N_("A booking lasts at least %(minutes)s minutes."),
            field="ends",
            minutes=resource.minimum_minutes,
        )
    if length > timedelta(minutes=resource.maximum_minutes):
        raise RuleBroken(
            N_("A booking lasts at most %(minutes)s minutes."),
            field="ends",
            minutes=resource.maximum_minutes,
        )
    step = resource.step_minutes * 60
    if starts_at.timestamp() % step or ends_at.timestamp() % step:
        raise RuleBroken(
            N_("Start and end lie on a grid of %(minutes)s minutes."),
            field="starts",
            minutes=resource.step_minutes,
        )


def opens_at(booking: Booking, early_minutes: int) -> datetime:
    """Give the moment from which the use may begin without the user's word."""
    return booking.starts_at - timedelta(minutes=early_minutes)


def require_early(booking: Booking, at: datetime, early_minutes: int) -> None:
    """Refuse a use that begins before its time, and before the user's side lets it begin."""
    if at >= opens_at(booking, early_minutes):
        return
    if booking.early_from is None or at < booking.early_from:
        raise RuleBroken(
            N_(
                "A use may begin %(minutes)s minutes before the booked time. Earlier the user has "
                "to agree on the booking's page."
            ),
            field="started_at",
            minutes=early_minutes,
        )


def free_until(booking: Booking) -> datetime:
    """Give the moment until which leaving costs nothing."""
    return booking.starts_at - timedelta(hours=booking.free_cancel_hours)


def leaving_fee(booking: Booking, now: datetime) -> int:
    """Say what the user's cancellation costs now, in fen; before payment it costs nothing."""
    return 0 if leaves_free(booking, now) else late_fee(booking)


def leaves_free(booking: Booking, now: datetime) -> bool:
    """Whether the user may leave without cost: unpaid, in time, or after the hours changed."""
    return (
        booking.state is not BookingState.CONFIRMED
        or now <= free_until(booking)
        or booking.outside_since is not None
    )


def late_fee(booking: Booking) -> int:
    """Say what leaving late or not coming costs, in fen, rounded down for the user."""
    return booking.price_minor * booking.late_fee_percent // 100
