"""Finding managers and their credentials."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Text, and_, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import contains_eager

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.managers import permissions
from marketplace.managers.models import (
    LISTED,
    Credential,
    ManagerLevel,
    ManagerProfile,
    ManagerStatus,
    Mandate,
    MandateStatus,
)
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Managers that are judged for one record.
MOST_CANDIDATES = 120


@dataclass(frozen=True, kw_only=True)
class Counts:
    """How many people the register holds: ``active`` may open deals today."""

    active: int
    by_level: Mapping[ManagerLevel, int]
    by_status: Mapping[ManagerStatus, int]


def _with_organization() -> Select[ManagerProfile]:
    return (
        select(ManagerProfile)
        .join(Organization, Organization.id == ManagerProfile.organization_id)
        .options(contains_eager(ManagerProfile.organization))
    )


def _loaded(session: Session, statement: Select[ManagerProfile], *, lock: bool) -> ManagerProfile:
    if lock:
        statement = statement.with_for_update(of=ManagerProfile).execution_options(
            populate_existing=True
        )
    profile = session.scalars(statement).one_or_none()
    if profile is None:
        raise NotFound
    return profile


def get_manager(
    session: Session, manager_id: UUID, *, actor: Actor, lock: bool = False
) -> ManagerProfile:
    """Give an entry that the actor may see, with its organization, or raise NotFound."""
    statement = _with_organization().where(
        ManagerProfile.id == manager_id, permissions.visible_to(actor)
    )
    return _loaded(session, statement, lock=lock)


def find_own(session: Session, actor: Actor) -> ManagerProfile | None:
    """Give the actor's own entry, whatever its state."""
    if actor.user_id is None:
        return None
    return session.scalars(
        _with_organization().where(ManagerProfile.person_id == actor.user_id)
    ).one_or_none()


def own(session: Session, actor: Actor, *, lock: bool = False) -> ManagerProfile:
    """Give the actor's own entry, or raise NotFound."""
    if actor.user_id is None:
        raise NotFound
    statement = _with_organization().where(ManagerProfile.person_id == actor.user_id)
    return _loaded(session, statement, lock=lock)


def _active(today: date) -> ColumnElement[bool]:
    """Say in SQL what ``permissions.may_open_deals`` says."""
    return and_(
        ManagerProfile.status == ManagerStatus.LICENSED,
        or_(ManagerProfile.expires_on.is_(None), ManagerProfile.expires_on >= today),
    )


def get_active_manager(session: Session, person_id: UUID, today: date) -> ManagerProfile | None:
    """Give the entry of a person who may open deals today, else None."""
    return session.scalars(
        _with_organization().where(ManagerProfile.person_id == person_id, _active(today))
    ).one_or_none()


def list_credentials(session: Session, manager_id: UUID) -> Sequence[Credential]:
    """Give a manager's credentials, the latest first."""
    return session.scalars(
        select(Credential)
        .where(Credential.manager_id == manager_id)
        .order_by(Credential.issued_on.desc(), Credential.id)
    ).all()


def list_expiring(
    session: Session, manager_id: UUID, *, today: date, days: int
) -> Sequence[Credential]:
    """Give the checked credentials of a manager that end within so many days, the first first."""
    return session.scalars(
        select(Credential)
        .where(
            Credential.manager_id == manager_id,
            Credential.checked_at.is_not(None),
            Credential.expires_on.between(today, today + timedelta(days=days)),
        )
        .order_by(Credential.expires_on, Credential.id)
    ).all()


def get_credential(session: Session, credential_id: UUID, *, manager_id: UUID) -> Credential:
    """Give one credential of this manager, or raise NotFound."""
    found = session.scalars(
        select(Credential).where(
            Credential.id == credential_id, Credential.manager_id == manager_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _waits() -> ColumnElement[bool]:
    """Say which entries a reviewer has to look at."""
    newer = (
        select(Credential.id)
        .where(
            Credential.manager_id == ManagerProfile.id,
            Credential.checked_at.is_(None),
            Credential.refused_at.is_(None),
        )
        .exists()
    )
    return or_(
        ManagerProfile.status == ManagerStatus.APPLIED,
        and_(
            ManagerProfile.status.in_(LISTED),
            or_(ManagerProfile.wanted_level.is_not(None), newer),
        ),
    )


def list_waiting(session: Session, *, number: int = 1) -> Page[ManagerProfile]:
    """Give the entries that wait for a reviewer, the oldest first."""
    statement = (
        _with_organization().where(_waits()).order_by(ManagerProfile.updated_at, ManagerProfile.id)
    )
    return page_of(session, statement, number=number)


def count_waiting(session: Session) -> int:
    """Count the entries that wait for a reviewer."""
    return session.scalar(select(func.count()).select_from(ManagerProfile).where(_waits())) or 0


def list_register(
    session: Session, *, status: ManagerStatus | None = None, number: int = 1, size: int = 50
) -> Page[ManagerProfile]:
    """Give the whole register by name, for reviewers and officers."""
    statement = _with_organization().order_by(ManagerProfile.name, ManagerProfile.id)
    if status is not None:
        statement = statement.where(ManagerProfile.status == status)
    return page_of(session, statement, number=number, size=size)


def whole_register(session: Session) -> Sequence[ManagerProfile]:
    """Give every entry in the order of application, for the export."""
    return session.scalars(
        _with_organization().order_by(ManagerProfile.applied_at, ManagerProfile.id)
    ).all()


def counts(session: Session, today: date) -> Counts:
    """Count the register for the city's target (more than 5,000 technology managers by 2027).

    Only those count who may open deals today.
    """
    levels = _by_key(
        session,
        select(ManagerProfile.level, func.count())
        .where(_active(today))
        .group_by(ManagerProfile.level),
    )
    states = _by_key(
        session,
        select(ManagerProfile.status, func.count()).group_by(ManagerProfile.status),
    )
    return Counts(
        active=sum(levels.values()),
        by_level=dict.fromkeys(ManagerLevel, 0) | levels,
        by_status=dict.fromkeys(ManagerStatus, 0) | states,
    )


def list_candidates(
    session: Session,
    *,
    today: date,
    field_codes: Collection[str],
    industry_codes: Collection[str],
    but_organization: UUID,
) -> Sequence[ManagerProfile]:
    """Give active managers of other organizations: who shares a field first, then an industry."""
    shared: list[ColumnElement[bool]] = [
        column.bool_op("?|")(array(list(codes), type_=Text))
        for column, codes in (
            (ManagerProfile.field_codes, field_codes),
            (ManagerProfile.industry_codes, industry_codes),
        )
        if codes
    ]
    statement = _with_organization().where(
        _active(today), ManagerProfile.organization_id != but_organization
    )
    first = [clause.desc() for clause in shared]
    return session.scalars(
        statement.order_by(*first, ManagerProfile.licensed_at, ManagerProfile.id).limit(
            MOST_CANDIDATES
        )
    ).all()


def mandates_running(session: Session, manager_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Count the signed mandates of each manager."""
    return _by_key(
        session,
        select(Mandate.manager_id, func.count())
        .where(Mandate.manager_id.in_(manager_ids), Mandate.status == MandateStatus.SIGNED)
        .group_by(Mandate.manager_id),
    )


def _by_key(session: Session, counted: Select[Any, int]) -> dict[Any, int]:
    """Give the rows of a key and a count as a mapping."""
    return {key: number for key, number in session.execute(counted)}  # noqa: C416 — rows are not tuples
