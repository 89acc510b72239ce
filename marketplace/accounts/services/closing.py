"""Leaving the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from marketplace.accounts.models import (
    AccountToken,
    Invitation,
    Membership,
    PlatformGrant,
    Registration,
)
from marketplace.accounts.services import memberships, sign_ins
from marketplace.accounts.services.sign_in import require_password
from marketplace.core import audit, jobs

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def close_account(session: Session, *, actor: Actor, password: str, now: datetime) -> None:
    """Close the actor's account: nothing of the person stays but an id in past records.

    The last owner of an organization with other people hands it over first (RuleBroken).
    """
    user = require_password(session, actor=actor, password=password, now=now)
    grants = session.scalars(
        select(Membership)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .with_for_update()
    ).all()
    for grant in grants:
        memberships.require_an_owner_left(session, grant, closing=True)
    for grant in grants:
        grant.ended_at = now
    session.execute(
        update(PlatformGrant)
        .where(PlatformGrant.user_id == user.id, PlatformGrant.ended_at.is_(None))
        .values(ended_at=now)
    )
    sign_ins.end_all(session, user_id=user.id, now=now)
    session.execute(delete(AccountToken).where(AccountToken.user_id == user.id))
    session.execute(delete(Registration).where(Registration.email == user.email))
    session.execute(
        update(Invitation)
        .where(
            Invitation.email == user.email,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
    )
    session.execute(
        update(Invitation)
        .where(Invitation.email == user.email)
        .values(email=f"closed-{user.id}@closed.invalid")
    )
    user.email = f"closed-{user.id}@closed.invalid"
    user.name = ""
    user.password_hash = ""
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    user.recovery_hashes = []
    user.personal_matching = False
    user.closed_at = now
    audit.record(
        session, actor=actor, action="account.closed", kind="person", object_id=user.id, now=now
    )
    jobs.tell(session, "account.closed", user_id=str(user.id))
