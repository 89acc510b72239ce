"""Failed sign-ins at one address: after five, each further one costs a longer wait."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.accounts.models import SignInThrottle
from marketplace.accounts.queries import plain_email
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
#: Failures older than this are forgotten.
MEMORY = timedelta(hours=24)


class TooManyTries(RuleBroken):
    """The address is locked until ``until``."""

    def __init__(self, until: datetime) -> None:
        super().__init__(N_("Too many failed tries. Wait until the time shown, then try again."))
        self.until = until


def _key(email: str) -> bytes:
    return hashlib.sha256(plain_email(email).encode()).digest()


def wait_after(failures: int) -> timedelta | None:
    """Give how long an address is locked after so many failures."""
    if failures < FREE_TRIES:
        return None
    return min(FIRST_WAIT * (1 << min(failures - FREE_TRIES, 10)), LONGEST_WAIT)


def require_patience(session: Session, email: str, *, now: datetime) -> None:
    """Raise TooManyTries while the address is locked."""
    until = session.scalar(
        select(SignInThrottle.locked_until).where(SignInThrottle.email_hash == _key(email))
    )
    if until is not None and until > now:
        raise TooManyTries(until)


def note_failure(session: Session, email: str, *, now: datetime) -> datetime | None:
    """Count a failed try; give until when the address is locked now, if it is."""
    key = _key(email)
    added = insert(SignInThrottle).values(
        id=uuid4(), email_hash=key, failures=1, failed_at=now, version=1
    )
    failures = session.scalar(
        added.on_conflict_do_update(
            index_elements=[SignInThrottle.email_hash],
            set_={
                "failures": case(
                    (SignInThrottle.failed_at < now - MEMORY, 1),
                    else_=SignInThrottle.failures + 1,
                ),
                "failed_at": now,
            },
        ).returning(SignInThrottle.failures)
    )
    wait = wait_after(failures or 1)
    if wait is None:
        return None
    row = session.scalars(select(SignInThrottle).where(SignInThrottle.email_hash == key)).one()
    session.refresh(row)
    row.locked_until = now + wait
    session.flush()
    return row.locked_until


def forget_failures(session: Session, email: str) -> None:
    """Start counting anew, after a sign-in or a new password."""
    session.execute(delete(SignInThrottle).where(SignInThrottle.email_hash == _key(email)))
