"""The same time every week: each date is a booking of its own, or says why it was skipped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.bookings import permissions, rules
from marketplace.bookings.models import BookingSeries, ResourceMode, Slot
from marketplace.bookings.queries.resources import get_resource, opening, slots_between
from marketplace.bookings.rules import KeyReused, SlotTaken
from marketplace.bookings.services import records
from marketplace.bookings.services.holding import Wish, require_takes_bookings, take_wish
from marketplace.bookings.services.locks import guarded, lock_parents
from marketplace.bookings.services.submitting import Details, quote_for, submit
from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.bookings.models import Resource
    from marketplace.bookings.times import Opening, WeeklyRule
    from marketplace.core.actor import Actor


@dataclass(frozen=True, kw_only=True)
class SeriesWish:
    """What is booked every week, for whom, and the form that goes with each date."""

    resource_id: UUID
    organization_id: UUID
    rule: WeeklyRule
    details: Details
    places: int = 1
    samples: int | None = None

    @property
    def digest(self) -> str:
        """Tell this series from another that carries the same key."""
        values = [
            str(self.resource_id),
            str(self.organization_id),
            self.rule.to_json(),
            self.details.digest,
            self.places,
            self.samples,
        ]
        return hashlib.sha256(json.dumps(values, ensure_ascii=False).encode()).hexdigest()


def book_series(
    session: Session, *, actor: Actor, wish: SeriesWish, key: str, now: datetime
) -> BookingSeries:
    """Book every date of a weekly rule that can be had; the result says it of each date.

    The price of each date is today's; ``details.expected_minor`` is not compared. The same key
    gives the same series again; KeyReused when it came with another wish.
    """
    resource = get_resource(session, wish.resource_id, actor=actor)
    require(permissions.may_book_for(actor, resource, wish.organization_id))
    require_takes_bookings(resource)
    wish.rule.require_sound(most=rules.MOST_OCCURRENCES)
    if not key or len(key) > rules.KEY_LIMIT:
        raise RuleBroken(N_("The form was sent without its key. Reload the page and try again."))
    hours = opening(session, resource.facility)
    dates = list(wish.rule.dates())
    slots = _slots(session, resource, dates)
    with guarded(session):
        # All parents first and in one order: two series can't wait for each other in a circle.
        whole = resource.mode is ResourceMode.FREE or resource.daily_cap is not None
        lock_parents(
            session,
            resource_ids=(resource.id,) if whole else (),
            slot_ids=[slot.id for slot in slots.values()],
        )
        known = session.scalar(
            select(BookingSeries).where(
                BookingSeries.person_id == actor.user_id, BookingSeries.idempotency_key == key
            )
        )
        if known is not None:
            if known.request_digest != wish.digest:
                raise KeyReused
            return known
        series = BookingSeries(
            resource_id=resource.id,
            organization_id=wish.organization_id,
            person_id=records.person_of(actor),
            rule=wish.rule.to_json(),
            results=[],
            idempotency_key=key,
            request_digest=wish.digest,
        )
        session.add(series)
        session.flush()
        series.results = [
            _date(
                session,
                actor=actor,
                resource=resource,
                hours=hours,
                wish=wish,
                series=series,
                on=on,
                starts_at=starts_at,
                ends_at=ends_at,
                slot=slots.get(starts_at),
                now=now,
            )
            for on, starts_at, ends_at in dates
        ]
        session.flush()
    audit.record(
        session,
        actor=actor,
        action="booking_series.made",
        kind="booking_series",
        object_id=series.id,
        now=now,
        dates=len(dates),
        booked=sum(row["booking_id"] is not None for row in series.results),
    )
    return series


def _slots(
    session: Session, resource: Resource, dates: Sequence[tuple[date, datetime, datetime]]
) -> dict[datetime, Slot]:
    """Give the published slots that begin when the rule says, by their start."""
    if resource.mode is not ResourceMode.SLOTS:
        return {}
    rows = slots_between(
        session,
        (resource.id,),
        since=dates[0][1],
        until=dates[-1][2],
    )
    found: dict[datetime, Slot] = {}
    for row in rows:
        if row.closed_at is None and (
            row.starts_at not in found or row.free > found[row.starts_at].free
        ):
            found[row.starts_at] = row
    return found


def _date(
    session: Session,
    *,
    actor: Actor,
    resource: Resource,
    hours: Opening,
    wish: SeriesWish,
    series: BookingSeries,
    on: date,
    starts_at: datetime,
    ends_at: datetime,
    slot: Slot | None,
    now: datetime,
) -> dict[str, Any]:
    """Book one date in a savepoint of its own; give the line of the result."""
    closed = hours.closed_because(on)
    if closed is not None:
        return _skipped(on, closed)
    if resource.mode is ResourceMode.SLOTS and slot is None:
        return _skipped(on, N_("No slot is published for this time."))
    try:
        with session.begin_nested():
            booking = take_wish(
                session,
                actor=actor,
                resource=resource,
                hours=hours,
                wish=Wish(
                    resource_id=resource.id,
                    organization_id=wish.organization_id,
                    slot_id=slot.id if slot else None,
                    starts_at=starts_at,
                    ends_at=ends_at,
                    places=wish.places,
                    samples=wish.samples,
                ),
                key=f"{series.id.hex}:{on:%Y%m%d}",
                now=now,
            )
            booking.series_id = series.id
            session.flush()
            sum_of_date = quote_for(
                session,
                booking,
                resource,
                voucher=wish.details.voucher_number,
                samples=wish.samples,
            )
            submit(
                session,
                actor=actor,
                booking_id=booking.id,
                details=Details(
                    purpose=wish.details.purpose,
                    expected_minor=sum_of_date.total_minor,
                    answers=wish.details.answers,
                    safety_accepted=wish.details.safety_accepted,
                    project_account=wish.details.project_account,
                    voucher_number=wish.details.voucher_number,
                    samples=wish.samples,
                ),
                now=now,
            )
            session.flush()
    except SlotTaken:
        return _skipped(on, N_("The time is taken."))
    except RuleBroken as error:
        if error.field is not None and error.field not in ("starts", "ends"):
            # The form itself is wrong, and would be for every date.
            raise
        return _skipped(on, error.message, error.values)
    return {"on": on.isoformat(), "booking_id": str(booking.id), "reason": "", "values": {}}


def _skipped(on: date, reason: str, values: dict[str, object] | None = None) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "booking_id": None,
        "reason": reason,
        "values": {name: str(value) for name, value in (values or {}).items()},
    }
