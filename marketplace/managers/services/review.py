"""The reviewers' side of the register, and what its dates do by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.files.services import list_attachments
from marketplace.managers import permissions, rules
from marketplace.managers.models import LISTED, ManagerProfile, ManagerStatus
from marketplace.managers.queries import register as find
from marketplace.managers.services.records import note, require_same_version
from marketplace.managers.services.register import CREDENTIAL_FILES
from marketplace.needs.clock import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.managers.models import Credential


def _judged(
    session: Session, actor: Actor, manager_id: UUID, version: int
) -> tuple[ManagerProfile, Sequence[Credential]]:
    """Load an entry that the actor may decide on, with the credentials that wait."""
    profile = find.get_manager(session, manager_id, actor=actor, lock=True)
    require(permissions.may_review(actor, profile))
    require_same_version(profile, version)
    waiting = [one for one in find.list_credentials(session, profile.id) if one.is_waiting]
    if not (profile.status is ManagerStatus.APPLIED or profile.wanted_level or waiting):
        raise StepNotAllowed(N_("Nothing of this entry waits for a reviewer."))
    return profile, waiting


def license_manager(
    session: Session,
    *,
    actor: Actor,
    manager_id: UUID,
    version: int,
    now: datetime,
) -> ManagerProfile:
    """Say that the credentials fit, and enter the person or renew the license.

    Raises NoValidCredential when none of the checked ones runs today.
    """
    profile, waiting = _judged(session, actor, manager_id, version)
    for credential in waiting:
        proofs = list_attachments(
            session, actor, object_kind=CREDENTIAL_FILES, object_id=credential.id
        )
        if not proofs:
            raise RuleBroken(N_("A credential has no scan to compare it with. Turn it down."))
        credential.checked_at, credential.checked_by = now, actor.user_id
    profile.expires_on = rules.license_end(find.list_credentials(session, profile.id), day_of(now))
    event = {ManagerStatus.APPLIED: "license", ManagerStatus.EXPIRED: "renew"}.get(profile.status)
    if event is not None:
        profile.status = rules.LIFECYCLE.next(profile.status, event)
    elif profile.status is not ManagerStatus.LICENSED:
        raise StepNotAllowed(
            N_("This step can't be taken from the state “%(state)s”."), state=profile.status
        )
    profile.level = profile.wanted_level or profile.level
    profile.wanted_level = profile.warned_days = None
    profile.licensed_at = profile.licensed_at or now
    profile.reviewed_by, profile.reviewed_at, profile.reason = actor.user_id, now, ""
    note(session, actor=actor, profile=profile, action="manager.licensed", now=now)
    return profile


def refuse_manager(
    session: Session,
    *,
    actor: Actor,
    manager_id: UUID,
    version: int,
    reason: str,
    now: datetime,
) -> ManagerProfile:
    """Refuse an entry with a reason; of a licensed one only what is new is turned down."""
    profile, waiting = _judged(session, actor, manager_id, version)
    rules.require_reason(reason)
    for credential in waiting:
        credential.refused_at, credential.refuse_reason = now, reason
    if profile.status is ManagerStatus.APPLIED:
        profile.status = rules.LIFECYCLE.next(profile.status, "refuse")
        action = "manager.refused"
    else:
        profile.wanted_level = None
        action = "manager.turned_down"
    profile.reviewed_by, profile.reviewed_at, profile.reason = actor.user_id, now, reason
    note(session, actor=actor, profile=profile, action=action, now=now, reason=reason)
    return profile


def suspend_manager(
    session: Session, *, actor: Actor, manager_id: UUID, reason: str, now: datetime
) -> ManagerProfile:
    """Hide a licensed manager; new deals and mandates stop, running ones go on."""
    profile = find.get_manager(session, manager_id, actor=actor, lock=True)
    require(permissions.may_suspend(actor, profile))
    rules.require_reason(reason)
    profile.status = rules.LIFECYCLE.next(profile.status, "suspend")
    profile.reason = reason
    note(session, actor=actor, profile=profile, action="manager.suspended", now=now, reason=reason)
    return profile


def restore_manager(
    session: Session, *, actor: Actor, manager_id: UUID, now: datetime
) -> ManagerProfile:
    """Show a suspended manager again; a license that ran out meanwhile is expired at once."""
    profile = find.get_manager(session, manager_id, actor=actor, lock=True)
    require(permissions.may_suspend(actor, profile))
    profile.status = rules.LIFECYCLE.next(profile.status, "restore")
    profile.reason = ""
    if rules.has_expired(profile.expires_on, day_of(now)):
        profile.status = rules.LIFECYCLE.next(profile.status, "expire")
    note(session, actor=actor, profile=profile, action="manager.restored", now=now)
    return profile


def leave(session: Session, *, person_id: UUID, now: datetime) -> None:
    """Take whoever closed their account out of the public register; what they did stays."""
    profile = session.scalars(
        select(ManagerProfile).where(ManagerProfile.person_id == person_id).with_for_update()
    ).one_or_none()
    if profile is None:
        return
    for event, action in (("suspend", "manager.suspended"), ("refuse", "manager.refused")):
        if rules.LIFECYCLE.allows(profile.status, event):
            profile.status = rules.LIFECYCLE.next(profile.status, event)
            profile.reason = N_("The account was closed.")
            note(session, actor=None, profile=profile, action=action, now=now)
            return


def watch_dates(session: Session, *, now: datetime) -> int:
    """Warn managers whose license ends soon, and mark those whose license has ended.

    Gives the number of entries that were touched. Whoever's license has ended keeps what runs.
    """
    soon = session.scalars(
        select(ManagerProfile)
        .where(
            ManagerProfile.status == ManagerStatus.LICENSED,
            ManagerProfile.expires_on.is_not(None),
        )
        .order_by(ManagerProfile.id)
        .with_for_update(skip_locked=True)
    )
    today, touched = day_of(now), 0
    for profile in soon:
        due = rules.warning_due(profile.expires_on, today, warned_days=profile.warned_days)
        if rules.has_expired(profile.expires_on, today):
            profile.status = rules.LIFECYCLE.next(profile.status, "expire")
            note(session, actor=None, profile=profile, action="manager.expired", now=now)
        elif due is not None:
            profile.warned_days = due
            note(session, actor=None, profile=profile, action="manager.expiring", now=now, days=due)
        else:
            continue
        touched += 1
    return touched


def listed_of(session: Session, organization_id: UUID) -> Sequence[UUID]:
    """Give the listed managers whose documents quote this organization."""
    return session.scalars(
        select(ManagerProfile.id).where(
            ManagerProfile.organization_id == organization_id, ManagerProfile.status.in_(LISTED)
        )
    ).all()
