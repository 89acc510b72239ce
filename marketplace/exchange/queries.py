"""Loading imports and the organizations that may have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.exchange.models import FileImport, ImportState
from marketplace.exchange.permissions import visible_to
from marketplace.organizations.models import Organization, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.exchange.fields import ImportKind

#: Organizations offered to administrators; further ones are named on the terminal.
OFFERED = 500


def get_import(session: Session, import_id: UUID, *, actor: Actor) -> FileImport:
    """Give the import, or raise NotFound."""
    row = session.scalar(select(FileImport).where(FileImport.id == import_id, visible_to(actor)))
    if row is None:
        raise NotFound
    return row


def import_of_job(session: Session, job_id: UUID) -> FileImport | None:
    """Give the import that a long job works on, if it works on one."""
    return session.scalar(select(FileImport).where(FileImport.job_id == job_id))


def list_imports(session: Session, *, actor: Actor, number: int = 1) -> Page[FileImport]:
    """Give the actor's imports, the newest first."""
    statement = select(FileImport).where(visible_to(actor)).order_by(FileImport.created_at.desc())
    return page_of(session, statement, number=number)


def list_organizations(session: Session, *, actor: Actor) -> Sequence[Organization]:
    """Give the organizations that the actor may import for, by name."""
    statement = (
        select(Organization)
        .where(Organization.status != OrganizationStatus.SUSPENDED)
        .order_by(Organization.name)
        .limit(OFFERED)
    )
    if not actor.is_administrator:
        own = [identity for identity in actor.memberships if actor.may_write_for(identity)]
        statement = statement.where(Organization.id.in_(own))
    return session.scalars(statement).all()


def find_organization(session: Session, code: str) -> Organization | None:
    """Give the organization with this unified social credit code or name."""
    return session.scalar(
        select(Organization).where(
            or_(Organization.credit_code == code.strip().upper(), Organization.name == code.strip())
        )
    )


def all_organizations(session: Session, limit: int = 20) -> Sequence[Organization]:
    """Give some organizations for a message that lists what exists."""
    return session.scalars(
        select(Organization).order_by(Organization.is_demo, Organization.name).limit(limit)
    ).all()


def unfinished(
    session: Session, *, organization_id: UUID, kind: ImportKind, sha256: str, publish: bool
) -> FileImport | None:
    """Give the import of the same file on the terminal that was broken off."""
    return session.scalar(
        select(FileImport)
        .where(
            FileImport.organization_id == organization_id,
            FileImport.kind == kind,
            FileImport.sha256 == sha256,
            FileImport.publish == publish,
            FileImport.created_by.is_(None),
            FileImport.state == ImportState.RUNNING,
        )
        .order_by(FileImport.created_at.desc())
        .limit(1)
    )
