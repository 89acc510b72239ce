"""Applying, editing and judging organizations."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.actor import Actor, require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.core.messages import N_
from marketplace.organizations import permissions, queries, rules
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.organizations.rules import OrganizationDraft


def create_organization(
    session: Session, *, actor: Actor, draft: OrganizationDraft, now: datetime
) -> Organization:
    """Put down an application; who owns the organization is granted by the caller."""
    rules.require_right(draft)
    organization = Organization(**asdict(draft))
    with judged(session):
        session.add(organization)
    _record(session, actor, organization, "organization.applied", now)
    return organization


def edit_organization(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    draft: OrganizationDraft,
    version: int | None,
    now: datetime,
) -> Organization:
    """Change what the organization says of itself; proven facts stay once verified.

    ``version`` is what the editor saw; EditedElsewhere when somebody saved in between.
    """
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, organization.id))
    if version is not None and version != organization.version:
        raise EditedElsewhere(
            N_("Somebody else saved this in the meantime. Reload to see both versions.")
        )
    rules.require_right(draft)
    values = asdict(draft)
    proven = organization.status in (OrganizationStatus.VERIFIED, OrganizationStatus.SUSPENDED)
    changed = [name for name, value in values.items() if getattr(organization, name) != value]
    if proven:
        for name in rules.PROVEN:
            if name in changed:
                raise RuleBroken(
                    N_("This was verified and can't be changed here. Write to the platform."),
                    field=name,
                )
    with judged(session):
        for name in changed:
            setattr(organization, name, values[name])
    if changed:
        _record(session, actor, organization, "organization.edited", now, fields=changed)
        jobs.tell(session, "organization.changed", id=str(organization.id))
    return organization


def apply_again(
    session: Session, *, actor: Actor, organization_id: UUID, now: datetime
) -> Organization:
    """Put a returned application before the reviewers once more."""
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_edit(actor, organization.id))
    organization.status = rules.LIFE.next(organization.status, "apply_again")
    _record(session, actor, organization, "organization.applied_again", now)
    return organization


def verify_organization(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    now: datetime,
    version: int | None = None,
) -> Organization:
    """Say that the proof was seen and fits.

    ``version`` is what the reviewer saw; EditedElsewhere when the facts changed since.
    """
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_review(actor, organization.id))
    if version is not None and version != organization.version:
        raise EditedElsewhere(
            N_("The application was changed after you opened it. Look at it again.")
        )
    organization.status = rules.LIFE.next(organization.status, "verify")
    organization.verified_at = now
    organization.verified_by = actor.user_id
    organization.return_reason = ""
    _judged(session, actor, organization, "organization.verified", now)
    return organization


def return_organization(
    session: Session, *, actor: Actor, organization_id: UUID, reason: str, now: datetime
) -> Organization:
    """Give an application back, saying what to mend."""
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_review(actor, organization.id))
    _require_reason(reason)
    organization.status = rules.LIFE.next(organization.status, "return")
    organization.return_reason = reason.strip()
    _judged(session, actor, organization, "organization.returned", now, reason=reason)
    return organization


def suspend_organization(
    session: Session, *, actor: Actor, organization_id: UUID, reason: str, now: datetime
) -> Organization:
    """Hide a verified organization until the reason is gone."""
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_suspend(actor, organization.id))
    _require_reason(reason)
    organization.status = rules.LIFE.next(organization.status, "suspend")
    organization.suspended_reason = reason.strip()
    _judged(session, actor, organization, "organization.suspended", now, reason=reason)
    return organization


def restore_organization(
    session: Session, *, actor: Actor, organization_id: UUID, now: datetime
) -> Organization:
    """Show a suspended organization again."""
    organization = queries.get_organization(session, organization_id, actor=actor, lock=True)
    require(permissions.may_suspend(actor, organization.id))
    organization.status = rules.LIFE.next(organization.status, "restore")
    organization.suspended_reason = ""
    _judged(session, actor, organization, "organization.restored", now)
    return organization


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise RuleBroken(N_("Say why, so that it can be mended."), field="reason")


def _record(
    session: Session,
    actor: Actor,
    organization: Organization,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="organization",
        object_id=organization.id,
        now=now,
        **details,
    )


def _judged(
    session: Session,
    actor: Actor,
    organization: Organization,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    """Record a judgement and tell it: people get a mail, copies in the index follow."""
    _record(session, actor, organization, action, now, **details)
    jobs.tell(session, action, id=str(organization.id))
    jobs.tell(session, "organization.changed", id=str(organization.id))
