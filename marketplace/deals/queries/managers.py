"""Which managers may be asked to broker a deal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from marketplace.deals.exits import day_of
from marketplace.deals.models import ENDED, Deal, DealStage
from marketplace.deals.queries.funnel import measure, steps
from marketplace.managers.figures import Figures
from marketplace.managers.models import ManagerProfile, ManagerStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.deals.queries.funnel import Step

#: Before any deal.
BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
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


def count_deals(session: Session, manager_ids: Collection[UUID]) -> Mapping[UUID, Figures]:
    """Count each manager's closed and running deals: what the register shows and weighs."""
    rows = session.execute(
        select(
            Deal.manager_id,
            func.count().filter(Deal.stage == DealStage.CLOSED),
            func.count().filter(Deal.stage.not_in(ENDED)),
        )
        .where(Deal.manager_id.in_(manager_ids), Deal.manager_accepted_at.is_not(None))
        .group_by(Deal.manager_id)
    )
    return {
        manager_id: Figures(closed_deals=closed, running_deals=running)
        for manager_id, closed, running in rows
        if manager_id is not None
    }


def stage_days(session: Session, manager_id: UUID) -> list[Step]:
    """Give how far the manager's deals came and the median days they took per stage."""
    return steps(
        *measure(
            session,
            (Deal.manager_id == manager_id) & Deal.manager_accepted_at.is_not(None),
            since=BEGINNING,
        )
    )
