"""Reads saved searches; a person sees nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from marketplace.accounts.models import User
from marketplace.core.errors import NotFound
from marketplace.discovery.models import AlertFrequency, SavedSearch, Scope

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def get_saved_search(session: Session, search_id: UUID, *, actor: Actor) -> SavedSearch:
    """Give one of the actor's own searches."""
    found = session.scalar(
        select(SavedSearch).where(
            SavedSearch.id == search_id, SavedSearch.person_id == actor.user_id
        )
    )
    if found is None:
        raise NotFound
    return found


def list_saved_searches(session: Session, *, actor: Actor) -> Sequence[SavedSearch]:
    """Give the actor's searches by name."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.person_id == actor.user_id)
        .order_by(SavedSearch.name, SavedSearch.id)
    ).all()


def count_saved_searches(session: Session, *, actor: Actor) -> int:
    """Count the actor's searches."""
    return session.scalar(select(func.count()).where(SavedSearch.person_id == actor.user_id)) or 0


def list_to_run(
    session: Session, frequency: AlertFrequency, *, scope: Scope | None = None
) -> Sequence[tuple[SavedSearch, User]]:
    """Give every search of a frequency with its owner, of living accounts alone."""
    statement = (
        select(SavedSearch, User)
        .join(User, User.id == SavedSearch.person_id)
        .where(
            SavedSearch.frequency == frequency,
            User.closed_at.is_(None),
            User.suspended_at.is_(None),
        )
        .order_by(SavedSearch.person_id, SavedSearch.id)
    )
    if scope is not None:
        statement = statement.where(SavedSearch.scope == scope)
    return [(search, person) for search, person in session.execute(statement)]


def is_anything_watched(session: Session, frequency: AlertFrequency, scope: Scope) -> bool:
    """Whether any search of this frequency looks through the scope."""
    return bool(
        session.scalar(
            select(exists().where(SavedSearch.frequency == frequency, SavedSearch.scope == scope))
        )
    )
