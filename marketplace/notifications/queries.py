"""Reads notices and choices; a person sees nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from marketplace.accounts.models import Membership, User
from marketplace.core.actor import WRITERS
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.notifications.models import Frequency, Notice, NoticeChoice, NoticeGroup
from marketplace.notifications.rules import DEFAULTS, Channels

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor, MemberRole


def get_notice(session: Session, notice_id: UUID, *, actor: Actor) -> Notice:
    """Give one of the actor's own notices."""
    notice = session.scalar(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == actor.user_id)
    )
    if notice is None:
        raise NotFound
    return notice


def list_notices(
    session: Session,
    *,
    actor: Actor,
    group: NoticeGroup | None = None,
    unread: bool = False,
    page: int = 1,
) -> Page[Notice]:
    """Give the actor's notices, newest first."""
    statement = (
        select(Notice)
        .where(Notice.person_id == actor.user_id, Notice.on_site)
        .order_by(Notice.made_at.desc(), Notice.id)
    )
    if group is not None:
        statement = statement.where(Notice.group == group)
    if unread:
        statement = statement.where(Notice.read_at.is_(None))
    return page_of(session, statement, number=page)


#: Asked by every page of a signed-in person.
_UNREAD = select(func.count()).where(
    Notice.person_id == bindparam("person_id"), Notice.read_at.is_(None), Notice.on_site
)


def count_unread(session: Session, *, person_id: UUID) -> int:
    """Count what a person has not read yet."""
    return session.scalar(_UNREAD, {"person_id": person_id}) or 0


def channels_of(
    session: Session, people: Collection[UUID]
) -> dict[tuple[UUID, NoticeGroup], Channels]:
    """Give what these people chose; what is missing follows the defaults."""
    rows = session.scalars(select(NoticeChoice).where(NoticeChoice.person_id.in_(people)))
    return {
        (row.person_id, row.group): Channels(on_site=row.on_site, mail=row.mail) for row in rows
    }


def choices_of(session: Session, person_id: UUID) -> dict[NoticeGroup, Channels]:
    """Give a person's channels for every group, chosen or by default."""
    chosen = channels_of(session, [person_id])
    return {group: chosen.get((person_id, group), DEFAULTS[group]) for group in NoticeGroup}


def members_of(
    session: Session,
    organization_ids: Collection[UUID],
    *,
    now: datetime,
    roles: Collection[MemberRole] = WRITERS,
) -> list[UUID]:
    """Give the people who hold one of the roles in one of the organizations today."""
    return list(
        session.scalars(
            select(Membership.user_id)
            .distinct()
            .where(
                Membership.organization_id.in_(organization_ids),
                Membership.role.in_(roles),
                Membership.started_at <= now,
                (Membership.ended_at.is_(None)) | (Membership.ended_at > now),
            )
            .order_by(Membership.user_id)
        )
    )


def reachable(session: Session, people: Collection[UUID]) -> dict[UUID, bool]:
    """Of these people, those with a living account; True where mail may be sent to them."""
    rows = session.execute(
        select(User.id, User.email_confirmed_at).where(
            User.id.in_(people), User.closed_at.is_(None), User.suspended_at.is_(None)
        )
    )
    return {identity: confirmed is not None for identity, confirmed in rows}


def waiting_for_digest(session: Session, frequency: Frequency) -> list[UUID]:
    """Give the people for whom a digest of this frequency would hold something."""
    return list(
        session.scalars(
            select(Notice.person_id)
            .distinct()
            .where(Notice.mail == frequency, Notice.mailed_at.is_(None), Notice.read_at.is_(None))
            .order_by(Notice.person_id)
        )
    )
