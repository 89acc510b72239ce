"""Turns the signed-in browser into an ``Actor``."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from flask import g, request
from flask import session as cookie
from sqlalchemy import select

from marketplace.accounts.models import Membership, PlatformGrant, SignIn, User
from marketplace.core.actor import VISITOR, Actor, MemberRole
from marketplace.organizations.models import Organization, OrganizationStatus
from marketplace.web.clock import now
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

KEY = "sign_in"


def token_hash(token: str) -> bytes:
    """Hash a browser's token; the token itself is kept nowhere."""
    return hashlib.sha256(token.encode()).digest()


def actor_of(session: Session, user: User, *, at: datetime) -> Actor:
    """Gather a person's roles and memberships of this moment."""
    roles = session.scalars(
        select(PlatformGrant.role).where(
            PlatformGrant.user_id == user.id,
            PlatformGrant.started_at <= at,
            (PlatformGrant.ended_at.is_(None)) | (PlatformGrant.ended_at > at),
        )
    )
    rows = session.execute(
        select(Membership.organization_id, Membership.role, Organization.status)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Membership.user_id == user.id,
            Membership.started_at <= at,
            (Membership.ended_at.is_(None)) | (Membership.ended_at > at),
        )
    ).all()
    memberships: dict[UUID, frozenset[MemberRole]] = {}
    for organization_id, role, _status in rows:
        memberships[organization_id] = memberships.get(organization_id, frozenset()) | {role}
    return Actor(
        user_id=user.id,
        name=user.name,
        roles=frozenset(roles),
        memberships=memberships,
        verified=frozenset(row[0] for row in rows if row[2] is OrganizationStatus.VERIFIED),
    )


def remember(session: Session, user: User, *, at: datetime) -> SignIn:
    """Sign this browser in: a row that can be ended, and a cookie that names it."""
    token = secrets.token_urlsafe(32)
    agent = (request.user_agent.string or "")[:200]
    sign_in = SignIn(
        user_id=user.id, token_hash=token_hash(token), started_at=at, seen_at=at, user_agent=agent
    )
    session.add(sign_in)
    cookie.clear()
    cookie[KEY] = token
    cookie.permanent = True
    return sign_in


def current_sign_in(session: Session) -> SignIn | None:
    """Give the running sign-in of this browser, if it was not ended elsewhere."""
    token = cookie.get(KEY)
    if not isinstance(token, str):
        return None
    return session.scalar(
        select(SignIn).where(SignIn.token_hash == token_hash(token), SignIn.ended_at.is_(None))
    )


def forget(sign_in: SignIn | None, *, at: datetime) -> None:
    """Sign this browser out."""
    if sign_in is not None:
        sign_in.ended_at = at
    cookie.clear()


def load_actor() -> None:
    """Set ``g.actor`` and ``g.user`` for this request; static files need none."""
    g.actor, g.user, g.sign_in = VISITOR, None, None
    if request.endpoint == "static" or KEY not in cookie:
        return
    sign_in = current_sign_in(db.session)
    if sign_in is None:
        cookie.pop(KEY, None)
        return
    user = db.session.get(User, sign_in.user_id)
    if user is None or user.suspended_at is not None or user.closed_at is not None:
        cookie.pop(KEY, None)
        return
    g.user, g.sign_in = user, sign_in
    g.actor = actor_of(db.session, user, at=now())


def install(app: Flask) -> None:
    """Load the actor before anything judges it."""
    app.before_request(load_actor)
