"""Writes down what happened: the audit entry and the fact told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.errors import EditedElsewhere, NotFound
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.managers.models import ManagerProfile, Mandate


def person_of(actor: Actor) -> UUID:
    """Give who acts; to visitors what they would change does not exist."""
    if actor.user_id is None:
        raise NotFound
    return actor.user_id


def note(
    session: Session,
    *,
    actor: Actor | None,
    profile: ManagerProfile,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    """Record a step of an entry of the register and tell of it."""
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="manager",
        object_id=profile.id,
        now=now,
        **details,
    )
    jobs.tell(
        session, action, id=str(profile.id), **{key: str(value) for key, value in details.items()}
    )


def note_mandate(
    session: Session,
    *,
    actor: Actor | None,
    mandate: Mandate,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    """Record a step of a mandate and tell of it, with who took it."""
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="mandate",
        object_id=mandate.id,
        now=now,
        **details,
    )
    jobs.tell(
        session,
        action,
        id=str(mandate.id),
        by=str(actor.user_id) if actor and actor.user_id else "",
    )


def require_same_version(row: ManagerProfile | Mandate, version: int) -> None:
    """Refuse to decide on, or overwrite, what changed after the page was opened."""
    if row.version != version:
        raise EditedElsewhere(
            N_("Somebody changed this in the meantime. Look at it again and repeat your step.")
        )
