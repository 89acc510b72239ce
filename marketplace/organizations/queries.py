"""Finding organizations, always through what the actor may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from marketplace.organizations.permissions import visible_to
from marketplace.organizations.rules import plain_credit_code

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def get_organization(
    session: Session, organization_id: UUID, *, actor: Actor, lock: bool = False
) -> Organization:
    """Load an organization that the actor may see, or raise NotFound."""
    statement = select(Organization).where(Organization.id == organization_id, visible_to(actor))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    organization = session.scalar(statement)
    if organization is None:
        raise NotFound
    return organization


def find_by_credit_code(session: Session, code: str) -> Organization | None:
    """Find the organization with a unified social credit code, whatever its state."""
    return session.scalar(
        select(Organization).where(Organization.credit_code == plain_credit_code(code))
    )


def list_organizations(
    session: Session,
    *,
    actor: Actor,
    words: str = "",
    kind: OrganizationKind | None = None,
    status: OrganizationStatus | None = None,
    number: int = 1,
) -> Page[Organization]:
    """List organizations by words of their names, a kind and a state."""
    statement = (
        select(Organization).where(visible_to(actor)).order_by(Organization.name, Organization.id)
    )
    if words:
        statement = statement.where(
            Organization.name.icontains(words, autoescape=True)
            | Organization.name_en.icontains(words, autoescape=True)
            | (Organization.credit_code == plain_credit_code(words))
        )
    if kind is not None:
        statement = statement.where(Organization.kind == kind)
    if status is not None:
        statement = statement.where(Organization.status == status)
    return page_of(session, statement, number=number)


def list_waiting(session: Session, *, number: int = 1) -> Page[Organization]:
    """List the applications that wait for a reviewer, the oldest first."""
    return page_of(
        session,
        select(Organization)
        .where(Organization.status == OrganizationStatus.APPLIED)
        .order_by(Organization.updated_at, Organization.id),
        number=number,
    )


def count_waiting(session: Session) -> int:
    """Count the applications that wait for a reviewer."""
    return (
        session.scalar(
            select(func.count()).where(Organization.status == OrganizationStatus.APPLIED)
        )
        or 0
    )
