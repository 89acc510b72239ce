"""Finding mandates and the records that they cover."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.listings.models import Listing, ListingStatus
from marketplace.managers import permissions
from marketplace.managers.models import (
    LIVING,
    Mandate,
    MandateRecord,
    MandateStatus,
    RecordKind,
)
from marketplace.needs.models import SHOWN, Need

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Open needs that a bench looks through.
MOST_NEEDS = 300
#: What makes a mandate one under which a fee can have been earned.
_ONCE_SIGNED = (
    Mandate.signed_at.is_not(None),
    Mandate.status.in_((MandateStatus.SIGNED, MandateStatus.ENDED)),
)


@dataclass(frozen=True, kw_only=True)
class RecordLine:
    """A listing or need as a mandate names it."""

    kind: RecordKind
    id: UUID
    title: str
    title_en: str
    organization_id: UUID

    def name(self, language: str) -> str:
        """Give the title in a language, or in the other where there is none."""
        return (self.title_en if language == "en" else self.title) or self.title or self.title_en


def _with_sides() -> Select[Mandate]:
    return select(Mandate).options(
        joinedload(Mandate.manager, innerjoin=True),
        joinedload(Mandate.client, innerjoin=True),
        joinedload(Mandate.other),
        selectinload(Mandate.records),
    )


def get_mandate(session: Session, mandate_id: UUID, *, actor: Actor, lock: bool = False) -> Mandate:
    """Give a mandate to somebody who speaks for one of its sides, or raise NotFound."""
    statement = _with_sides().where(
        Mandate.id == mandate_id, permissions.mandates_visible_to(actor)
    )
    if lock:
        statement = statement.with_for_update(of=Mandate).execution_options(populate_existing=True)
    mandate = session.scalars(statement).one_or_none()
    if mandate is None:
        raise NotFound
    return mandate


def load_mandate(session: Session, mandate_id: UUID, *, lock: bool = False) -> Mandate | None:
    """Give any mandate, for jobs and for papers, which judge by their own rules."""
    statement = _with_sides().where(Mandate.id == mandate_id)
    if lock:
        statement = statement.with_for_update(of=Mandate).execution_options(populate_existing=True)
    return session.scalars(statement).one_or_none()


def list_mandates(session: Session, *, actor: Actor, number: int = 1) -> Page[Mandate]:
    """Give the mandates of the actor's sides, those that wait or run first, newest first."""
    living = case((Mandate.status.in_(LIVING), 0), else_=1)
    statement = (
        _with_sides()
        .where(permissions.mandates_visible_to(actor))
        .order_by(living, Mandate.created_at.desc(), Mandate.id)
    )
    return page_of(session, statement, number=number)


def list_of_manager(session: Session, manager_id: UUID) -> Sequence[Mandate]:
    """Give the mandates of a manager that are dealt with or run, newest first."""
    return session.scalars(
        _with_sides()
        .where(Mandate.manager_id == manager_id, Mandate.status.in_(LIVING))
        .order_by(Mandate.created_at.desc(), Mandate.id)
    ).all()


def list_signed_of(session: Session, manager_id: UUID) -> Sequence[Mandate]:
    """Give the mandates of a manager that were once signed, ended ones for their tail too."""
    return session.scalars(
        _with_sides()
        .where(Mandate.manager_id == manager_id, *_ONCE_SIGNED)
        .order_by(Mandate.signed_at, Mandate.id)
    ).all()


def list_ending(session: Session, *, actor: Actor, today: date, days: int) -> Sequence[Mandate]:
    """Give the signed mandates of the actor's sides that end within so many days."""
    return session.scalars(
        _with_sides()
        .where(
            permissions.mandates_visible_to(actor),
            Mandate.status == MandateStatus.SIGNED,
            Mandate.ends_on.between(today, today + timedelta(days=days)),
        )
        .order_by(Mandate.ends_on, Mandate.id)
    ).all()


def list_for_record(
    session: Session, kind: RecordKind, object_id: UUID, *, actor: Actor
) -> Sequence[Mandate]:
    """Give the mandates about one record that the actor may see, the newest first."""
    named = select(MandateRecord.mandate_id).where(
        MandateRecord.object_kind == kind, MandateRecord.object_id == object_id
    )
    return session.scalars(
        _with_sides()
        .where(Mandate.id.in_(named), permissions.mandates_visible_to(actor))
        .order_by(Mandate.created_at.desc(), Mandate.id)
    ).all()


def list_over(session: Session, today: date) -> Sequence[Mandate]:
    """Give the signed mandates whose last day is over."""
    return session.scalars(
        _with_sides()
        .where(Mandate.status == MandateStatus.SIGNED, Mandate.ends_on < today)
        .order_by(Mandate.id)
        .with_for_update(of=Mandate, skip_locked=True)
    ).all()


def exclusive_rival(session: Session, mandate: Mandate) -> bool:
    """Whether another exclusive mandate in force covers one of the records in this time."""
    if not mandate.exclusive:
        return False
    own = [record.object_id for record in mandate.records]
    return (
        session.scalar(
            select(func.count())
            .select_from(MandateRecord)
            .where(
                MandateRecord.object_id.in_(own),
                MandateRecord.mandate_id != mandate.id,
                MandateRecord.exclusive,
                MandateRecord.active,
                MandateRecord.during.op("&&")(
                    func.daterange(mandate.starts_on, mandate.ends_on, "[]")
                ),
            )
        )
        or 0
    ) > 0


def _lines(rows: Iterable[Listing | Need]) -> list[RecordLine]:
    return [
        RecordLine(
            kind=RecordKind.LISTING if isinstance(row, Listing) else RecordKind.NEED,
            id=row.id,
            title=row.title,
            title_en=row.title_en,
            organization_id=row.organization_id,
        )
        for row in rows
    ]


def record_lines(
    session: Session, records: Iterable[tuple[RecordKind, UUID]]
) -> Sequence[RecordLine]:
    """Give the named listings and needs in the order of their names."""
    named: dict[RecordKind, list[UUID]] = {RecordKind.LISTING: [], RecordKind.NEED: []}
    order = list(records)
    for kind, identity in order:
        named[kind].append(identity)
    lines = [
        *_lines(session.scalars(select(Listing).where(Listing.id.in_(named[RecordKind.LISTING])))),
        *_lines(session.scalars(select(Need).where(Need.id.in_(named[RecordKind.NEED])))),
    ]
    by_key: Mapping[tuple[RecordKind, UUID], RecordLine] = {
        (line.kind, line.id): line for line in lines
    }
    return [by_key[key] for key in order if key in by_key]


def lines_of(session: Session, mandate: Mandate) -> Sequence[RecordLine]:
    """Give the records of a mandate."""
    return record_lines(session, [(row.object_kind, row.object_id) for row in mandate.records])


def offerable_records(session: Session, organization_id: UUID) -> Sequence[RecordLine]:
    """Give the listings and needs of an organization that readers see, to choose from."""
    listings = session.scalars(
        select(Listing)
        .where(
            Listing.organization_id == organization_id, Listing.status == ListingStatus.PUBLISHED
        )
        .order_by(Listing.published_at.desc())
        .limit(100)
    )
    needs = session.scalars(
        select(Need)
        .where(Need.organization_id == organization_id, Need.status.in_(SHOWN))
        .order_by(Need.published_at.desc())
        .limit(100)
    )
    return [*_lines(needs), *_lines(listings)]


def list_unassigned_needs(
    session: Session, *, but_organizations: Collection[UUID], limit: int = MOST_NEEDS
) -> Sequence[Need]:
    """Give open needs that no signed mandate covers, the newest first, with their owners."""
    covered = (
        select(MandateRecord.id)
        .where(
            MandateRecord.object_kind == RecordKind.NEED,
            MandateRecord.object_id == Need.id,
            MandateRecord.active,
        )
        .exists()
    )
    return session.scalars(
        select(Need)
        .options(joinedload(Need.organization, innerjoin=True))
        .where(Need.status.in_(SHOWN), ~covered, Need.organization_id.not_in(but_organizations))
        .order_by(Need.published_at.desc(), Need.id)
        .limit(limit)
    ).all()


def mandates_covering(
    session: Session,
    *,
    manager_id: UUID,
    client_ids: Collection[UUID],
    object_ids: Collection[UUID],
) -> Sequence[Mandate]:
    """Give the manager's mandates, once signed, of these clients about one of these records."""
    named = select(MandateRecord.mandate_id).where(MandateRecord.object_id.in_(object_ids))
    return session.scalars(
        _with_sides()
        .where(
            Mandate.manager_id == manager_id,
            Mandate.client_organization_id.in_(client_ids),
            *_ONCE_SIGNED,
            Mandate.id.in_(named),
        )
        .order_by(Mandate.signed_at, Mandate.id)
    ).all()
