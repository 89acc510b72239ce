"""The second step: codes of an authenticator (RFC 6238) and recovery codes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

import pyotp

from marketplace.accounts.queries import own_user
from marketplace.core import audit
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.accounts.models import User
    from marketplace.core.actor import Actor

#: Seconds that a code stands for.
STEP = 30
#: A clock may be one step early or late.
DRIFT = (0, -1, 1)
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def address(user: User, *, issuer: str) -> str:
    """Give the otpauth address that an authenticator scans."""
    return pyotp.TOTP(user.totp_secret or "").provisioning_uri(name=user.email, issuer_name=issuer)


def begin(session: Session, *, actor: Actor) -> User:
    """Give the person a secret, or the one that waits for its first code."""
    user = own_user(session, actor, lock=True)
    if user.has_second_step:
        raise StepNotAllowed(N_("The second step is on already."))
    if user.totp_secret is None:
        user.totp_secret = pyotp.random_base32()
    return user


def confirm(session: Session, *, actor: Actor, code: str, now: datetime) -> list[str]:
    """Switch the second step on; give the recovery codes, which are shown this once."""
    user = own_user(session, actor, lock=True)
    if user.has_second_step or user.totp_secret is None:
        raise StepNotAllowed(N_("The second step is on already or was not begun."))
    if not _accept_code(user, code, now=now):
        raise RuleBroken(
            N_("The code does not fit. Check that your phone's clock is right."), field="code"
        )
    user.totp_confirmed_at = now
    codes = _new_recovery_codes(user)
    audit.record(
        session,
        actor=actor,
        action="account.second_step_on",
        kind="person",
        object_id=user.id,
        now=now,
    )
    return codes


def renew_recovery_codes(session: Session, *, actor: Actor) -> list[str]:
    """Replace the recovery codes; the old ones are worth nothing any more."""
    user = own_user(session, actor, lock=True)
    if not user.has_second_step:
        raise StepNotAllowed(N_("The second step is off."))
    return _new_recovery_codes(user)


def switch_off(session: Session, *, user: User, actor: Actor, now: datetime) -> None:
    """Forget the secret and the recovery codes."""
    user.totp_secret = user.totp_confirmed_at = user.totp_last_step = None
    user.recovery_hashes = []
    audit.record(
        session,
        actor=actor,
        action="account.second_step_off",
        kind="person",
        object_id=user.id,
        now=now,
    )


def accept(session: Session, user: User, code: str, *, now: datetime) -> bool:
    """Whether the code opens the account; it is used up by that."""
    session.refresh(user, with_for_update=True)
    return _accept_code(user, code, now=now) or _accept_recovery(user, code)


def _accept_code(user: User, code: str, *, now: datetime) -> bool:
    digits = "".join(code.split())
    if user.totp_secret is None or not (digits.isascii() and digits.isdigit()):
        return False
    totp = pyotp.TOTP(user.totp_secret)
    present = int(now.timestamp()) // STEP
    for drift in DRIFT:
        step = present + drift
        # A step that was used, or lies before one that was, is a replay.
        fresh = user.totp_last_step is None or step > user.totp_last_step
        if fresh and hmac.compare_digest(totp.at(step * STEP), digits):
            user.totp_last_step = step
            return True
    return False


def _accept_recovery(user: User, code: str) -> bool:
    digest = _recovery_hash(code)
    if digest not in user.recovery_hashes:
        return False
    user.recovery_hashes = [kept for kept in user.recovery_hashes if kept != digest]
    return True


def _new_recovery_codes(user: User) -> list[str]:
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]
    user.recovery_hashes = [_recovery_hash(code) for code in codes]
    return codes


def _recovery_hash(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
