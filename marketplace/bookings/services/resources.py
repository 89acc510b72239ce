"""The operator's resources: made, changed, paused, given up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.bookings.models import (
    COUNTING,
    Allocation,
    Approval,
    Booking,
    PriceUnit,
    RateKind,
    Resource,
    ResourceMode,
    ResourcePrice,
    ResourceStatus,
)
from marketplace.bookings.queries.resources import get_own_facility, get_own_resource
from marketplace.bookings.services.locks import guarded, lock_parents
from marketplace.core import audit
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.facilities.models import Instrument

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: One billion yuan in fen: more is a slip of the keyboard.
MOST_MINOR = 100_000_000_000
MOST_QUESTIONS, MOST_PRICES = 20, 20


@dataclass(frozen=True)
class PriceRow:
    """A price of one unit that holds from a quantity on."""

    rate: RateKind
    from_quantity: int
    unit_minor: int


@dataclass(frozen=True, kw_only=True)
class ResourceInput:
    """Everything an operator says of a resource."""

    name: str
    mode: ResourceMode
    name_en: str = ""
    about: str = ""
    about_en: str = ""
    instrument_id: UUID | None = None
    approval: Approval = Approval.BY_APPROVAL
    units: int = 1
    buffer_before_minutes: int = 0
    buffer_after_minutes: int = 0
    minimum_notice_hours: int = 24
    horizon_days: int = 90
    daily_cap: int | None = None
    step_minutes: int = 30
    minimum_minutes: int = 60
    maximum_minutes: int = 480
    overnight: bool = False
    price_unit: PriceUnit = PriceUnit.SLOT
    deposit_minor: int = 0
    free_cancel_hours: int = 48
    late_fee_percent: int = 50
    request_hours: int = 48
    payment_minutes: int = 30
    questions: tuple[dict[str, Any], ...] = ()
    needs_qualification: bool = False
    needs_project: bool = False
    safety_statement: str = ""
    safety_statement_en: str = ""
    prices: tuple[PriceRow, ...] = ()


#: Column → smallest and largest value.
_RANGES = {
    "units": (1, 50),
    "buffer_before_minutes": (0, 1440),
    "buffer_after_minutes": (0, 1440),
    "minimum_notice_hours": (0, 2160),
    "horizon_days": (1, 730),
    "daily_cap": (1, 100),
    "minimum_minutes": (15, 44_640),
    "maximum_minutes": (15, 44_640),
    "deposit_minor": (0, MOST_MINOR),
    "free_cancel_hours": (0, 2160),
    "late_fee_percent": (0, 100),
    "request_hours": (1, 720),
    "payment_minutes": (30, 20_160),
}


def require_sound(values: ResourceInput) -> None:
    """Refuse what no resource can be, naming the field."""
    if not values.name:
        raise RuleBroken(N_("Give the resource a name."), field="name")
    for name, (low, high) in _RANGES.items():
        value = getattr(values, name)
        if value is not None and not low <= value <= high:
            raise RuleBroken(
                N_("Choose a number between %(low)s and %(high)s."),
                field=name,
                low=low,
                high=high,
            )
    if values.maximum_minutes < values.minimum_minutes:
        raise RuleBroken(
            N_("The longest booking is shorter than the shortest one."), field="maximum_minutes"
        )
    if len(values.questions) > MOST_QUESTIONS:
        raise RuleBroken(
            N_("At most %(count)s questions are asked."), field="questions", count=MOST_QUESTIONS
        )
    if len(values.prices) > MOST_PRICES:
        raise RuleBroken(
            N_("At most %(count)s prices are kept."), field="prices", count=MOST_PRICES
        )
    for row in values.prices:
        if not 0 <= row.unit_minor <= MOST_MINOR:
            raise RuleBroken(N_("A price lies between 0 and 1 billion yuan."), field="prices")
        if row.from_quantity < 1:
            raise RuleBroken(N_("A step starts from 1 or more."), field="prices")


def make(
    session: Session, *, actor: Actor, facility_id: UUID, values: ResourceInput, now: datetime
) -> Resource:
    """Add a bookable resource to a facility that the actor runs."""
    facility = get_own_facility(session, facility_id, actor=actor)
    require_sound(values)
    _require_instrument(session, facility_id, values.instrument_id)
    resource = Resource(
        facility_id=facility.id,
        organization_id=facility.organization_id,
        created_by=actor.user_id,
        is_demo=facility.is_demo,
        **_columns(values),
    )
    with judged(session):
        session.add(resource)
        session.flush()
        session.add_all(_rows(resource, values.prices))
    _record(session, actor, resource, "resource.made", now)
    return resource


def _columns(values: ResourceInput) -> dict[str, Any]:
    found = {one.name: getattr(values, one.name) for one in fields(values) if one.name != "prices"}
    return found | {"questions": [dict(row) for row in values.questions]}


def _rows(resource: Resource, prices: Sequence[PriceRow]) -> list[ResourcePrice]:
    return [
        ResourcePrice(
            resource_id=resource.id,
            rate=row.rate,
            from_quantity=row.from_quantity,
            unit_minor=row.unit_minor,
        )
        for row in prices
    ]


def _require_instrument(session: Session, facility_id: UUID, instrument_id: UUID | None) -> None:
    if instrument_id is None:
        return
    found = session.get(Instrument, instrument_id)
    if found is None or found.facility_id != facility_id:
        raise RuleBroken(N_("Choose an instrument of this facility."), field="instrument_id")


def change(
    session: Session, *, actor: Actor, resource_id: UUID, values: ResourceInput, now: datetime
) -> Resource:
    """Change a resource; what was booked keeps its time, price and rules.

    The way of booking stays as it is, and so do units that carry bookings.
    """
    resource = get_own_resource(session, resource_id, actor=actor)
    require_sound(values)
    if values.mode is not resource.mode:
        raise RuleBroken(
            N_("The way of booking can't change; make another resource."), field="mode"
        )
    _require_instrument(session, resource.facility_id, values.instrument_id)
    with guarded(session), judged(session):
        lock_parents(session, resource_ids=(resource.id,))
        if values.units < resource.units:
            _require_lanes_empty(session, resource, values.units, now)
        for name, value in _columns(values).items():
            setattr(resource, name, value)
        resource.prices.clear()
        session.flush()
        resource.prices.extend(_rows(resource, values.prices))
    _record(session, actor, resource, "resource.changed", now)
    return resource


def _require_lanes_empty(session: Session, resource: Resource, units: int, now: datetime) -> None:
    used = session.scalar(
        select(Allocation.id)
        .where(
            Allocation.resource_id == resource.id,
            Allocation.active,
            Allocation.lane > units,
            func.upper(Allocation.during) > now,
        )
        .limit(1)
    )
    if used is not None:
        raise RuleBroken(
            N_("Bookings or blocks stand on the units that you would take away. End them first."),
            field="units",
        )


def set_status(
    session: Session, *, actor: Actor, resource_id: UUID, status: ResourceStatus, now: datetime
) -> Resource:
    """Pause, open or give up a resource; one with bookings ahead can't be given up."""
    resource = get_own_resource(session, resource_id, actor=actor)
    with guarded(session):
        lock_parents(session, resource_ids=(resource.id,))
        if status is ResourceStatus.RETIRED:
            ahead = session.scalar(
                select(Booking.id)
                .where(Booking.resource_id == resource.id, Booking.state.in_(COUNTING))
                .limit(1)
            )
            if ahead is not None:
                raise RuleBroken(
                    N_("Bookings stand on this resource. Pause it, and end them first.")
                )
        resource.status = status
        resource.retired_at = now if status is ResourceStatus.RETIRED else None
    _record(session, actor, resource, "resource.status_changed", now, status=status)
    return resource


def _record(
    session: Session,
    actor: Actor,
    resource: Resource,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="resource",
        object_id=resource.id,
        now=now,
        name=resource.name,
        **details,
    )
