"""Facilities and technology managers, searched by their tables alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Text, and_, cast, func, or_, select, true

from marketplace.discovery.queries.clauses import (
    Owner,
    Table,
    any_of,
    band,
    one_of,
    organization,
)
from marketplace.discovery.queries.tables import BANDS, LEVELS
from marketplace.facilities import documents as facility_documents
from marketplace.facilities import permissions as facility_permissions
from marketplace.facilities.models import Facility, FacilityKind, FilingLevel
from marketplace.managers import documents as manager_documents
from marketplace.managers.models import LISTED, Language, ManagerLevel, ManagerProfile
from marketplace.organizations.models import OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select

    from marketplace.core.actor import Actor


def _facilities(_actor: Actor) -> Select[UUID]:
    return (
        select(Facility.id)
        .join(Owner, Owner.id == Facility.organization_id)
        .where(facility_permissions.shown())
    )


def _managers(_actor: Actor) -> Select[UUID]:
    return (
        select(ManagerProfile.id)
        .join(Owner, Owner.id == ManagerProfile.organization_id)
        .where(ManagerProfile.status.in_(LISTED))
    )


#: An employer that is not verified is not named beside its people.
_NAMED = Owner.status == OrganizationStatus.VERIFIED


def _is_employed_by(pattern: str) -> list[ColumnElement[bool]]:
    return [and_(_NAMED, or_(Owner.name.ilike(pattern), Owner.name_en.ilike(pattern)))]


def _serves(values: Sequence[str]) -> ColumnElement[bool]:
    """Give ``facilities.rules.steps_served`` as a clause: "reaches one of these levels"."""
    return or_(
        *(
            and_(
                Facility.trl_to >= int(value),
                or_(Facility.trl_from < int(value), Facility.trl_from == Facility.trl_to),
                or_(Facility.trl_from != Facility.trl_to, Facility.trl_to == int(value)),
            )
            for value in values
        )
    )


FACILITIES = Table(
    found_by=_facilities,
    load=facility_documents.load_documents,
    texts=(
        Facility.name,
        Facility.name_en,
        Facility.summary,
        Facility.summary_en,
        Facility.about,
        cast(Facility.keywords, Text),
        cast(Facility.capabilities, Text),
        Owner.name,
        Owner.name_en,
    ),
    title=Facility.name,
    newest=Facility.published_at,
    due=Facility.next_free_on,
    identity=Facility.id,
    facets={
        "record_kind": one_of(Facility.kind),
        "level": one_of(Facility.filing_level),
        "steps": _serves,
        "industries": any_of(Facility.industry_codes),
        "fields": any_of(Facility.field_codes),
        "organization_id": organization(Facility.organization_id, true()),
        "district": one_of(Facility.district_code),
        "price_band": band(Facility.price_minor),
    },
    offered={
        "record_kind": list(FacilityKind),
        "level": list(FilingLevel),
        "steps": LEVELS,
        "price_band": BANDS,
    },
)

MANAGERS = Table(
    found_by=_managers,
    load=manager_documents.load_documents,
    texts=(
        ManagerProfile.name,
        ManagerProfile.name_en,
        ManagerProfile.headline,
        ManagerProfile.headline_en,
        ManagerProfile.about,
    ),
    holds=_is_employed_by,
    title=ManagerProfile.name,
    newest=ManagerProfile.licensed_at,
    due=ManagerProfile.expires_on,
    identity=ManagerProfile.id,
    facets={
        "level": one_of(ManagerProfile.level),
        "languages": any_of(ManagerProfile.languages),
        "industries": any_of(ManagerProfile.industry_codes),
        "fields": any_of(ManagerProfile.field_codes),
        "organization_id": organization(ManagerProfile.organization_id, _NAMED),
        "district": one_of(func.coalesce(ManagerProfile.district_code, Owner.district_code)),
    },
    offered={"level": list(ManagerLevel), "languages": list(Language)},
)
