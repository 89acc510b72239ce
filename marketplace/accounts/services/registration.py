"""Becoming a member of the platform.

The page only queues a job, whatever the address: neither its words nor its time tell whether the
address has an account.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from marketplace.accounts.models import Registration, User
from marketplace.accounts.passwords import hashed, require_good
from marketplace.accounts.queries import find_user_by_email, plain_email
from marketplace.accounts.tokens import fresh, token_hash
from marketplace.core import audit, jobs
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound
from marketplace.mail.services import send

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

LIFETIME = timedelta(days=2)


def ask_to_register(session: Session, *, email: str, name: str, language: str) -> None:
    """Queue a registration; the answer goes to the mailbox alone."""
    jobs.ask(
        session,
        "accounts.start_registration",
        email=plain_email(email),
        name=name,
        language=language,
    )


def start_registration(
    session: Session, *, email: str, name: str, language: str, now: datetime
) -> None:
    """Mail a link to a new address, and a reminder to one that has an account already."""
    user = find_user_by_email(session, email)
    if user is not None:
        if user.is_open:
            send(
                session,
                topic="already_registered",
                to=user.email,
                language=language,
                values={"name": user.name},
                now=now,
            )
        return
    session.execute(
        update(Registration)
        .where(Registration.email == email, Registration.used_at.is_(None))
        .values(used_at=now)
    )
    token, digest = fresh()
    session.add(
        Registration(
            email=email,
            name=name,
            language=language,
            token_hash=digest,
            expires_at=now + LIFETIME,
        )
    )
    send(
        session,
        topic="register",
        to=email,
        language=language,
        values={"name": name, "token": token},
        now=now,
    )


def get_registration(
    session: Session, token: str, *, at: datetime, lock: bool = False
) -> Registration:
    """Load the registration behind a mailed link, or raise NotFound when it is used or expired."""
    statement = select(Registration).where(
        Registration.token_hash == token_hash(token),
        Registration.used_at.is_(None),
        Registration.expires_at > at,
    )
    registration = session.scalar(statement.with_for_update() if lock else statement)
    if registration is None:
        raise NotFound
    return registration


def complete_registration(
    session: Session, *, token: str, name: str, password: str, now: datetime
) -> User:
    """Make the account: the link has proved the address, the password is chosen now."""
    registration = get_registration(session, token, at=now, lock=True)
    user = create_user(
        session,
        email=registration.email,
        name=name,
        password=password,
        language=registration.language,
        now=now,
    )
    registration.used_at = now
    return user


def create_user(
    session: Session, *, email: str, name: str, password: str, language: str, now: datetime
) -> User:
    """Add an account whose address is confirmed; raises RuleBroken for a taken address."""
    require_good(password, about=(email, name))
    user = User(
        email=plain_email(email),
        name=name,
        password_hash=hashed(password),
        language=language,
        email_confirmed_at=now,
        password_changed_at=now,
    )
    with judged(session):
        session.add(user)
    audit.record(
        session, actor=None, action="account.created", kind="person", object_id=user.id, now=now
    )
    return user
