"""The guards that deals answer themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.messages import N_
from marketplace.deals.guards import Obstacle
from marketplace.deals.models import DealRole, DealTask
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal


def parties_verified(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — the signature of every guard
    """Both organizations are verified: an agreement with an unknown body binds nobody."""
    return [
        Obstacle(
            message=N_("%(role)s is not a verified organization."),
            who=frozenset({role}),
            values={"role": role},
        )
        for role, organization_id in (
            (DealRole.LICENSOR, deal.licensor_id),
            (DealRole.LICENSEE, deal.licensee_id),
        )
        if not session.get_one(Organization, organization_id).is_verified
    ]


def licensee_named(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — see above
    """The licensee has agreed to be named: the agreement carries the name."""
    if not deal.licensee_hidden:
        return []
    return [
        Obstacle(
            message=N_("The company has not agreed to be named yet."),
            who=frozenset({DealRole.LICENSEE}),
            endpoint="deals.show",
        )
    ]


def blocking_tasks_done(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — see above
    """Every task that was marked as blocking is done."""
    tasks = session.scalars(
        select(DealTask)
        .where(DealTask.deal_id == deal.id, DealTask.blocking, DealTask.done_at.is_(None))
        .order_by(DealTask.due_on, DealTask.id)
    )
    return [
        Obstacle(
            message=N_("The task “%(title)s” is not done."),
            who=frozenset({task.role}),
            endpoint="deals.show",
            values={"title": task.title},
            anchor="tasks",
        )
        for task in tasks
    ]
