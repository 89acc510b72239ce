"""A manager as the search index holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.managers.models import LISTED, ManagerProfile
from marketplace.organizations.models import Organization, OrganizationStatus
from search.documents import Audience, Document, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session


def document_of(profile: ManagerProfile, organization: Organization) -> Document | None:
    """Give the document of a manager, or None for whoever is not in the public register."""
    if profile.status not in LISTED:
        return None
    is_hidden = organization.status is not OrganizationStatus.VERIFIED
    employer = () if is_hidden else (organization.name, organization.name_en)
    return Document(
        kind=Kind.MANAGER,
        id=str(profile.id),
        version=profile.version,
        title=profile.name,
        title_en=profile.name_en,
        summary=profile.headline,
        summary_en=profile.headline_en,
        body=profile.about,
        body_en=profile.about_en,
        names=tuple(dict.fromkeys(filter(None, (profile.name, profile.name_en, *employer)))),
        organization_id="" if is_hidden else str(organization.id),
        organization_name="" if is_hidden else organization.name,
        audience=Audience.PUBLIC,
        level=profile.level.value,
        languages=tuple(profile.languages),
        industries=tuple(profile.industry_codes),
        fields=tuple(profile.field_codes),
        district=profile.district_code or organization.district_code,
        published_at=profile.licensed_at,
        is_demo=profile.is_demo,
    )


def load_documents(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Document | None]:
    """Read managers as they are now; an id that is gone or must not be found gives None."""
    found: dict[UUID, Document | None] = dict.fromkeys(ids)
    rows = session.execute(
        select(ManagerProfile, Organization)
        .join(Organization, Organization.id == ManagerProfile.organization_id)
        .where(ManagerProfile.id.in_(found))
        .execution_options(populate_existing=True)
    )
    for profile, organization in rows:
        found[profile.id] = document_of(profile, organization)
    return found
