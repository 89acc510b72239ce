"""A need as the search index holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.needs.models import SHOWN, Confidentiality, Need
from marketplace.needs.permissions import is_named_publicly
from marketplace.organizations.models import Organization, OrganizationStatus
from search.documents import Audience, Document, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session


def _body(need: Need) -> str:
    figures = (
        " ".join(str(row.get(key) or "") for key in ("name", "now", "wanted", "unit"))
        for row in need.parameters
    )
    parts = (need.situation, *figures, need.constraints, need.acceptance, need.ip_wishes)
    return "\n".join(part for part in parts if part)


def _district(need: Need, organization: Organization) -> str | None:
    # In a small field even the district can give a company away.
    hidden = need.confidentiality is Confidentiality.ON_CONSENT
    return None if hidden else organization.district_code


def document_of(need: Need, organization: Organization) -> Document | None:
    """Give the document of a need, or None when nobody may find it.

    Everybody may find an open need; the company's name, id and own number are in it only when
    everybody may see them (see ``permissions.may_see_name``).
    """
    if need.status not in SHOWN or organization.status is OrganizationStatus.SUSPENDED:
        return None
    named = is_named_publicly(need)
    low, high = need.budget_min_minor, need.budget_max_minor
    return Document(
        kind=Kind.NEED,
        id=str(need.id),
        version=need.version,
        title=need.title,
        title_en=need.title_en,
        summary=need.problem,
        summary_en=need.problem_en,
        body=_body(need),
        keywords=tuple(need.keywords),
        keywords_en=tuple(need.keywords_en),
        names=tuple(filter(None, (organization.name, organization.name_en))) if named else (),
        organization_id=str(organization.id) if named else "",
        organization_name=organization.name if named else "",
        language=need.language,
        audience=Audience.PUBLIC,
        numbers=(need.external_id,) if named and need.external_id else (),
        record_kind=need.kind.value,
        industries=tuple(need.industry_codes),
        fields=tuple(need.field_codes),
        trl=need.trl_min,
        cooperation=tuple(need.cooperation),
        district=_district(need, organization),
        price_minor=high if low is None else low,
        price_max_minor=high,
        year=need.published_at.year if need.published_at else None,
        published_at=need.published_at,
        due_on=need.deadline_on,
        is_demo=need.is_demo,
    )


def load_documents(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Document | None]:
    """Read needs as they are now; an id that is gone or must not be found gives None."""
    found: dict[UUID, Document | None] = dict.fromkeys(ids)
    rows = session.execute(
        select(Need, Organization)
        .join(Organization, Organization.id == Need.organization_id)
        .where(Need.id.in_(found))
        .execution_options(populate_existing=True)
    )
    for need, organization in rows:
        found[need.id] = document_of(need, organization)
    return found
