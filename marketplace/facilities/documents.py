"""A facility as the search engine sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.facilities import permissions
from marketplace.facilities.models import Facility
from marketplace.facilities.rules import steps_served
from search.documents import Document, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.organizations.models import Organization


def document_of(facility: Facility, organization: Organization) -> Document | None:
    """Give the search document, or None when nobody may find the facility."""
    audience = permissions.audience_of(facility, organization)
    if audience is None:
        return None
    level = facility.filing_level
    return Document(
        kind=Kind.FACILITY,
        id=str(facility.id),
        version=facility.version,
        title=facility.name,
        title_en=facility.name_en,
        summary=facility.summary,
        summary_en=facility.summary_en,
        body=body_of(facility),
        body_en=facility.about_en,
        keywords=tuple(facility.keywords),
        names=_names(facility, organization),
        organization_id=str(organization.id),
        organization_name=organization.name,
        audience=audience,
        numbers=(facility.filing_number,) if facility.filing_number else (),
        record_kind=facility.kind.value,
        industries=tuple(facility.industry_codes),
        fields=tuple(facility.field_codes),
        district=facility.district_code,
        level=level.value if level is not None and facility.is_filed else "",
        steps=tuple(str(one) for one in steps_served(facility.trl_from, facility.trl_to)),
        price_minor=facility.price_minor,
        price_max_minor=facility.price_max_minor,
        published_at=facility.published_at,
        due_on=facility.next_free_on,
        is_demo=facility.is_demo,
    )


def body_of(facility: Facility) -> str:
    """Give what the sheet says: description, capability, instruments, certificates."""
    lines: list[str] = [facility.about]
    lines += [
        _row(row, ("operation", "material", "form", "output", "accuracy"))
        for row in facility.capabilities
    ]
    lines += [
        " ".join(part for part in (one.name, one.name_en, one.model, one.maker, one.note) if part)
        for one in facility.instruments
        if one.retired_at is None
    ]
    lines += [_row(row, ("kind", "number", "scope")) for row in facility.certificates]
    return "\n".join(line for line in lines if line)


def _row(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return " ".join(str(row[name]) for name in names if row.get(name))


def _names(facility: Facility, organization: Organization) -> tuple[str, ...]:
    found = [facility.name, facility.name_en, organization.name, organization.name_en]
    found += [str(person.get("name", "")) for person in facility.people]
    return tuple(dict.fromkeys(name for name in found if name))


def load_documents(session: Session, ids: Sequence[UUID | str]) -> Mapping[UUID, Document | None]:
    """Give the document of each id, or None when it must not be found; two queries a batch."""
    wanted = [identity if isinstance(identity, UUID) else UUID(identity) for identity in ids]
    found: dict[UUID, Document | None] = dict.fromkeys(wanted)
    rows = session.scalars(
        select(Facility)
        .options(joinedload(Facility.organization), selectinload(Facility.instruments))
        .where(Facility.id.in_(wanted))
        .execution_options(populate_existing=True)
    )
    for facility in rows:
        found[facility.id] = document_of(facility, facility.organization)
    return found
