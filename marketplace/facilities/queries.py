"""Loads facilities, always through what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.drafting.queue import Queue
from marketplace.drafting.revisions import Revisions
from marketplace.facilities import permissions
from marketplace.facilities.models import (
    Facility,
    FacilityQuestion,
    FacilityRevision,
    FacilityStatus,
    FilingLevel,
    Instrument,
)
from marketplace.facilities.rules import FILED_KINDS, REVIEWED
from marketplace.files.models import Attachment
from marketplace.organizations.models import Organization, OrganizationKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

ATTACHED_TO = "facility"
REVISIONS = Revisions(FacilityRevision, "facility_id")
list_revisions = REVISIONS.all


def _full() -> Select[Facility]:
    return select(Facility).options(
        joinedload(Facility.organization), selectinload(Facility.instruments)
    )


def get_facility(
    session: Session, facility_id: UUID, *, actor: Actor, lock: bool = False
) -> Facility:
    """Give the facility with instruments and organization; NotFound if it may not be seen."""
    statement = _full().where(Facility.id == facility_id, permissions.visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=Facility).execution_options(populate_existing=True)
    facility = session.scalar(statement)
    if facility is None:
        raise NotFound
    return facility


def get_own_facility(
    session: Session, facility_id: UUID, *, actor: Actor, lock: bool = False
) -> Facility:
    """Give a facility of one of the actor's organizations; anybody else's is NotFound."""
    facility = get_facility(session, facility_id, actor=actor, lock=lock)
    if not actor.is_member(facility.organization_id):
        raise NotFound
    return facility


def find_gone(session: Session, facility_id: UUID) -> Facility | None:
    """Give a facility that readers saw once and that is withdrawn or suspended now."""
    facility = session.scalar(_full().where(Facility.id == facility_id))
    return facility if facility is not None and permissions.was_public(facility) else None


def load_facilities(session: Session, ids: Sequence[UUID]) -> list[Facility]:
    """Give facilities by id with all their parts, whoever asks: for jobs, never for a page."""
    return list(session.scalars(_full().where(Facility.id.in_(ids))))


def get_instrument(session: Session, instrument_id: UUID, *, actor: Actor) -> Instrument:
    """Give an instrument of a facility that the actor may see, retired or not."""
    instrument = session.scalar(
        select(Instrument)
        .join(Facility, Facility.id == Instrument.facility_id)
        .where(Instrument.id == instrument_id, permissions.visible_to(actor))
    )
    if instrument is None:
        raise NotFound
    return instrument


def list_instruments(
    session: Session, facility_id: UUID, *, bookable: bool = False
) -> Sequence[Instrument]:
    """List the instruments in use, in their order; ``bookable`` leaves out the others."""
    statement = select(Instrument).where(
        Instrument.facility_id == facility_id, Instrument.retired_at.is_(None)
    )
    if bookable:
        statement = statement.where(Instrument.bookable)
    return session.scalars(statement.order_by(Instrument.position, Instrument.id)).all()


def districts_of(session: Session, actor: Actor) -> frozenset[str]:
    """Give the codes of the districts that the actor speaks for."""
    mine = permissions.spoken_for(actor)
    if not mine:
        return frozenset()
    codes = session.scalars(
        select(Organization.district_code).where(
            Organization.id.in_(mine),
            Organization.kind == OrganizationKind.DISTRICT,
            Organization.district_code.is_not(None),
        )
    )
    return frozenset(code for code in codes if code)


_WAITING: ColumnElement[bool] = or_(
    Facility.status == FacilityStatus.UNDER_REVIEW,
    Facility.status.in_(REVIEWED) & Facility.pending_submitted_at.is_not(None),
)
QUEUE = Queue(Facility, _WAITING, _full)
_APPLYING: ColumnElement[bool] = (
    (Facility.filing_level == FilingLevel.CITY)
    & (Facility.filing_number == "")
    & Facility.status.in_((FacilityStatus.UNDER_REVIEW, FacilityStatus.PUBLISHED))
)
#: Tabs of the operator's page → the facilities that they show.
TABS: dict[str, ColumnElement[bool]] = {
    "all": true(),
    "draft": Facility.status == FacilityStatus.DRAFT,
    "under_review": _WAITING,
    "returned": or_(
        Facility.status == FacilityStatus.RETURNED,
        Facility.status.in_(REVIEWED) & (Facility.return_reason != ""),
    ),
    "published": Facility.status == FacilityStatus.PUBLISHED,
    "suspended": Facility.status == FacilityStatus.SUSPENDED,
    "withdrawn": Facility.status == FacilityStatus.WITHDRAWN,
}


def count_tabs(session: Session, organization_id: UUID) -> Mapping[str, int]:
    """Count an organization's facilities under each tab."""
    columns = [func.count().filter(clause).label(name) for name, clause in TABS.items()]
    row = session.execute(select(*columns).where(Facility.organization_id == organization_id)).one()
    return {name: int(value) for name, value in zip(TABS, row, strict=True)}


def list_own(
    session: Session, *organization_ids: UUID, tab: str = "all", number: int = 1, size: int = 20
) -> Page[Facility]:
    """Give one page of organizations' own facilities under a tab, the last touched first."""
    statement = _full().where(
        Facility.organization_id.in_(organization_ids), TABS.get(tab, TABS["all"])
    )
    order = func.coalesce(Facility.touched_at, Facility.created_at)
    return page_of(session, statement.order_by(order.desc(), Facility.id), number=number, size=size)


def list_applications(
    session: Session, *, districts: frozenset[str] | None = None, number: int = 1
) -> Page[Facility]:
    """Give the applications for the city's file, of some districts or of all; oldest first.

    Only the published ones are given without districts: the others are still under review.
    """
    statement = _full().where(_APPLYING)
    if districts is None:
        statement = statement.where(Facility.status == FacilityStatus.PUBLISHED)
    else:
        statement = statement.where(Facility.district_code.in_(districts))
    return page_of(
        session, statement.order_by(Facility.submitted_at, Facility.id), number=number, size=50
    )


def count_applications(session: Session) -> int:
    """Count the published facilities whose application the city has to decide."""
    return (
        session.scalar(
            select(func.count(Facility.id)).where(
                _APPLYING,
                Facility.status == FacilityStatus.PUBLISHED,
                Facility.recommended_at.is_not(None),
            )
        )
        or 0
    )


def list_files(
    session: Session, facility_id: UUID, *, purpose: str | None = None
) -> Sequence[Attachment]:
    """Give all files of a facility, whoever may open them: to judge what belongs to it."""
    statement = select(Attachment).where(
        Attachment.object_kind == ATTACHED_TO,
        Attachment.object_id == facility_id,
        Attachment.removed_at.is_(None),
    )
    if purpose is not None:
        statement = statement.where(Attachment.purpose == purpose)
    return session.scalars(statement.order_by(Attachment.created_at, Attachment.id)).all()


def is_shown_to(session: Session, actor: Actor, facility_id: UUID) -> bool:
    """Whether the actor may see the facility's page; its files follow it."""
    found = session.scalar(
        select(Facility.id).where(Facility.id == facility_id, permissions.visible_to(actor))
    )
    return found is not None


def serving_step(
    session: Session,
    level: int,
    *,
    kinds: Sequence[str] = (),
    districts: Sequence[str] = (),
    limit: int = 50,
) -> Sequence[Facility]:
    """Give shown facilities that help from ``level`` to the next one (offices never do).

    A facility of one level serves those who stand on it. Centres and platforms come first, then
    those whose span is the narrowest: they are made for this very step.
    """
    statement = _full().where(
        permissions.shown(),
        Facility.trl_from <= level,
        or_(Facility.trl_to > level, (Facility.trl_to == level) & (Facility.trl_from == level)),
        Facility.kind != "office",
    )
    if kinds:
        statement = statement.where(Facility.kind.in_(kinds))
    if districts:
        statement = statement.where(Facility.district_code.in_(districts))
    order: tuple[Any, ...] = (
        Facility.kind.in_(FILED_KINDS).desc(),
        Facility.trl_to - Facility.trl_from,
        Facility.name,
        Facility.id,
    )
    return session.scalars(statement.order_by(*order).limit(limit)).all()


def list_offices(session: Session, *, limit: int = 50) -> Sequence[Facility]:
    """Give the shown office spaces."""
    return session.scalars(
        _full()
        .where(permissions.shown(), Facility.kind == "office")
        .order_by(Facility.name, Facility.id)
        .limit(limit)
    ).all()


def _questions() -> Select[FacilityQuestion]:
    return select(FacilityQuestion).options(
        joinedload(FacilityQuestion.facility), joinedload(FacilityQuestion.sender_organization)
    )


def questions_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Give ``may_see_question`` as a clause over ``facility_question``."""
    mine = list(actor.organization_ids)
    return or_(
        FacilityQuestion.owner_id.in_(mine), FacilityQuestion.sender_organization_id.in_(mine)
    )


def get_question(
    session: Session, question_id: UUID, *, actor: Actor, lock: bool = False
) -> FacilityQuestion:
    """Give a question that the actor's organization sent or got; NotFound otherwise."""
    statement = _questions().where(FacilityQuestion.id == question_id, questions_visible_to(actor))
    if lock:
        statement = statement.with_for_update(of=FacilityQuestion).execution_options(
            populate_existing=True
        )
    question = session.scalar(statement)
    if question is None:
        raise NotFound
    return question


def list_questions(
    session: Session, *, actor: Actor, box: str, number: int = 1
) -> Page[FacilityQuestion]:
    """Give one page of the questions: ``received`` (open ones first, by due day) or ``sent``."""
    mine = list(actor.organization_ids)
    sent = box == "sent"
    column = FacilityQuestion.sender_organization_id if sent else FacilityQuestion.owner_id
    order: tuple[Any, ...] = (
        (FacilityQuestion.sent_at.desc(),)
        if sent
        else (FacilityQuestion.replied_at.is_(None).desc(), FacilityQuestion.due_on)
    )
    return page_of(
        session,
        _questions().where(column.in_(mine)).order_by(*order, FacilityQuestion.id),
        number=number,
    )


def count_open_questions(session: Session, actor: Actor) -> int:
    """Count the questions that the actor's organizations have to reply to."""
    return (
        session.scalar(
            select(func.count(FacilityQuestion.id)).where(
                FacilityQuestion.owner_id.in_(actor.organization_ids),
                FacilityQuestion.replied_at.is_(None),
            )
        )
        or 0
    )
