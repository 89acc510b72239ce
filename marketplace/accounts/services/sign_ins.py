"""The browsers in which a person is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import SignIn
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def end_sign_in(session: Session, *, actor: Actor, sign_in_id: UUID, now: datetime) -> None:
    """Sign one of the actor's browsers out; somebody else's is not found."""
    sign_in = session.get(SignIn, sign_in_id, with_for_update=True)
    if sign_in is None or sign_in.user_id != actor.user_id or sign_in.ended_at is not None:
        raise NotFound
    sign_in.ended_at = now


def end_all(session: Session, *, user_id: UUID, now: datetime, but: UUID | None = None) -> int:
    """Sign a person out everywhere, except in one browser; give how many were ended."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None), SignIn.id != but)
        .with_for_update()
        if but
        else select(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .with_for_update()
    ).all()
    for row in rows:
        row.ended_at = now
    return len(rows)
