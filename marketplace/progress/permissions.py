"""Who may see and stop a long job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, false, or_, true

from marketplace.progress.models import LongJob

if TYPE_CHECKING:
    from marketplace.core.actor import Actor


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Jobs of the organizations that the actor writes for, and the actor's own of no organization.

    An organization's jobs leave files of its records, which stay with it when people leave.
    Administrators see all.
    """
    if actor.is_visitor:
        return false()
    if actor.is_administrator:
        return true()
    own = [identity for identity in actor.memberships if actor.may_write_for(identity)]
    return or_(
        and_(LongJob.organization_id.is_(None), LongJob.owner_id == actor.user_id),
        LongJob.organization_id.in_(own),
    )


def may_cancel(actor: Actor, job: LongJob) -> bool:
    """Whether the actor may stop the job: a writer of its organization, its owner, the platform."""
    if actor.is_administrator:
        return True
    if job.organization_id is not None:
        return actor.may_write_for(job.organization_id)
    return job.owner_id is not None and job.owner_id == actor.user_id
