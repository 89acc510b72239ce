"""Which managers may be asked to broker a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.deals.exits import day_of
from marketplace.deals.models import ENDED, Deal
from marketplace.managers.models import ManagerProfile, ManagerStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

#: Managers offered in the choice, those with the fewest running deals first.
MOST = 60


def list_available(session: Session, deal: Deal, *, now: datetime) -> Sequence[ManagerProfile]:
    """Give licensed managers of neither party, those with the fewest running deals first."""
    load = (
        select(func.count())
        .where(Deal.manager_id == ManagerProfile.id, Deal.stage.not_in(ENDED))
        .correlate(ManagerProfile)
        .scalar_subquery()
    )
    return session.scalars(
        select(ManagerProfile)
        .where(
            ManagerProfile.status == ManagerStatus.LICENSED,
            or_(ManagerProfile.expires_on.is_(None), ManagerProfile.expires_on >= day_of(now)),
            ManagerProfile.organization_id.not_in((deal.licensor_id, deal.licensee_id)),
        )
        .options(joinedload(ManagerProfile.organization))
        .order_by(load, ManagerProfile.name, ManagerProfile.id)
        .limit(MOST)
    ).all()
