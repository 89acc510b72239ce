"""New passwords and new addresses, by mailed links."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from marketplace.accounts.models import AccountToken, TokenPurpose, User
from marketplace.accounts.passwords import hashed, require_good
from marketplace.accounts.queries import find_user_by_email, plain_email
from marketplace.accounts.services import sign_ins, throttle
from marketplace.accounts.services.sign_in import require_password
from marketplace.accounts.tokens import fresh, token_hash
from marketplace.core import audit, jobs
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound
from marketplace.mail.services import send

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

LIFETIME = timedelta(hours=1)


def ask_to_reset(session: Session, *, email: str) -> None:
    """Queue a password reset, whether or not the address has an account."""
    jobs.ask(session, "accounts.start_reset", email=plain_email(email))


def start_reset(session: Session, *, email: str, now: datetime) -> None:
    """Mail a link for a new password to an open account; say nothing to anybody else."""
    user = find_user_by_email(session, email)
    if user is None or not user.is_open:
        return
    token = _token(session, user, TokenPurpose.RESET_PASSWORD, now=now)
    send(
        session,
        topic="reset_password",
        to=user.email,
        language=user.language,
        values={"name": user.name, "token": token},
        now=now,
    )


def get_token(
    session: Session, token: str, purpose: TokenPurpose, *, at: datetime, lock: bool = False
) -> AccountToken:
    """Load the open link of a purpose, or raise NotFound when it is used or expired."""
    statement = select(AccountToken).where(
        AccountToken.token_hash == token_hash(token),
        AccountToken.purpose == purpose,
        AccountToken.used_at.is_(None),
        AccountToken.expires_at > at,
    )
    found = session.scalar(statement.with_for_update() if lock else statement)
    if found is None:
        raise NotFound
    return found


def reset_password(session: Session, *, token: str, password: str, now: datetime) -> User:
    """Set the password by a mailed link; every browser must sign in again."""
    link = get_token(session, token, TokenPurpose.RESET_PASSWORD, at=now, lock=True)
    user = session.get_one(User, link.user_id, with_for_update=True)
    if not user.is_open:
        raise NotFound
    _set_password(session, user, password, field="password", now=now)
    link.used_at = now
    sign_ins.end_all(session, user_id=user.id, now=now)
    throttle.forget_failures(session, user.email)
    audit.record(
        session,
        actor=None,
        action="account.password_reset",
        kind="person",
        object_id=user.id,
        now=now,
    )
    return user


def change_password(
    session: Session,
    *,
    actor: Actor,
    password: str,
    new_password: str,
    kept_sign_in: UUID | None,
    now: datetime,
) -> None:
    """Set a new password, knowing the present one; other browsers must sign in again."""
    user = require_password(session, actor=actor, password=password, now=now)
    _set_password(session, user, new_password, field="new_password", now=now)
    sign_ins.end_all(session, user_id=user.id, now=now, but=kept_sign_in)
    audit.record(
        session,
        actor=actor,
        action="account.password_changed",
        kind="person",
        object_id=user.id,
        now=now,
    )
    send(
        session,
        topic="password_changed",
        to=user.email,
        language=user.language,
        values={"name": user.name},
        now=now,
    )


def ask_to_change_email(
    session: Session, *, actor: Actor, email: str, password: str, now: datetime
) -> None:
    """Mail a link to the new address; the old one stays until it is followed."""
    user = require_password(session, actor=actor, password=password, now=now)
    email = plain_email(email)
    taken = find_user_by_email(session, email)
    if taken is not None:
        # The owner of that mailbox learns of it; this page tells nobody.
        send(
            session,
            topic="already_registered",
            to=email,
            language=taken.language,
            values={"name": taken.name},
            now=now,
        )
        return
    token = _token(session, user, TokenPurpose.CHANGE_EMAIL, now=now, email=email)
    send(
        session,
        topic="change_email",
        to=email,
        language=user.language,
        values={"name": user.name, "token": token},
        now=now,
    )


def confirm_email(session: Session, *, token: str, now: datetime) -> User:
    """Take over the new address; the old one is told."""
    link = get_token(session, token, TokenPurpose.CHANGE_EMAIL, at=now, lock=True)
    user = session.get_one(User, link.user_id, with_for_update=True)
    if not user.is_open:
        raise NotFound
    old = user.email
    with judged(session):
        user.email = link.email
        user.email_confirmed_at = now
    link.used_at = now
    audit.record(
        session,
        actor=None,
        action="account.email_changed",
        kind="person",
        object_id=user.id,
        now=now,
    )
    send(
        session,
        topic="email_changed",
        to=old,
        language=user.language,
        values={"name": user.name},
        now=now,
    )
    return user


def _set_password(
    session: Session, user: User, password: str, *, field: str, now: datetime
) -> None:
    require_good(password, about=(user.email, user.name), field=field)
    user.password_hash = hashed(password)
    user.password_changed_at = now
    session.execute(
        update(AccountToken)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose == TokenPurpose.RESET_PASSWORD,
            AccountToken.used_at.is_(None),
        )
        .values(used_at=now)
    )


def _token(
    session: Session, user: User, purpose: TokenPurpose, *, now: datetime, email: str = ""
) -> str:
    token, digest = fresh()
    session.execute(
        update(AccountToken)
        .where(
            AccountToken.user_id == user.id,
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
        )
        .values(used_at=now)
    )
    session.add(
        AccountToken(
            user_id=user.id,
            purpose=purpose,
            token_hash=digest,
            expires_at=now + LIFETIME,
            email=email,
        )
    )
    return token
