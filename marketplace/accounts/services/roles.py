"""Platform roles and the suspension of people, both by administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import PlatformGrant, User
from marketplace.accounts.queries import get_user
from marketplace.accounts.services import sign_ins
from marketplace.core import audit
from marketplace.core.actor import Actor, PlatformRole, require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def grant_role(
    session: Session, *, actor: Actor, user_id: UUID, role: PlatformRole, now: datetime
) -> PlatformGrant:
    """Give a person a right over the platform."""
    require(actor.is_administrator)
    user = get_user(session, user_id)
    if not user.is_open:
        raise StepNotAllowed(N_("The account is suspended or closed."))
    return bestow(session, user=user, role=role, actor=actor, now=now)


def bestow(
    session: Session, *, user: User, role: PlatformRole, actor: Actor | None, now: datetime
) -> PlatformGrant:
    """Give a role without asking who asks: for the command line, which owns the machine."""
    grant = PlatformGrant(user_id=user.id, role=role, started_at=now)
    with judged(session):
        session.add(grant)
    audit.record(
        session,
        actor=actor,
        action="role.granted",
        kind="person",
        object_id=user.id,
        now=now,
        role=role,
    )
    return grant


def end_role(
    session: Session, *, actor: Actor, user_id: UUID, grant_id: UUID, now: datetime
) -> None:
    """Take a right over the platform back; nobody takes their own administration away."""
    require(actor.is_administrator)
    grant = session.get(PlatformGrant, grant_id, with_for_update=True)
    if grant is None or grant.user_id != user_id or grant.ended_at is not None:
        raise NotFound
    if grant.user_id == actor.user_id and grant.role is PlatformRole.ADMINISTRATOR:
        raise RuleBroken(N_("Another administrator has to end this role for you."))
    grant.ended_at = now
    audit.record(
        session,
        actor=actor,
        action="role.ended",
        kind="person",
        object_id=user_id,
        now=now,
        role=grant.role,
    )


def suspend_user(
    session: Session, *, actor: Actor, user_id: UUID, reason: str, now: datetime
) -> User:
    """Shut a person out, in every browser at once."""
    require(actor.is_administrator)
    if user_id == actor.user_id:
        raise RuleBroken(N_("You can't suspend yourself."))
    if not reason.strip():
        raise RuleBroken(N_("Say why, so that it can be mended."), field="reason")
    user = get_user(session, user_id, lock=True)
    if not user.is_open:
        raise StepNotAllowed(N_("The account is suspended or closed."))
    user.suspended_at = now
    sign_ins.end_all(session, user_id=user.id, now=now)
    audit.record(
        session,
        actor=actor,
        action="account.suspended",
        kind="person",
        object_id=user.id,
        now=now,
        reason=reason,
    )
    return user


def restore_user(session: Session, *, actor: Actor, user_id: UUID, now: datetime) -> User:
    """Let a suspended person in again."""
    require(actor.is_administrator)
    user = get_user(session, user_id, lock=True)
    if user.suspended_at is None or user.closed_at is not None:
        raise StepNotAllowed(N_("The account is not suspended."))
    user.suspended_at = None
    audit.record(
        session, actor=actor, action="account.restored", kind="person", object_id=user.id, now=now
    )
    return user


def open_roles(session: Session, user_id: UUID) -> frozenset[PlatformRole]:
    """Give the platform roles that a person holds now."""
    return frozenset(
        session.scalars(
            select(PlatformGrant.role).where(
                PlatformGrant.user_id == user_id, PlatformGrant.ended_at.is_(None)
            )
        )
    )
