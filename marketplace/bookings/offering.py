"""What bookings say of facilities to those below: the next free day and the span of prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.bookings.models import RateKind, Resource, ResourcePrice, ResourceStatus
from marketplace.bookings.queries import free
from marketplace.bookings.times import day_of
from marketplace.facilities.offers import Offered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def offered(session: Session, ids: Sequence[UUID], now: datetime) -> Mapping[UUID, Offered]:
    """Give next free day and standard prices of the facilities that take bookings.

    Resources without a price are free of charge, so their facility's span begins at 0.
    """
    times = free.next_free(session, ids, now)
    price = func.coalesce(ResourcePrice.unit_minor, 0)
    rows = session.execute(
        select(Resource.facility_id, func.min(price), func.max(price))
        .outerjoin(
            ResourcePrice,
            (ResourcePrice.resource_id == Resource.id) & (ResourcePrice.rate == RateKind.STANDARD),
        )
        .where(Resource.facility_id.in_(ids), Resource.status == ResourceStatus.OPEN)
        .group_by(Resource.facility_id)
    )
    return {
        identity: Offered(
            next_free_on=day_of(times[identity].starts_at) if identity in times else None,
            price_minor=lowest,
            price_max_minor=highest,
        )
        for identity, lowest, highest in rows
    }
