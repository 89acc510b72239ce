"""Proving who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.passwords import hashed, is_outdated, matches
from marketplace.accounts.queries import find_user_by_email, own_user
from marketplace.accounts.services import second_step, throttle
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.accounts.models import User
    from marketplace.core.actor import Actor


class WrongCredentials(RuleBroken):
    """Address and password do not belong together; which of the two is wrong is not told."""


def check_password(session: Session, *, email: str, password: str, now: datetime) -> User:
    """Give the person whose address and password these are; a second step may still follow.

    Raises TooManyTries or WrongCredentials; the failure is counted, so the caller must commit.
    """
    throttle.require_patience(session, email, now=now)
    user = find_user_by_email(session, email)
    fits = matches(user.password_hash if user else None, password)
    if user is not None and fits and user.suspended_at is not None:
        # Whoever knows the password may know this.
        raise RuleBroken(N_("This account is suspended. Write to the platform to learn why."))
    if user is None or not fits or not user.is_open:
        throttle.note_failure(session, email, now=now)
        raise WrongCredentials(
            N_("The e-mail address or the password is wrong. Check both, or set a new password.")
        )
    if is_outdated(user.password_hash):
        user.password_hash = hashed(password)
    if not user.has_second_step:
        throttle.forget_failures(session, email)
    return user


def check_second_step(session: Session, *, user: User, code: str, now: datetime) -> None:
    """Ask for a code of the authenticator or a recovery code; failures count as above."""
    throttle.require_patience(session, user.email, now=now)
    if not second_step.accept(session, user, code, now=now):
        throttle.note_failure(session, user.email, now=now)
        raise WrongCredentials(
            N_("The code is wrong or was used before. Wait for the next one."), field="code"
        )
    throttle.forget_failures(session, user.email)


def require_password(session: Session, *, actor: Actor, password: str, now: datetime) -> User:
    """Ask a signed-in person for the password again before a step that matters."""
    user = own_user(session, actor, lock=True)
    throttle.require_patience(session, user.email, now=now)
    if not matches(user.password_hash, password):
        throttle.note_failure(session, user.email, now=now)
        raise WrongCredentials(N_("This is not your present password."), field="password")
    return user
