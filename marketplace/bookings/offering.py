"""What bookings say of facilities to those below: the next free day and the span of prices."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.bookings.models import Resource, ResourceStatus
from marketplace.bookings.queries import free
from marketplace.bookings.times import day_of
from marketplace.facilities.offers import Offered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def offered(session: Session, ids: Sequence[UUID], now: datetime) -> Mapping[UUID, Offered]:
    """Give next free day and prices of the facilities that take bookings.

    Prices are those of one unit at the standard rate, as the facility's page shows them.
    """
    times = free.next_free(session, ids, now)
    prices: defaultdict[UUID, list[int]] = defaultdict(list)
    for resource in session.scalars(
        select(Resource)
        .where(Resource.facility_id.in_(ids), Resource.status == ResourceStatus.OPEN)
        .options(selectinload(Resource.prices))
    ):
        prices[resource.facility_id].append(free.price_from(resource))
    return {
        identity: Offered(
            next_free_on=day_of(times[identity].starts_at) if identity in times else None,
            price_minor=min(found),
            price_max_minor=max(found),
        )
        for identity, found in prices.items()
    }
