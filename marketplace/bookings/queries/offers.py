"""What keeping a place of a slot must know, read by one statement.

Bookings of the last free place come in crowds, and all of them read this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import Uuid

from marketplace.bookings.models import (
    LOOSE,
    Booking,
    Resource,
    ResourceMode,
    ResourceStatus,
    Slot,
)
from marketplace.core.swift import Swift
from marketplace.facilities.models import Facility, FacilityStatus
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

_B: Any = Booking.__table__
_R: Any = Resource.__table__
_F: Any = Facility.__table__
_O: Any = Organization.__table__
_S: Any = Slot.__table__


@dataclass(frozen=True, slots=True)
class Offer:
    """A resource with what rules judge of it, and the wanted slot if it is one of its slots.

    ``loose`` counts the places of holds that ran out but are not yet given back; they are counted
    only where the slot has too few without them. ``known_id`` is the booking that was made by the
    same form.
    """

    id: UUID
    name: str
    name_en: str
    organization_id: UUID
    status: ResourceStatus
    mode: ResourceMode
    daily_cap: int | None
    minimum_notice_hours: int
    horizon_days: int
    is_demo: bool
    facility_status: FacilityStatus
    operator_status: OrganizationStatus
    slot_id: UUID | None
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: int
    closed_at: datetime | None
    loose: int
    known_id: UUID | None

    @property
    def has_slot(self) -> bool:
        """Whether the wanted slot is one of the resource, and slots are how it is booked."""
        return self.slot_id is not None and self.mode is ResourceMode.SLOTS

    @property
    def free(self) -> int:
        """Places of the slot that can be had now, 0 when it is closed."""
        return 0 if self.closed_at else self.capacity - self.taken + self.loose


_LOOSE_PLACES = (
    select(func.coalesce(func.sum(_B.c.places), 0))
    .where(
        _B.c.slot_id == _S.c.id,
        or_(*(_B.c.state == state for state in LOOSE)),
        _B.c.deadline_at <= bindparam("now", type_=TIMESTAMP(timezone=True)),
    )
    .correlate(_S)
    .scalar_subquery()
)
_KNOWN = (
    select(_B.c.id)
    .where(
        _B.c.person_id == bindparam("person_id", type_=Uuid()),
        _B.c.idempotency_key == bindparam("key"),
    )
    .scalar_subquery()
)
OFFER = Swift(
    select(
        _R.c.id,
        _R.c.name,
        _R.c.name_en,
        _R.c.organization_id,
        _R.c.status,
        _R.c.mode,
        _R.c.daily_cap,
        _R.c.minimum_notice_hours,
        _R.c.horizon_days,
        _R.c.is_demo,
        _F.c.status,
        _O.c.status,
        _S.c.id,
        _S.c.starts_at,
        _S.c.ends_at,
        _S.c.capacity,
        _S.c.taken,
        _S.c.closed_at,
        case((_S.c.taken + bindparam("places") > _S.c.capacity, _LOOSE_PLACES), else_=0),
        _KNOWN,
    )
    .select_from(
        _R.join(_F, _F.c.id == _R.c.facility_id)
        .join(_O, _O.c.id == _F.c.organization_id)
        .outerjoin(
            _S,
            (_S.c.id == bindparam("slot_id", type_=Uuid())) & (_S.c.resource_id == _R.c.id),
        )
    )
    .where(_R.c.id == bindparam("resource_id", type_=Uuid()))
)


def find_offer(
    session: Session,
    *,
    resource_id: UUID,
    slot_id: UUID | None,
    places: int,
    person_id: UUID | None,
    key: str,
    now: datetime,
) -> Offer | None:
    """Give the resource and slot as they are now, without a lock; None for an unknown resource.

    Whoever asks judges what the actor may know of it.
    """
    values = {
        "resource_id": resource_id,
        "slot_id": slot_id,
        "places": places,
        "person_id": person_id,
        "key": key,
        "now": now,
    }
    row = OFFER(session, values).fetchone()
    if row is None:
        return None
    identity, name, name_en, organization_id, status, mode, *rest = row
    cap, notice, horizon, is_demo, facility_status, operator_status, *slot = rest
    return Offer(
        identity,
        name,
        name_en,
        organization_id,
        ResourceStatus(status),
        ResourceMode(mode),
        cap,
        notice,
        horizon,
        is_demo,
        FacilityStatus(facility_status),
        OrganizationStatus(operator_status),
        *slot,
    )
