"""Finds needs and what stands beside them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from marketplace.core.actor import require
from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.drafting.queue import Queue
from marketplace.drafting.revisions import Revisions
from marketplace.files.models import Attachment
from marketplace.needs import permissions
from marketplace.needs.models import (
    SHOWN,
    Answer,
    AnswerStatus,
    Need,
    NeedConsent,
    NeedEvent,
    NeedQuestion,
    NeedRevision,
    NeedStatus,
)
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationSize

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, timedelta
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

REVISIONS = Revisions(NeedRevision, "need_id")
#: Object kind of the files that hang on a need.
ATTACHED_TO = "need"
#: Tabs of the workbench and the states behind them.
TABS: Mapping[str, tuple[NeedStatus, ...]] = {
    "working": (NeedStatus.DRAFT, NeedStatus.RETURNED, NeedStatus.UNDER_REVIEW),
    "shown": SHOWN,
    "finished": (
        NeedStatus.MET,
        NeedStatus.CLOSED_UNMET,
        NeedStatus.EXPIRED,
        NeedStatus.WITHDRAWN,
    ),
}


def _with_owner() -> Select[Need]:
    return (
        select(Need)
        .join(Organization, Organization.id == Need.organization_id)
        .options(contains_eager(Need.organization))
    )


def get_need(session: Session, need_id: UUID, *, actor: Actor, lock: bool = False) -> Need:
    """Give a need that the actor may know of, with its organization; raise NotFound otherwise."""
    statement = _with_owner().where(Need.id == need_id, permissions.visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Need).execution_options(populate_existing=True)
    need = session.scalars(statement).one_or_none()
    if need is None:
        raise NotFound
    return need


def get_own_need(session: Session, need_id: UUID, *, actor: Actor, lock: bool = False) -> Need:
    """Give a need of one of the actor's organizations that the actor may write.

    Raises NotFound for other organizations' needs, Denied for members who may not write.
    """
    need = get_need(session, need_id, actor=actor, lock=lock)
    if not actor.is_member(need.organization_id):
        raise NotFound
    require(permissions.may_write(actor, need))
    return need


def is_shown_to(session: Session, actor: Actor, need_id: UUID) -> bool:
    """Whether the actor may see the need's page; its files follow it."""
    found = session.scalar(select(Need.id).where(Need.id == need_id, permissions.visible_to(actor)))
    return found is not None


def list_files(session: Session, need_id: UUID) -> Sequence[Attachment]:
    """List the files of a need, the oldest first; the caller judges who reads which."""
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.object_kind == ATTACHED_TO,
            Attachment.object_id == need_id,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.created_at, Attachment.id)
    ).all()


def require_member(actor: Actor, organization_id: UUID) -> None:
    """Let members pass; to all others the organization's workbench does not exist."""
    if not actor.is_member(organization_id):
        raise NotFound


def list_of_organization(
    session: Session, organization_id: UUID, *, actor: Actor, tab: str = "working", number: int = 1
) -> Page[Need]:
    """Give a page of an organization's needs, last touched first."""
    require_member(actor, organization_id)
    statement = (
        _with_owner()
        .where(Need.organization_id == organization_id, Need.status.in_(TABS[tab]))
        .order_by(Need.updated_at.desc(), Need.id)
    )
    return page_of(session, statement, number=number)


def count_tabs(session: Session, organization_id: UUID) -> Mapping[str, int]:
    """Count an organization's needs under each tab."""
    rows = session.execute(
        select(Need.status, func.count())
        .where(Need.organization_id == organization_id)
        .group_by(Need.status)
    )
    counts = Counter({status: count for status, count in rows})  # noqa: C416 — rows are not tuples
    return {tab: sum(counts[status] for status in states) for tab, states in TABS.items()}


def count_answers(
    session: Session, need_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[AnswerStatus, int]]:
    """Count each need's answers by state."""
    found: dict[UUID, Counter[AnswerStatus]] = {need_id: Counter() for need_id in need_ids}
    rows = session.execute(
        select(Answer.need_id, Answer.status, func.count())
        .where(Answer.need_id.in_(found))
        .group_by(Answer.need_id, Answer.status)
    )
    for need_id, status, count in rows:
        found[need_id][status] = count
    return found


QUEUE = Queue(
    Need,
    or_(Need.status == NeedStatus.UNDER_REVIEW, Need.pending_submitted_at.is_not(None)),
    _with_owner,
    size=100,
)


def consents_of(session: Session, need_id: UUID) -> frozenset[UUID]:
    """Give the organizations to which the owner agreed to be named."""
    return frozenset(
        session.scalars(select(NeedConsent.organization_id).where(NeedConsent.need_id == need_id))
    )


def list_events(session: Session, need_id: UUID) -> Sequence[NeedEvent]:
    """Give the dated lines of a need, those of its answers included, oldest first."""
    return session.scalars(
        select(NeedEvent)
        .where(NeedEvent.need_id == need_id)
        .order_by(NeedEvent.at, NeedEvent.created_at, NeedEvent.id)
    ).all()


def list_questions(session: Session, need_id: UUID) -> Sequence[NeedQuestion]:
    """Give the public questions of a need, oldest first."""
    return session.scalars(
        select(NeedQuestion)
        .where(NeedQuestion.need_id == need_id)
        .order_by(NeedQuestion.asked_at, NeedQuestion.id)
    ).all()


def offers_by_kind(
    session: Session, need_id: UUID
) -> Mapping[OrganizationKind | OrganizationSize, int]:
    """Count the answers to a need by who answered, enterprises by size where they state it.

    Withdrawn answers fall out.
    """
    rows = session.execute(
        select(Organization.kind, Organization.size, func.count())
        .join(Answer, Answer.organization_id == Organization.id)
        .where(Answer.need_id == need_id, Answer.status != AnswerStatus.WITHDRAWN)
        .group_by(Organization.kind, Organization.size)
    )
    counts: Counter[OrganizationKind | OrganizationSize] = Counter()
    for kind, size, count in rows:
        counts[size or kind] += count
    return {one: counts[one] for one in (*OrganizationKind, *OrganizationSize) if one in counts}


def list_returned(session: Session, organization_ids: Collection[UUID]) -> Sequence[Need]:
    """Give needs and changes that a reviewer sent back, newest first."""
    return session.scalars(
        _with_owner()
        .where(
            Need.organization_id.in_(organization_ids),
            or_(
                Need.status == NeedStatus.RETURNED,
                Need.pending.is_not(None) & (Need.return_reason != ""),
            ),
        )
        .order_by(Need.updated_at.desc())
        .limit(10)
    ).all()


def list_deadline_near(
    session: Session, organization_ids: Collection[UUID], *, today: date, within: timedelta
) -> Sequence[Need]:
    """Give open needs whose last day for answers is near or over, soonest first."""
    return session.scalars(
        _with_owner()
        .where(
            Need.organization_id.in_(organization_ids),
            Need.status.in_(SHOWN),
            Need.deadline_on <= today + within,
        )
        .order_by(Need.deadline_on)
        .limit(10)
    ).all()


def list_named_of(session: Session, organization_id: UUID, *, limit: int) -> Sequence[Need]:
    """Give an organization's open needs for its own page, newest first; filter by who looks."""
    return session.scalars(
        _with_owner()
        .where(Need.organization_id == organization_id, Need.status.in_(SHOWN))
        .order_by(Need.published_at.desc())
        .limit(limit)
    ).all()
