"""Forgetting what is no longer needed (个人信息保护法, article 19: no longer than necessary)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete

from marketplace.accounts.models import AccountToken, Registration, SignIn, SignInThrottle
from marketplace.accounts.services import throttle
from marketplace.mail.models import OutboxMail

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import CursorResult
    from sqlalchemy.orm import Session

    from marketplace.core.jobs import Work

#: How long expired links, ended sign-ins and sent mails stay, for questions about them.
LINKS, SIGN_INS, MAILS = timedelta(days=7), timedelta(days=90), timedelta(days=30)


def forget_expired(session: Session, *, now: datetime) -> int:
    """Delete expired links, old sign-ins, counted failures and sent mails; give how many rows."""
    outdated = (
        delete(Registration).where(Registration.expires_at < now - LINKS),
        delete(AccountToken).where(AccountToken.expires_at < now - LINKS),
        delete(SignInThrottle).where(SignInThrottle.failed_at < now - throttle.MEMORY),
        delete(SignIn).where(SignIn.ended_at < now - SIGN_INS),
        delete(SignIn).where(SignIn.started_at < now - SIGN_INS),
        delete(OutboxMail).where(OutboxMail.delivered_at < now - MAILS),
    )
    return sum(
        cast("CursorResult[Any]", session.execute(statement)).rowcount for statement in outdated
    )


def forget_nightly(work: Work) -> None:
    """Hear the nightly call."""
    forget_expired(work.session, now=work.now)
