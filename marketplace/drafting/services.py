"""What the services of every reviewed text do alike: begin, guard a step, leave a trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import audit, jobs
from marketplace.core.errors import EditedElsewhere, NotFound
from marketplace.core.messages import N_
from marketplace.drafting.outline import mark_of
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.drafting.models import ReviewedText
    from marketplace.drafting.outline import Content
    from marketplace.files.models import Attachment


def own_organization(session: Session, actor: Actor, organization_id: UUID) -> Organization:
    """Give one of the actor's organizations; any other does not exist."""
    organization = session.get(Organization, organization_id)
    if organization is None or not actor.is_member(organization_id):
        raise NotFound
    return organization


def begin(session: Session, *, actor: Actor, text: ReviewedText, now: datetime) -> None:
    """Keep a new draft and who started it."""
    text.created_by = text.edited_by = actor.user_id
    text.touched_at = now
    session.add(text)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"{text.search_kind}.drafted",
        kind=text.search_kind,
        object_id=text.id,
        now=now,
    )


def note(
    session: Session,
    actor: Actor | None,
    step: str,
    text: ReviewedText,
    now: datetime,
    /,
    **details: object,
) -> None:
    """Record a change of state and tell it as ``<kind>.<step>``."""
    audit.record(
        session,
        actor=actor,
        action=f"{text.search_kind}.{step}",
        kind=text.search_kind,
        object_id=text.id,
        now=now,
        status=text.status.value,
        **details,
    )
    jobs.tell(session, f"{text.search_kind}.{step}", id=str(text.id))


def seen_of(text: ReviewedText, content: Content, names: Iterable[str]) -> str:
    """Give what a step's form carries: the row's version and a mark of the step's parts."""
    return f"{text.version}.{mark_of(content, names)}"


def require_seen(text: ReviewedText, content: Content, names: Iterable[str], seen: str) -> None:
    """Raise EditedElsewhere when the step changed since ``seen_of``; other steps don't disturb."""
    version, _, mark = seen.partition(".")
    if version != str(text.version) and mark != mark_of(content, names):
        raise EditedElsewhere(
            N_("Somebody else saved this step after you had opened it. Compare both versions.")
        )


def require_own_files(named: Iterable[str], own: Iterable[Attachment]) -> None:
    """Refuse a text that points to a file of another object."""
    if not set(named) <= {str(file.id) for file in own}:
        raise NotFound
