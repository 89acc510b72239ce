"""Who may see and stop a long job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, false, or_, true

from marketplace.progress.models import LongJob

if TYPE_CHECKING:
    from marketplace.core.actor import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Jobs that the actor started, that an own organization's writer started, or all of them."""
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    own = [identity for identity in actor.memberships if actor.may_write_for(identity)]
    return or_(LongJob.owner_id == actor.user_id, LongJob.organization_id.in_(own))


def may_cancel(actor: Actor, job: LongJob) -> bool:
    """Whether the actor may stop the job: its owner, a writer of its organization, the platform."""
    return (
        actor.is_administrator
        or (job.owner_id is not None and job.owner_id == actor.user_id)
        or (job.organization_id is not None and actor.may_write_for(job.organization_id))
    )
